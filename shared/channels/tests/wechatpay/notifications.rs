use crate::{
    certificates::{certificate_mode, certificates},
    host::{Host, VECTOR_SECOND, client, headers, now, secret_with, signed_by, vectors},
};
use heatpay_channels::{Notification, NotificationError, PaymentChannel, RefundState, wechatpay::Wechatpay};
use heatpay_domain::{Channel, EvidenceSource, Fen};
use http::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::LazyLock;

/// A notification of the vectors: headers and body.
fn vector(index: usize) -> (HeaderMap, String, String) {
    let notification = vectors()["notifications"][index].take();
    let pairs: Vec<_> = notification["headers"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str().unwrap()))
        .collect();
    let text = |name: &str| notification[name].as_str().unwrap().to_owned();
    (headers(&pairs), text("body"), text("plaintext"))
}

fn merchant(changes: &Value) -> Wechatpay {
    client(&secret_with(changes), "http://127.0.0.1:9")
}

#[tokio::test]
async fn a_payments_notification_becomes_evidence() {
    let (headers, body, plain) = vector(0);
    let read = merchant(&json!({})).read_notification(&headers, body.as_bytes(), now()).await.unwrap();
    let Notification::Paid(evidence) = read else { panic!("it is a payment") };
    assert_eq!((evidence.channel, evidence.source), (Channel::Wechatpay, EvidenceSource::Callback));
    assert_eq!((evidence.merchant.as_str(), evidence.payment_no.as_str()), ("1900000001", "HF20260101000001"));
    assert_eq!((evidence.amount, evidence.channel_txn.as_str()), (Fen(123_456), "4200002026202601010000000001"));
    assert_eq!(evidence.paid_at.to_string(), "2026-01-01T00:00:05Z");
    assert_eq!(evidence.raw, plain);
}

#[tokio::test]
async fn a_notification_signed_with_a_platform_certificate_is_believed_after_fetching_it() {
    let (headers, body, _) = vector(1);
    let host = Host::answering([certificates()]).await;
    let read = client(&certificate_mode(), &host.base_url).read_notification(&headers, body.as_bytes(), now()).await;
    assert!(matches!(read, Ok(Notification::Paid(_))), "{read:?}");
    assert_eq!(host.lines(), ["GET /v3/certificates"]);
}

#[tokio::test]
async fn a_refunds_notification_says_where_it_stands() {
    let (headers, body, _) = vector(2);
    let read = merchant(&json!({})).read_notification(&headers, body.as_bytes(), now()).await.unwrap();
    let Notification::Refund { refund_no, state: RefundState::Succeeded(money) } = read else { panic!("{read:?}") };
    assert_eq!((refund_no.as_str(), money.amount), ("RF20260101000001", Fen(100)));
    assert_eq!(money.channel_refund_no, "50300000002026010100000000001");
}

#[tokio::test]
async fn a_notification_for_another_merchant_is_not_taken() {
    for (index, change) in [
        (0, json!({ "mchid": "1900000002" })),
        (0, json!({ "appid": "wx0000000000000000" })),
        (0, json!({ "apiv3_key": "x".repeat(32) })),
        (2, json!({ "mchid": "1900000002" })),
    ] {
        let (headers, body, _) = vector(index);
        let read = merchant(&change).read_notification(&headers, body.as_bytes(), now()).await;
        assert!(matches!(read, Err(NotificationError::NotForUs(_))), "{change}: {read:?}");
    }
}

#[tokio::test]
async fn what_wechat_signed_and_we_do_not_understand_is_left_to_a_person() {
    let id = vectors()["pub_key_id"].as_str().unwrap().to_owned();
    let (_, body, _) = vector(0);
    for body in ["not json".to_owned(), "{}".to_owned(), body.replace("\"transaction\"", "\"coupon\"")] {
        let headers = signed_by("keys/wx_pubkey_key.pem", &id, VECTOR_SECOND, &body);
        let read = merchant(&json!({})).read_notification(&headers, body.as_bytes(), now()).await;
        assert!(matches!(read, Err(NotificationError::NotForUs(_))), "{body}: {read:?}");
    }
}

#[tokio::test]
async fn a_forged_notification_is_not_believed() {
    let (good, body, _) = vector(0);
    let merchant = merchant(&json!({}));
    for name in ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature"] {
        let mut missing = good.clone();
        missing.remove(name);
        let mut changed = good.clone();
        changed.insert(name, HeaderValue::from_static("1767225601"));
        for headers in [missing, changed] {
            let read = merchant.read_notification(&headers, body.as_bytes(), now()).await;
            assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{name}: {read:?}");
        }
    }
    let mut probe = good.clone();
    let signature = good["wechatpay-signature"].to_str().unwrap();
    probe.insert("wechatpay-signature", format!("WECHATPAY/SIGNTEST/{signature}").parse().unwrap());
    assert!(merchant.read_notification(&probe, body.as_bytes(), now()).await.is_err());
    let spaced = body.replacen("\":", "\": ", 1);
    assert!(merchant.read_notification(&good, spaced.as_bytes(), now()).await.is_err(), "the raw bytes are signed");
    let late = now() + jiff::SignedDuration::from_secs(301);
    assert!(merchant.read_notification(&good, body.as_bytes(), late).await.is_err());
}

static MERCHANT: LazyLock<Wechatpay> = LazyLock::new(|| merchant(&json!({})));

fn header_soup() -> impl Strategy<Value = Vec<(usize, Vec<u8>)>> {
    proptest::collection::vec((0..5_usize, proptest::collection::vec(32..=255_u8, 0..80)), 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Whatever is posted, nothing is believed and nothing breaks. The true signature and serial are among the values.
    #[test]
    fn no_rubbish_is_ever_believed(soup in header_soup(), body in proptest::collection::vec(any::<u8>(), 0..400), keep in 0..32_u8) {
        const NAMES: [&str; 5] =
            ["wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature", "wechatpay-signature-type"];
        let (good, _, _) = vector(0);
        let mut headers = HeaderMap::new();
        for (name, value) in soup {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(HeaderName::from_static(NAMES[name]), value);
            }
        }
        for (bit, name) in NAMES.iter().enumerate() {
            if keep & (1 << bit) != 0 {
                headers.insert(HeaderName::from_static(name), good[*name].clone());
            }
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(MERCHANT.read_notification(&headers, &body, now()));
        prop_assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{read:?}");
    }

    /// A true notification with one byte of its body changed is forged.
    #[test]
    fn one_changed_byte_is_a_forgery(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
        let (headers, body, _) = vector(0);
        let mut body = body.into_bytes();
        let at = at.index(body.len());
        body[at] ^= flip;
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let read = runtime.block_on(MERCHANT.read_notification(&headers, &body, now()));
        prop_assert!(matches!(read, Err(NotificationError::NotAuthentic(_))), "{read:?}");
    }
}
