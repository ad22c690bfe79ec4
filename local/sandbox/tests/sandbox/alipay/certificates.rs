//! The certificate mode, with our client as the merchant.

use super::rig::{PRICE, Rig, refund};
use heatpay_channels::{ChannelError, Notification, OrderState, PaymentChannel, RefundState};
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use serde_json::json;

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";

#[tokio::test]
async fn orders_payments_refunds_and_notifications_go_by_certificates() {
    let rig = Rig::certified(|_| {}).await;
    let trade_no = rig.paid(ONE).await;
    assert!(matches!(rig.query(ONE).await, OrderState::Paid(evidence) if evidence.amount == PRICE));
    let told = rig.read_notices().await;
    assert!(matches!(&told[..], [Notification::Paid(evidence)] if evidence.channel_txn == trade_no), "{told:?}");
    let back = refund("R01KB1Q2Z3A4B5C6D7E8F9G0H1J", &trade_no, 800);
    let state = rig.client.refund(&back, rig.clock.now()).await.unwrap();
    assert!(matches!(state, RefundState::Succeeded(_)), "{state:?}");
}

#[tokio::test]
async fn a_certificate_that_the_merchant_does_not_know_is_fetched_and_not_believed_for_its_word() {
    // He believes that Alipay is the authority: what signs the answers is somebody else's.
    let rig = Rig::certified(|secret| {
        let alipay = secret["alipay_certificate"].as_str().unwrap();
        let authority = alipay.rfind("-----BEGIN").unwrap();
        secret["alipay_certificate"] = json!(alipay[authority..]);
    })
    .await;
    let placed = rig.client.place_order(&rig.order(ONE, Scene::Jsapi), rig.clock.now()).await;
    assert!(matches!(placed, Err(ChannelError::OutcomeUnknown { .. })), "{placed:?}");
    assert_eq!(rig.party.orders().unwrap().len(), 1, "it was done all the same");
}

#[tokio::test]
async fn whoever_names_another_certificate_is_refused() {
    let rig = Rig::certified(|secret| secret["app_certificate"] = secret["alipay_certificate"].clone()).await;
    let placed = rig.client.place_order(&rig.order(ONE, Scene::Jsapi), rig.clock.now()).await;
    assert!(placed.is_err(), "{placed:?}");
    assert!(rig.party.orders().unwrap().is_empty());
}
