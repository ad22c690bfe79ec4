//! What may be done next, by what came back.

use crate::{
    host::{
        Answer, Host, VECTOR_SECOND, client, headers, nobody, now, refuses, says, secret, secret_with, signed_by,
        signs, vectors,
    },
    orders::order,
};
use heatpay_channels::{ChannelError, PaymentChannel};
use heatpay_domain::payment::Scene;
use serde_json::json;

const PREPAY: &str = r#"{"prepay_id":"wx2014"}"#;

async fn place(answer: Answer) -> Result<String, ChannelError> {
    let host = Host::answering([answer]).await;
    client(&secret(), &host.base_url).place_order(&order(Scene::Jsapi), now()).await
}

/// `unknown`, `later`, `refused`, `settings`.
fn class(error: &ChannelError) -> &'static str {
    match error {
        ChannelError::OutcomeUnknown { .. } => "unknown",
        ChannelError::TryLater { .. } => "later",
        ChannelError::Refused { .. } => "refused",
        ChannelError::Misconfigured { .. } => "settings",
    }
}

#[tokio::test]
async fn every_error_answer_says_what_may_be_done() {
    for (status, code, wanted) in [
        (400, "PARAM_ERROR", "refused"),
        (400, "INVALID_REQUEST", "refused"),
        (400, "ORDER_CLOSED", "refused"),
        (403, "RULE_LIMIT", "refused"),
        (403, "USER_ACCOUNT_ABNORMAL", "refused"),
        (400, "APPID_MCHID_NOT_MATCH", "settings"),
        (400, "MCH_NOT_EXISTS", "settings"),
        (403, "NO_AUTH", "settings"),
        (401, "SIGN_ERROR", "settings"),
        (403, "NOT_ENOUGH", "later"),
        (429, "FREQUENCY_LIMITED", "later"),
        (429, "RATELIMIT_EXCEEDED", "later"),
        (429, "", "later"),
        (403, "OUT_TRADE_NO_USED", "unknown"),
        (400, "ORDERPAID", "unknown"),
        (403, "TRADE_ERROR", "unknown"),
        (500, "SYSTEM_ERROR", "unknown"),
        (502, "", "unknown"),
        (503, "SERVICE_UNAVAILABLE", "unknown"),
        // An unsigned 5xx may say what it likes: something may have been done.
        (500, "NOT_ENOUGH", "unknown"),
        (500, "PARAM_ERROR", "unknown"),
        (202, "", "unknown"),
        (302, "", "unknown"),
        (413, "", "unknown"),
    ] {
        let error = place(refuses(status, code)).await.unwrap_err();
        assert_eq!(class(&error), wanted, "{status} {code}: {error:?}");
    }
}

#[tokio::test]
async fn a_success_that_is_not_signed_by_wechat_is_no_success() {
    let id = vectors()["pub_key_id"].as_str().unwrap().to_owned();
    let good = signed_by("keys/wx_pubkey_key.pem", &id, VECTOR_SECOND, PREPAY);
    let signature = good["wechatpay-signature"].to_str().unwrap();
    let mut probe = good.clone();
    probe.insert("wechatpay-signature", format!("WECHATPAY/SIGNTEST/{}", &signature[19..]).parse().unwrap());
    let mut other_kind = good.clone();
    other_kind.insert("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3".parse().unwrap());
    let mut no_nonce = good.clone();
    no_nonce.remove("wechatpay-nonce");
    for (why, headers, body) in [
        ("unsigned", headers(&[]), PREPAY),
        ("another body", good.clone(), r#"{"prepay_id": "wx2014"}"#),
        ("five minutes old", signed_by("keys/wx_pubkey_key.pem", &id, VECTOR_SECOND - 301, PREPAY), PREPAY),
        ("five minutes ahead", signed_by("keys/wx_pubkey_key.pem", &id, VECTOR_SECOND + 301, PREPAY), PREPAY),
        ("another's key", signed_by("keys/wx_platform_key.pem", &id, VECTOR_SECOND, PREPAY), PREPAY),
        ("unknown key", signed_by("keys/wx_pubkey_key.pem", "PUB_KEY_ID_9", VECTOR_SECOND, PREPAY), PREPAY),
        ("a probe", probe, PREPAY),
        ("another algorithm", other_kind, PREPAY),
        ("no nonce", no_nonce, PREPAY),
    ] {
        let placed = place(Answer::Says { status: 200, headers, body: body.to_owned() }).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{why}: {placed:?}");
    }
    let at_the_limit = signed_by("keys/wx_pubkey_key.pem", &id, VECTOR_SECOND - 300, PREPAY);
    assert!(place(Answer::Says { status: 200, headers: at_the_limit, body: PREPAY.to_owned() }).await.is_ok());
}

#[tokio::test]
async fn an_answer_without_its_handle_leaves_the_outcome_open() {
    for body in ["{}", "not json", r#"{"code_url":"weixin://x"}"#] {
        let placed = place(signs(200, body)).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{body}: {placed:?}");
    }
    let huge = place(says(200, "x".repeat((1 << 20) + 1))).await;
    assert!(matches!(huge, Err(ChannelError::OutcomeUnknown { .. })), "{huge:?}");
}

#[tokio::test]
async fn a_broken_line_leaves_the_outcome_open_and_no_line_does_not() {
    let broken = place(Answer::BreaksConnection).await.unwrap_err();
    assert_eq!(class(&broken), "unknown", "{broken:?}");
    let alone = client(&secret(), &nobody().await).place_order(&order(Scene::Jsapi), now()).await.unwrap_err();
    assert_eq!(class(&alone), "later", "{alone:?}");
}

#[tokio::test]
async fn the_twin_host_is_asked_only_when_nothing_reached_the_first() {
    let twin = Host::answering([signs(200, PREPAY), signs(200, PREPAY)]).await;
    let secret = secret_with(&json!({ "fallback_base_url": twin.base_url }));
    let away = client(&secret, &nobody().await);
    assert_eq!(away.place_order(&order(Scene::Jsapi), now()).await.unwrap(), "wx2014");
    assert_eq!(twin.asked().len(), 1);
    let breaking = Host::answering([Answer::BreaksConnection]).await;
    let broken = client(&secret, &breaking.base_url).place_order(&order(Scene::Jsapi), now()).await.unwrap_err();
    assert_eq!(class(&broken), "unknown");
    assert_eq!(twin.asked().len(), 1, "not asked again");
}
