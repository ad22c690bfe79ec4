//! What the SDKs signed, sent as they sent it: the sandboxes let it in, and nothing that was changed.

use crate::{
    street::{CountedIds, SetClock, outbound, serve},
    wechatpay::rig::{KEYS, Rig},
};
use heatpay_ports::OutboundRequest;
use heatpay_sandbox::{
    aliyun_sms::{AliyunAccount, AliyunSms, FlowLimits, SmsKind, SmsTemplate},
    wechatpay::{Keys, NotPaid},
};
use http::{HeaderMap, HeaderName, Method, header};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

fn file(name: &str) -> String {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn vectors(name: &str) -> Value {
    serde_json::from_str(&file(name)).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// WeChat Pay as the vectors' merchant knows it, at the second of the vectors.
async fn wechatpay(vectors: &Value) -> Rig {
    let keys = Keys {
        mchid: text(&vectors["mchid"]),
        appid: text(&vectors["appid"]),
        merchant_serial: text(&vectors["merchant_serial"]),
        merchant_private_key: file("keys/wx_merchant_key.pem"),
        merchant_public_key: file("keys/wx_merchant_pub.pem"),
        apiv3_key: text(&vectors["apiv3_key"]),
        ..KEYS.clone()
    };
    Rig::of(keys, "2026-01-01T00:00:00Z").await
}

#[tokio::test]
async fn wechat_pay_lets_in_what_the_sdk_signed_and_nothing_changed() {
    let vectors = vectors("wechatpay.json");
    let rig = wechatpay(&vectors).await;
    // The order is paid before it is closed and refunded, and the day of the bill is not over.
    let answers = BTreeMap::from([
        ("post_jsapi", (200, "")),
        ("get_query", (200, "")),
        ("post_close", (400, "ORDERPAID")),
        ("post_refund", (200, "")),
        ("get_tradebill", (400, "PARAM_ERROR")),
    ]);
    let cases = vectors["request_auth"].as_array().unwrap();
    assert_eq!(cases.len(), answers.len());
    for case in cases {
        let (id, path, body) = (text(&case["id"]), text(&case["url_path_query"]), text(&case["body"]));
        let method: Method = text(&case["method"]).parse().unwrap();
        let call = async |path: &str, body: &str| {
            let mut headers = rig.signed(&method, path, body, 0);
            headers.insert(header::AUTHORIZATION, text(&case["authorization"]).parse().unwrap());
            rig.send(method.clone(), path, headers, body).await
        };
        let refused = (401, "SIGN_ERROR".to_owned());
        assert_eq!(call(&path, &format!("{body} ")).await, refused, "{id}");
        assert_eq!(call(&format!("{path}?"), &body).await, refused, "{id}");
        let (status, code) = call(&path, &body).await;
        assert_eq!((status, code.as_str()), answers[id.as_str()], "{id}");
        if id == "get_query" {
            rig.party.pay("HF20260101000001", 0).unwrap();
        }
    }
}

#[tokio::test]
async fn wechats_app_believes_the_parameters_that_the_sdk_signed() {
    let vectors = vectors("wechatpay.json");
    let rig = wechatpay(&vectors).await;
    let signed = &vectors["pay_sign"][0];
    let mut parameters: BTreeMap<String, String> = ["timeStamp", "nonceStr", "package", "signType", "paySign"]
        .map(|name| (name.to_owned(), text(&signed[name])))
        .into();
    let paid = rig.party.pay_with_client_parameters(&parameters);
    assert!(matches!(paid, Err(NotPaid::Unknown)), "signed, though nobody placed that order: {paid:?}");
    parameters.insert("timeStamp".to_owned(), "1767225601".to_owned());
    let paid = rig.party.pay_with_client_parameters(&parameters);
    assert!(matches!(paid, Err(NotPaid::Signature)), "{paid:?}");
}

#[tokio::test]
async fn aliyun_sends_what_its_own_sdk_signed_and_nothing_changed() {
    let vectors = vectors("aliyun-sms.json");
    let captured = &vectors["captured"];
    let account = AliyunAccount {
        access_key_id: text(&vectors["access_key_id"]),
        access_key_secret: text(&vectors["access_key_secret"]),
        sign_names: vec!["某某热力".to_owned()],
        templates: vec![SmsTemplate {
            code: "SMS_123456789".to_owned(),
            kind: SmsKind::Notice,
            text: "${name},${amount},${note}".to_owned(),
        }],
        limits: FlowLimits::default(),
        receipt_after_seconds: 3,
    };
    let clock = SetClock::at(&text(&captured["headers"]["x-acs-date"]));
    let provider = AliyunSms::open(account, None, clock, Arc::new(CountedIds::default())).unwrap();
    let base_url = serve(provider.router()).await;
    let mut headers = HeaderMap::new();
    for (name, value) in captured["headers"].as_object().unwrap() {
        if !["connection", "content-length"].contains(&name.as_str()) {
            headers.insert(name.parse::<HeaderName>().unwrap(), text(value).parse().unwrap());
        }
    }
    let send = async |url: String| {
        let (headers, timeout) = (headers.clone(), Duration::from_secs(5));
        let (method, url, body) = (Method::POST, format!("{base_url}{url}"), "".into());
        let request = OutboundRequest { service: "aliyun_sms", method, url, headers, body, timeout };
        let answer = outbound().send(request).await.unwrap();
        serde_json::from_slice::<Value>(&answer.body).unwrap()["Code"].clone()
    };
    let url = text(&captured["url"]);
    assert_eq!(send(url.replace("13900000000", "13900000001")).await, json!("SignatureDoesNotMatch"));
    assert_eq!(provider.inbox().unwrap().len(), 0);
    assert_eq!(send(url.clone()).await, json!("OK"));
    let [message] = &provider.inbox().unwrap()[..] else { panic!("one message") };
    assert!(message.text.ends_with("张三,1234.56,a b+c*d~e/(f)"), "{}", message.text);
    assert_eq!(send(url).await, json!("SignatureNonceUsed"));
}
