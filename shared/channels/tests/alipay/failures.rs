//! What may be done next, by what came back.

use crate::gateway::{
    Answer, Gateway, NUMBER, client, nobody, now, order, refuses, secret, signed_by, signs, unsigned,
};
use heatpay_channels::{ChannelError, PaymentChannel};
use heatpay_domain::payment::Scene;
use serde_json::json;

const CREATE: &str = "alipay.trade.create";

async fn place(answer: Answer) -> Result<String, ChannelError> {
    let gateway = Gateway::answering([answer]).await;
    client(&secret(), &gateway.base_url).place_order(&order(Scene::Jsapi), now()).await
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
async fn every_signed_refusal_says_what_may_be_done() {
    for (code, sub_code, wanted) in [
        ("40004", "ACQ.INVALID_PARAMETER", "refused"),
        ("40004", "ACQ.TRADE_HAS_CLOSE", "refused"),
        ("40004", "ACQ.TOTAL_FEE_EXCEED", "refused"),
        ("40003", "isv.missing-condition", "refused"),
        ("40002", "isv.invalid-parameter", "refused"),
        ("40001", "isv.missing-method", "refused"),
        ("40004", "ACQ.ACCESS_FORBIDDEN", "settings"),
        ("40002", "isv.invalid-signature", "settings"),
        ("40002", "isv.invalid-app-id", "settings"),
        ("40006", "isv.insufficient-isv-permissions", "settings"),
        ("20001", "aop.invalid-auth-token", "settings"),
        ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "later"),
        ("40005", "isv.app-call-limited", "later"),
        ("40004", "USER_RATE_LIMIT", "later"),
        ("20000", "isp.unknow-error", "unknown"),
        ("20000", "aop.ACQ.SYSTEM_ERROR", "unknown"),
        ("40004", "ACQ.SYSTEM_ERROR", "unknown"),
        ("40004", "AQC.SYSTEM_ERROR", "unknown"),
        ("40004", "SYSTEM_ERROR", "unknown"),
        ("40004", "ACQ.TRADE_HAS_SUCCESS", "unknown"),
        ("40004", "ACQ.TRADE_HAS_FINISHED", "unknown"),
        ("40004", "ACQ.CONTEXT_INCONSISTENT", "unknown"),
        ("10003", "", "unknown"),
        ("99999", "ACQ.INVALID_PARAMETER", "unknown"),
    ] {
        let error = place(refuses(CREATE, code, sub_code)).await.unwrap_err();
        assert_eq!(class(&error), wanted, "{code} {sub_code}: {error:?}");
    }
}

#[tokio::test]
async fn what_nobody_signed_is_a_failure_and_never_an_answer_about_an_order() {
    for (code, sub_code, wanted) in [
        ("40002", "isv.invalid-signature", "settings"),
        ("40002", "isv.invalid-app-id", "settings"),
        ("40001", "isv.missing-app-id", "settings"),
        ("40005", "isv.app-call-limited", "later"),
        ("40004", "ACQ.TRADE_NOT_EXIST", "unknown"),
        ("40004", "ACQ.SELLER_BALANCE_NOT_ENOUGH", "unknown"),
        ("40002", "isv.invalid-parameter", "unknown"),
        ("10000", "", "unknown"),
    ] {
        let error = place(unsigned(code, sub_code)).await.unwrap_err();
        assert_eq!(class(&error), wanted, "{code} {sub_code}: {error:?}");
    }
}

#[tokio::test]
async fn a_success_that_is_not_signed_by_alipay_is_no_success() {
    let inner = json!({ "code": "10000", "out_trade_no": NUMBER, "trade_no": "2026010122001400001" }).to_string();
    let said = |inner: &str, sign: &str| {
        let body = format!(r#"{{"alipay_trade_create_response":{inner},"sign":"{sign}"}}"#);
        Answer::Says(200, body.into_bytes())
    };
    let good = signed_by("keys/ali_alipay_key.pem", &inner);
    assert!(place(said(&inner, &good)).await.is_ok());
    for (why, answer) in [
        ("another's key", said(&inner, &signed_by("keys/ali_app_key.pem", &inner))),
        ("another text", said(&inner.replace("001400001", "001400002"), &good)),
        ("re-serialised", said(&inner.replace(':', ": "), &good)),
        ("no signature", said(&inner, "")),
        ("unsigned", Answer::Says(200, format!(r#"{{"alipay_trade_create_response":{inner}}}"#).into_bytes())),
        ("another method's", signs("alipay.trade.precreate", &json!({ "code": "10000", "trade_no": "1" }))),
        ("a page", Answer::Says(200, "<html>系统繁忙</html>".into())),
        ("not UTF-8", Answer::Says(200, b"{\"error_response\":{\"msg\":\"\xcf\xb5\"}}".to_vec())),
        ("a bad gateway", Answer::Says(502, Vec::new())),
        ("too large", Answer::Says(200, vec![b' '; (1 << 20) + 1])),
        ("another order", signs(CREATE, &json!({ "code": "10000", "out_trade_no": "P1", "trade_no": "1" }))),
        ("no handle", signs(CREATE, &json!({ "code": "10000", "out_trade_no": NUMBER }))),
    ] {
        let placed = place(answer).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{why}: {placed:?}");
    }
}

#[tokio::test]
async fn a_broken_line_leaves_the_outcome_open_and_no_line_does_not() {
    let broken = place(Answer::BreaksConnection).await.unwrap_err();
    assert_eq!(class(&broken), "unknown", "{broken:?}");
    let alone = client(&secret(), &nobody().await).place_order(&order(Scene::Jsapi), now()).await.unwrap_err();
    assert_eq!(class(&alone), "later", "{alone:?}");
}
