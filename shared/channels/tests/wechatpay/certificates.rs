//! Platform certificates: fetched once when a signature names one we do not have.

use crate::{
    host::{Answer, Host, VECTOR_SECOND, client, headers, nobody, now, secret_with, signed_by, vectors},
    orders::order,
};
use heatpay_channels::{ChannelError, PaymentChannel};
use heatpay_domain::payment::Scene;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

const PREPAY: &str = r#"{"prepay_id":"wx2014"}"#;
const CERTIFICATES: &str = "GET /v3/certificates";

/// A merchant that has platform certificates only, and none of them yet.
pub(crate) fn certificate_mode() -> Value {
    secret_with(&json!({ "public_keys": {}, "public_key_id": null, "certificate_mode": true }))
}

/// The list as the SDK's vector has it: encrypted under the APIv3 key, signed with the certificate it brings.
pub(crate) fn certificates() -> Answer {
    let vectors = vectors();
    let list = &vectors["certificates"];
    let text = |name: &str| list[name].as_str().unwrap();
    let headers = headers(&[
        ("wechatpay-timestamp", text("timestamp")),
        ("wechatpay-nonce", text("nonce")),
        ("wechatpay-serial", text("serial")),
        ("wechatpay-signature", text("signature")),
    ]);
    Answer::Says { status: 200, headers, body: text("body").to_owned() }
}

fn signed_with_platform_certificate(at: i64) -> Answer {
    let serial = vectors()["platform_serial"].as_str().unwrap().to_owned();
    let headers = signed_by("keys/wx_platform_key.pem", &serial, at, PREPAY);
    Answer::Says { status: 200, headers, body: PREPAY.to_owned() }
}

async fn place(secret: &Value, host: &Host, now: Timestamp) -> Result<String, ChannelError> {
    client(secret, &host.base_url).place_order(&order(Scene::Jsapi), now).await
}

#[tokio::test]
async fn an_unknown_certificate_is_fetched_once_and_kept() {
    let signed = || signed_with_platform_certificate(VECTOR_SECOND);
    let host = Host::answering([signed(), certificates(), signed()]).await;
    let wechatpay = client(&certificate_mode(), &host.base_url);
    for _ in 0..2 {
        assert_eq!(wechatpay.place_order(&order(Scene::Jsapi), now()).await.unwrap(), "wx2014");
    }
    let order_line = "POST /v3/pay/transactions/jsapi";
    assert_eq!(host.lines(), [order_line, CERTIFICATES, order_line]);
}

#[tokio::test]
async fn a_merchant_without_certificates_asks_for_none() {
    let host = Host::answering([signed_with_platform_certificate(VECTOR_SECOND), certificates()]).await;
    let placed = place(&crate::host::secret(), &host, now()).await;
    assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
    assert_eq!(host.lines().len(), 1);
}

#[tokio::test]
async fn an_order_done_is_not_undone_by_certificates_that_cannot_be_had() {
    for answer in [crate::host::refuses(404, "RESOURCE_NOT_EXISTS"), crate::host::refuses(429, "FREQUENCY_LIMITED")] {
        let host = Host::answering([signed_with_platform_certificate(VECTOR_SECOND), answer]).await;
        let placed = place(&certificate_mode(), &host, now()).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
    }
}

#[tokio::test]
async fn a_list_that_was_tampered_with_brings_no_key() {
    let Answer::Says { headers, body, .. } = certificates() else { panic!("it says something") };
    for (why, body) in [
        ("another body, the old signature", body.replace("2031-01-01", "2041-01-01")),
        ("a cipher text that does not open", body.replacen("zN28", "zN29", 1)),
        ("a certificate under another's serial", body.replacen("1234567890ABCDEF", "A234567890ABCDEF", 1)),
    ] {
        let list = Answer::Says { status: 200, headers: headers.clone(), body };
        let host = Host::answering([signed_with_platform_certificate(VECTOR_SECOND), list]).await;
        let placed = place(&certificate_mode(), &host, now()).await;
        assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{why}: {placed:?}");
        assert_eq!(host.lines().len(), 2, "{why}");
    }
}

#[tokio::test]
async fn a_certificate_signs_only_while_it_is_in_force() {
    let configured = secret_with(&json!({
        "public_keys": {}, "public_key_id": null, "platform_certificates": [crate::host::file("keys/wx_platform_cert.pem")],
    }));
    // The certificate is good from 2026-11-23 to 2036-11-20.
    for (at, believed) in
        [("2026-11-24T00:00:00Z", true), ("2026-01-01T00:00:00Z", false), ("2036-11-21T00:00:00Z", false)]
    {
        let at: Timestamp = at.parse().unwrap();
        let host = Host::answering([signed_with_platform_certificate(at.as_second())]).await;
        assert_eq!(place(&configured, &host, at).await.is_ok(), believed, "{at}");
    }
}

#[tokio::test]
async fn strangers_cannot_make_us_ask_for_certificates_again_and_again() {
    let host = Host::answering([]).await;
    let wechatpay = client(&certificate_mode(), &host.base_url);
    let post = async |serial: &str, now: Timestamp| {
        let headers = signed_by("keys/wx_merchant_key.pem", serial, now.as_second(), "{}");
        assert!(wechatpay.read_notification(&headers, b"{}", now).await.is_err());
        host.lines().len()
    };
    assert_eq!(post("not a serial", now()).await, 0);
    assert_eq!(post("PUB_KEY_ID_9", now()).await, 0);
    for serial in ["A", "B", "C"] {
        assert_eq!(post(&serial.repeat(40), now()).await, 1, "once a minute");
    }
    assert_eq!(post(&"D".repeat(40), now() + SignedDuration::from_secs(60)).await, 2);
}

#[tokio::test]
async fn a_notification_waits_for_certificates_that_cannot_be_had_now() {
    let headers =
        signed_by("keys/wx_platform_key.pem", vectors()["platform_serial"].as_str().unwrap(), VECTOR_SECOND, "{}");
    let read = client(&certificate_mode(), &nobody().await).read_notification(&headers, b"{}", now()).await;
    assert!(matches!(read, Err(heatpay_channels::NotificationError::TryLater(_))), "{read:?}");
}
