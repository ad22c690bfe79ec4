//! WeChat Pay's keys change while money moves.

use super::rig::{KEYS, PRICE, Rig};
use heatpay_channels::{ChannelError, OrderState, PaymentChannel};
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::Signer;
use serde_json::{Value, json};

const FIRST: &str = "P20261120000001";
const SECOND: &str = "P20261120000002";

/// The serial of the vectors' platform certificate.
const SERIAL: &str = "1234567890ABCDEF1234567890ABCDEF12345678";

fn pem(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../tests/vectors/keys/{name}.pem", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// A merchant of before the public key: it has platform certificates only, and fetches them.
fn certificates_only() -> Value {
    let mut secret = KEYS.merchant_secret();
    let keys = secret.as_object_mut().unwrap();
    keys.insert("public_keys".to_owned(), json!({}));
    keys.remove("public_key_id");
    secret
}

fn renew(rig: &Rig) {
    rig.party.renew_certificate(SERIAL, &pem("wx_platform_key"), &pem("wx_platform_cert")).unwrap();
}

fn paid(number: &str) -> String {
    format!("paid {number} {}", PRICE.0)
}

#[tokio::test]
async fn a_renewed_platform_certificate_is_fetched_and_the_first_is_believed_still() {
    let rig = Rig::with(certificates_only(), None).await;
    rig.party.set_signer(Signer::PlatformCertificate);
    rig.paid(FIRST).await;
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [paid(FIRST)]);
    renew(&rig);
    rig.clock.seconds(60);
    rig.paid(SECOND).await;
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [paid(SECOND)]);
    // The first signs once more, before certificates may be fetched again.
    let keys = rig.party.keys();
    rig.party.renew_certificate(&keys.platform_serial, &keys.platform_private_key, &keys.platform_certificate).unwrap();
    rig.party.notify_again(FIRST).unwrap();
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [paid(FIRST)]);
}

/// Certificates are fetched once a minute at most, or strangers could make us ask without end.
#[tokio::test]
async fn a_certificate_renewed_within_a_minute_costs_repeated_notifications_and_no_payment() {
    let rig = Rig::with(certificates_only(), None).await;
    rig.party.set_signer(Signer::PlatformCertificate);
    rig.placed(FIRST).await;
    renew(&rig);
    rig.party.pay(FIRST, 0).unwrap();
    for seconds in [0, 15, 15] {
        rig.clock.seconds(seconds);
        rig.party.act().await.unwrap();
        assert_eq!(rig.merchant.came(), ["forged: not signed by the channel: unknown key serial"]);
    }
    rig.clock.seconds(30);
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [paid(FIRST)]);
}

#[tokio::test]
async fn the_public_key_and_both_certificates_are_believed_side_by_side() {
    let rig = Rig::new().await;
    rig.placed(FIRST).await;
    for signer in [Signer::PublicKey, Signer::PlatformCertificate, Signer::PublicKey] {
        rig.party.set_signer(signer);
        assert_eq!(rig.query(FIRST).await, OrderState::Waiting, "{signer:?}");
    }
    renew(&rig);
    rig.clock.seconds(60);
    for signer in [Signer::PlatformCertificate, Signer::PublicKey] {
        rig.party.set_signer(signer);
        assert_eq!(rig.query(FIRST).await, OrderState::Waiting, "{signer:?} after it was renewed");
    }
    rig.party.set_signer(Signer::PlatformCertificate);
    rig.party.pay(FIRST, 0).unwrap();
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), [paid(FIRST)]);
}

/// A serial that we know does not make another's signature good.
#[tokio::test]
async fn what_another_key_signed_under_a_known_serial_is_not_believed() {
    let rig = Rig::new().await;
    rig.party.set_signer(Signer::PlatformCertificate);
    rig.placed(FIRST).await;
    let keys = rig.party.keys();
    rig.party.renew_certificate(&keys.platform_serial, &pem("wx_platform_key"), &keys.platform_certificate).unwrap();
    let asked = rig.client.query_order(&rig.placed_order(FIRST), rig.clock.now()).await;
    assert!(matches!(asked, Err(ChannelError::OutcomeUnknown { .. })), "{asked:?}");
    rig.party.pay(FIRST, 0).unwrap();
    rig.party.act().await.unwrap();
    assert_eq!(rig.merchant.came(), ["forged: not signed by the channel: signature does not match"]);
}
