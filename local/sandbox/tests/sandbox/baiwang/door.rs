use super::{Rig, account, client, resident_order};
use crate::street::outbound;
use heatpay_partners::{
    PartnerError,
    einvoice::{EInvoicePlatform, InvoiceState, baiwang::sign::sign},
};
use heatpay_ports::Clock;
use serde_json::{Value, json};

#[tokio::test]
async fn an_expired_token_is_replaced_once_without_the_caller_noticing() {
    let rig = Rig::new().await;
    rig.issue(&resident_order()).await.unwrap();
    rig.platform.expire_tokens().unwrap();
    assert_eq!(rig.state("I01TEST0001").await, InvoiceState::Issuing);
    rig.clock.seconds(8 * 3600);
    rig.issued("I01TEST0001").await;
}

#[tokio::test]
async fn both_password_hashes_open_the_door_and_a_wrong_password_is_a_setting() {
    let rig = Rig::new().await;
    let old = client(&rig.base_url, rig.ids.clone(), json!({ "token_version": "6.0" }));
    assert_eq!(old.query("I01TEST0001", rig.clock.now()).await.unwrap(), InvoiceState::Unknown);
    let wrong = client(&rig.base_url, rig.ids.clone(), json!({ "password": "guess" }));
    let refused = wrong.query("I01TEST0001", rig.clock.now()).await;
    assert!(matches!(refused, Err(PartnerError::Misconfigured { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_body_with_blanks_in_it_is_not_signed_right_however_it_is_signed() {
    let rig = Rig::new().await;
    let token = token(&rig).await;
    let body = json!({ "taxNo": "91120100MA0TEST001", "orderNos": ["I01TEST0001"] });
    let compact = body.to_string();
    let pretty = serde_json::to_string_pretty(&body).unwrap();
    assert_eq!(code(&raw_query(&rig, &token, &compact, &compact).await), "");
    assert_eq!(code(&raw_query(&rig, &token, &pretty, &pretty).await), "100007");
    assert_eq!(code(&raw_query(&rig, &token, &compact, &pretty).await), "100007");
    assert_eq!(code(&raw_query(&rig, "made-up", &compact, &compact).await), "100001");
    rig.platform.expire_tokens().unwrap();
    assert_eq!(code(&raw_query(&rig, &token, &compact, &compact).await), "100002");
}

fn code(answer: &Value) -> &str {
    answer["errorResponse"]["code"].as_str().unwrap_or_default()
}

async fn token(rig: &Rig) -> String {
    let hash = "db05aef88aadbd2c7e21be58789077e911662a8898ba30699f1e5ae5bf0d6ac8";
    let body = json!({ "username": "heat", "password": hash, "client_secret": account().app_secret }).to_string();
    let query = "method=baiwang.oauth.token&grant_type=password&client_id=1000000&version=7.0&timestamp=1";
    let answer = post(rig, query, &body).await;
    answer["response"]["access_token"].as_str().unwrap().to_owned()
}

/// A query signed over one text and sent with another.
async fn raw_query(rig: &Rig, token: &str, signed_body: &str, sent_body: &str) -> Value {
    let mut query = [
        ("method", "baiwang.s.outputinvoice.query"),
        ("version", "6.0"),
        ("appKey", "1000000"),
        ("format", "json"),
        ("timestamp", "1767225600000"),
        ("token", token),
        ("type", "sync"),
        ("requestId", "4a1f2c3d4e5f60718293a4b5c6d7e8f9"),
    ]
    .map(|(key, value)| (key, value.to_owned()))
    .into_iter()
    .collect();
    let signature = sign(&account().app_secret, &query, signed_body.as_bytes());
    query.insert("sign", signature);
    let query: Vec<_> = query.into_iter().map(|(key, value)| format!("{key}={value}")).collect();
    post(rig, &query.join("&"), sent_body).await
}

async fn post(rig: &Rig, query: &str, body: &str) -> Value {
    let answer = outbound()
        .send(heatpay_ports::OutboundRequest {
            service: "baiwang",
            method: http::Method::POST,
            url: format!("{}/router/rest?{query}", rig.base_url),
            headers: http::HeaderMap::new(),
            body: body.to_owned().into(),
            timeout: std::time::Duration::from_secs(5),
        })
        .await
        .unwrap();
    serde_json::from_slice(&answer.body).unwrap()
}
