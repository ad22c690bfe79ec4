use crate::gateway::{Gateway, NUMBER, client, file, form, merchant, now, order, refuses, secret, secret_with, signs};
use heatpay_channels::{
    ChannelError, CloseOutcome, OrderRef, OrderState, PaymentChannel,
    alipay::{
        SignIn,
        signature::{AlipayKey, request_text},
    },
};
use heatpay_domain::{Channel, EvidenceSource, Fen, PaymentNo, payment::Scene};
use serde_json::{Value, json};
use std::collections::BTreeMap;

const QUERY: &str = "alipay.trade.query";
const CLOSE: &str = "alipay.trade.close";

fn placed() -> OrderRef {
    OrderRef {
        payment_no: PaymentNo::parse(NUMBER).unwrap(),
        placed_at: now(),
        expires_at: now() + jiff::SignedDuration::from_mins(30),
    }
}

fn is_ours(parameters: &BTreeMap<String, String>) -> bool {
    let key = AlipayKey::read(&file("keys/ali_app_pub.pem")).unwrap();
    let text = request_text(parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    key.verifies(text.as_bytes(), &parameters["sign"])
}

#[tokio::test]
async fn an_order_of_the_mini_program_is_made_for_its_payer() {
    let method = "alipay.trade.create";
    let done = json!({ "code": "10000", "out_trade_no": NUMBER, "trade_no": "2026010122001400001" });
    let gateway = Gateway::answering([signs(method, &done)]).await;
    let merchant = client(&secret_with(&json!({ "op_app_id": "2021000000000002" })), &gateway.base_url);
    let handle = merchant.place_order(&order(Scene::Jsapi), now()).await.unwrap();
    assert_eq!(merchant.client_parameters(Scene::Jsapi, &handle, now())["tradeNO"], "2026010122001400001");

    let [asked] = &*gateway.asked() else { panic!("one call") };
    assert_eq!(asked.path, "/gateway.do");
    assert_eq!(asked.query["notify_url"], "https://pay.example.com/callbacks/alipay");
    assert_eq!(asked.query["timestamp"], "2026-01-01 08:00:00");
    assert_eq!(
        asked.content(),
        json!({
            "out_trade_no": NUMBER, "total_amount": "1234.56", "product_code": "JSAPI_PAY",
            "subject": "2025-2026采暖季 供热费   滞纳金 0 户号1", "time_expire": "2026-01-01 08:15:00",
            "op_app_id": "2021000000000002", "buyer_open_id": order(Scene::Jsapi).openid,
        })
    );
    let mut parameters = asked.query.clone();
    parameters.extend(asked.body.clone());
    assert!(is_ours(&parameters), "{parameters:?}");
}

#[tokio::test]
async fn an_order_of_the_mini_program_without_its_payer_is_refused_before_anybody_is_asked() {
    let mut nobodys = order(Scene::Jsapi);
    nobodys.openid = None;
    let refused = merchant().place_order(&nobodys, now()).await;
    assert!(matches!(refused, Err(ChannelError::Refused { .. })), "{refused:?}");
    let app = merchant().place_order(&order(Scene::App), now()).await;
    assert!(matches!(app, Err(ChannelError::Refused { .. })), "{app:?}");
}

#[tokio::test]
async fn a_page_is_opened_by_a_signed_address_and_nobody_is_called() {
    for (scene, name, method, product) in [
        (Scene::H5, "h5_url", "alipay.trade.wap.pay", "QUICK_WAP_WAY"),
        (Scene::Page, "page_url", "alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    ] {
        let handle = merchant().place_order(&order(scene), now()).await.unwrap();
        let later = now() + jiff::SignedDuration::from_secs(61);
        let address = merchant().client_parameters(scene, &handle, later).remove(name).unwrap();
        let parameters = form(address.strip_prefix("http://127.0.0.1:9/gateway.do?").unwrap().as_bytes());
        assert!(is_ours(&parameters), "{address}");
        assert_eq!((parameters["method"].as_str(), parameters["timestamp"].as_str()), (method, "2026-01-01 08:01:01"));
        assert_eq!(parameters["return_url"], "https://pay.example.com/m/");
        let content: Value = serde_json::from_str(&parameters["biz_content"]).unwrap();
        assert_eq!((&content["product_code"], &content["total_amount"]), (&json!(product), &json!("1234.56")));
        assert_eq!(content["quit_url"].is_string(), scene == Scene::H5);
    }
}

#[tokio::test]
async fn a_screen_shows_the_code_that_alipay_gives() {
    let done = json!({ "code": "10000", "out_trade_no": NUMBER, "qr_code": "https://qr.alipay.com/bax0001" });
    let gateway = Gateway::answering([signs("alipay.trade.precreate", &done)]).await;
    let merchant = client(&secret(), &gateway.base_url);
    let handle = merchant.place_order(&order(Scene::Native), now()).await.unwrap();
    assert_eq!(merchant.client_parameters(Scene::Native, &handle, now())["code_url"], "https://qr.alipay.com/bax0001");
}

fn trade(status: &str, paid_at: Option<&str>) -> Value {
    let mut trade = json!({
        "code": "10000", "msg": "Success", "out_trade_no": NUMBER, "trade_no": "2026010122001400001",
        "trade_status": status, "total_amount": "1234.56", "buyer_open_id": "074a1Ccl",
    });
    if let Some(at) = paid_at {
        trade["send_pay_date"] = json!(at);
    }
    trade
}

async fn asked(answer: crate::gateway::Answer) -> Result<OrderState, ChannelError> {
    let gateway = Gateway::answering([answer]).await;
    client(&secret(), &gateway.base_url).query_order(&placed(), now()).await
}

#[tokio::test]
async fn a_paid_trade_is_evidence_also_after_it_was_wholly_refunded() {
    for status in ["TRADE_SUCCESS", "TRADE_FINISHED", "TRADE_CLOSED"] {
        let state = asked(signs(QUERY, &trade(status, Some("2026-01-01 08:00:05")))).await.unwrap();
        let OrderState::Paid(evidence) = state else { panic!("{status}: {state:?}") };
        assert_eq!((evidence.channel, evidence.source), (Channel::Alipay, EvidenceSource::Query));
        assert_eq!((evidence.merchant.as_str(), evidence.amount), ("2088000000000001", Fen(123_456)));
        assert_eq!(evidence.paid_at.to_string(), "2026-01-01T00:00:05Z");
        assert_eq!(evidence.payer.as_deref(), Some("074a1Ccl"));
        assert_eq!(evidence.channel_txn, "2026010122001400001");
    }
}

#[tokio::test]
async fn an_order_waits_is_closed_or_is_not_known_before_its_payer_signs_in() {
    assert_eq!(asked(signs(QUERY, &trade("WAIT_BUYER_PAY", None))).await.unwrap(), OrderState::Waiting);
    assert_eq!(asked(signs(QUERY, &trade("TRADE_CLOSED", None))).await.unwrap(), OrderState::Closed);
    assert_eq!(asked(refuses(QUERY, "40004", "ACQ.TRADE_NOT_EXIST")).await.unwrap(), OrderState::Unknown);
    assert_eq!(asked(refuses(QUERY, "40004", "TRADE_NOT_EXIST")).await.unwrap(), OrderState::Unknown);
}

#[tokio::test]
async fn an_answer_about_another_order_or_without_its_fields_is_no_answer() {
    let mut other = trade("TRADE_SUCCESS", Some("2026-01-01 08:00:05"));
    other["out_trade_no"] = json!("P01KB1Q2Z3A4B5C6D7E8F9G0H1K");
    let undated = trade("TRADE_SUCCESS", None);
    let strange = trade("TRADE_PENDING", None);
    for answer in [other, undated, strange] {
        let state = asked(signs(QUERY, &answer)).await;
        assert!(matches!(state, Err(ChannelError::OutcomeUnknown { .. })), "{answer}: {state:?}");
    }
}

#[tokio::test]
async fn closing_says_what_became_of_the_order() {
    let done = signs(CLOSE, &json!({ "code": "10000", "out_trade_no": NUMBER }));
    for (answer, outcome) in [
        (done, CloseOutcome::Closed),
        (refuses(CLOSE, "40004", "ACQ.TRADE_NOT_EXIST"), CloseOutcome::Unknown),
        (refuses(CLOSE, "40004", "ACQ.TRADE_HAS_CLOSE"), CloseOutcome::Closed),
        (refuses(CLOSE, "40004", "ACQ.TRADE_HAS_SUCCESS"), CloseOutcome::AlreadyPaid),
        (refuses(CLOSE, "40004", "ACQ.REASON_TRADE_STATUS_INVALID"), CloseOutcome::AlreadyPaid),
    ] {
        let gateway = Gateway::answering([answer]).await;
        let closed = client(&secret(), &gateway.base_url).close_order(&placed(), now()).await;
        assert_eq!(closed.unwrap(), outcome);
    }
}

#[tokio::test]
async fn a_code_of_the_mini_program_says_who_signs_in() {
    let method = "alipay.system.oauth.token";
    let gateway = Gateway::answering([
        signs(method, &json!({ "access_token": "publicpB", "open_id": "074a1Ccl", "expires_in": "300" })),
        refuses(method, "40002", "isv.code-invalid"),
        signs(method, &json!({ "access_token": "publicpB" })),
    ])
    .await;
    let merchant = client(&secret(), &gateway.base_url);
    let person = merchant.sign_in("4b203fe6c11548bcabd8da5bb087a83b", now()).await.unwrap();
    assert_eq!(person, SignIn::Person { open_id: "074a1Ccl".to_owned() });
    assert_eq!(merchant.sign_in("used", now()).await.unwrap(), SignIn::BadCode);
    assert!(merchant.sign_in("nobody", now()).await.is_err());
    assert_eq!(gateway.asked()[0].query["code"], "4b203fe6c11548bcabd8da5bb087a83b");
    assert_eq!(gateway.asked()[0].query["grant_type"], "authorization_code");
}
