//! Who is let in, and how the gateway answers.

use super::rig::Rig;
use heatpay_channels::{
    ChannelError, OrderState, PaymentChannel,
    alipay::signature::{AlipayKey, AppKey, request_text},
};
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use http::{Method, header};
use std::collections::BTreeMap;
use url::form_urlencoded::Serializer;

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";

/// A query of an order that nobody placed, signed by us, with some parameters changed before or after.
fn form(rig: &Rig, before: &[(&str, &str)], after: &[(&str, &str)]) -> String {
    let keys = rig.party.keys();
    let content = format!(r#"{{"out_trade_no":"{ONE}"}}"#);
    let mut parameters = BTreeMap::from([
        ("app_id", keys.app_id.as_str()),
        ("method", "alipay.trade.query"),
        ("charset", "utf-8"),
        ("sign_type", "RSA2"),
        ("timestamp", "2026-11-20 10:00:00"),
        ("version", "1.0"),
        ("biz_content", &content),
    ]);
    parameters.extend(before.iter().copied());
    let text = request_text(parameters.iter().map(|(name, value)| (*name, *value)));
    let sign = AppKey::read(&keys.app_private_key).unwrap().sign(text.as_bytes());
    parameters.insert("sign", &sign);
    parameters.extend(after.iter().copied());
    Serializer::new(String::new()).extend_pairs(parameters).finish()
}

async fn ask(rig: &Rig, form: &str) -> String {
    let (status, headers, body) = rig.ask(Method::POST, &format!("{}/gateway.do", rig.base_url), form).await;
    assert_eq!((status, headers[header::CONTENT_TYPE].as_bytes()), (200, &b"text/html;charset=utf-8"[..]));
    String::from_utf8(body).unwrap()
}

#[tokio::test]
async fn whoever_is_not_the_merchant_is_refused_without_a_signature() {
    let rig = Rig::new().await;
    for (form, code) in [
        (form(&rig, &[("app_id", "2021000000000009")], &[]), "isv.invalid-app-id"),
        (form(&rig, &[], &[("sign", "bm8=")]), "isv.invalid-signature"),
        (form(&rig, &[], &[("timestamp", "2026-11-20 10:00:01")]), "isv.invalid-signature"),
        (form(&rig, &[("sign_type", "RSA")], &[]), "isv.invalid-signature-type"),
    ] {
        let said = ask(&rig, &form).await;
        assert!(said.starts_with(r#"{"error_response":"#) && said.contains(code), "{said}");
        assert!(!said.contains(r#""sign":"#), "{said}");
    }
}

#[tokio::test]
async fn every_other_answer_is_signed_over_its_raw_bytes_with_slashes_escaped() {
    let rig = Rig::new().await;
    rig.placed(ONE, Scene::Native).await;
    let key = AlipayKey::read(&rig.party.keys().alipay_public_key).unwrap();
    for (before, inner_has) in [
        (vec![], "ACQ.TRADE_NOT_EXIST"),
        (vec![("method", "alipay.trade.guess")], "isv.invalid-method"),
        (vec![("timestamp", "now")], "isv.invalid-timestamp"),
        (vec![("biz_content", "{")], "isv.invalid-parameter"),
        (vec![("method", "alipay.trade.precreate"), ("notify_url", "ftp://x")], "ACQ.INVALID_PARAMETER"),
    ] {
        let said = ask(&rig, &form(&rig, &before, &[])).await;
        let (inner, sign) = said.split_once(r#","sign":""#).unwrap();
        let inner = inner.split_once(':').unwrap().1;
        assert!(inner.contains(inner_has), "{said}");
        assert!(key.verifies(inner.as_bytes(), sign.trim_end_matches("\"}")), "{said}");
    }
}

#[tokio::test]
async fn work_that_was_done_may_be_answered_as_unknown() {
    let rig = Rig::new().await;
    rig.party.lose_answers(1);
    let lost = rig.client.place_order(&rig.order(ONE, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(lost, Err(ChannelError::OutcomeUnknown { .. })), "{lost:?}");
    assert_eq!(rig.query(ONE).await, OrderState::Waiting, "it was done");
    rig.party.answer_next("40004", "ACQ.ACCESS_FORBIDDEN");
    let refused = rig.client.place_order(&rig.order(ONE, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(refused, Err(ChannelError::Misconfigured { .. })), "{refused:?}");
}
