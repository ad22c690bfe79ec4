//! What goes wrong between WeChat Pay and us, and what survives it.

use super::rig::{KEYS, PRICE, Rig, refund};
use crate::street::{CountedIds, SetClock};
use heatpay_channels::{ChannelError, OrderState, PaymentChannel, RefundState};
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use heatpay_sandbox::{switches::Outage, wechatpay::Wechatpay};
use std::sync::Arc;

const ORDER: &str = "P20261120000001";

async fn place(rig: &Rig) -> Result<String, ChannelError> {
    rig.client.place_order(&rig.order(ORDER, Scene::Jsapi), rig.clock.now()).await
}

fn is_unknown<T>(answer: &Result<T, ChannelError>) -> bool {
    matches!(answer, Err(ChannelError::OutcomeUnknown { .. }))
}

#[tokio::test]
async fn a_call_lost_on_the_way_may_have_been_done_or_not() {
    for (outage, done) in [(Outage::Down, false), (Outage::BreaksBefore, false), (Outage::BreaksAfter, true)] {
        let rig = Rig::new().await;
        rig.party.switches().set_outage(outage, Some(1));
        assert!(is_unknown(&place(&rig).await), "{outage:?}");
        let state = rig.query(ORDER).await;
        assert_eq!(state, if done { OrderState::Waiting } else { OrderState::Unknown }, "{outage:?}");
        assert!(place(&rig).await.is_ok(), "the same order again");
        assert_eq!(rig.party.orders().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn every_verb_bears_a_broken_line() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    rig.placed("P20261120000002").await;
    let now = rig.clock.now();
    let refund = refund("R20261120000001", &transaction, PRICE.0);
    rig.party.switches().set_outage(Outage::BreaksAfter, None);
    assert!(is_unknown(&rig.client.query_order(&rig.placed_order(ORDER), now).await));
    assert!(is_unknown(&rig.client.close_order(&rig.placed_order("P20261120000002"), now).await));
    assert!(is_unknown(&rig.client.refund(&refund, now).await));
    assert!(is_unknown(&rig.client.query_refund(&refund, now).await));
    rig.party.switches().set_outage(Outage::None, None);
    assert_eq!(rig.query("P20261120000002").await, OrderState::Closed, "it was closed all the same");
    assert_eq!(rig.ask_refund("R20261120000001").await, RefundState::Processing, "it was taken all the same");
    assert_eq!(rig.client.refund(&refund, now).await.unwrap(), RefundState::Processing);
}

#[tokio::test]
async fn an_outage_lasts_as_many_calls_as_it_was_set_for() {
    let rig = Rig::new().await;
    rig.party.switches().set_outage(Outage::Down, Some(2));
    assert!(is_unknown(&place(&rig).await));
    assert!(is_unknown(&place(&rig).await));
    assert!(place(&rig).await.is_ok());
}

#[tokio::test]
async fn an_error_can_be_ordered_for_the_next_call() {
    let rig = Rig::new().await;
    let transaction = rig.paid(ORDER).await;
    rig.party.answer_next(403, "NOT_ENOUGH");
    let refund = refund("R20261120000001", &transaction, 1);
    let sent = rig.client.refund(&refund, rig.clock.now()).await;
    assert!(matches!(&sent, Err(ChannelError::TryLater { code, .. }) if code == "NOT_ENOUGH"), "{sent:?}");
    assert_eq!(rig.ask_refund("R20261120000001").await, RefundState::Unknown);
    assert!(rig.client.refund(&refund, rig.clock.now()).await.is_ok());
}

/// The process ends without a word; another opens the same file.
#[tokio::test]
async fn what_wechat_knows_survives_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("sandbox.db");
    let rig = Rig::with(KEYS.merchant_secret(), Some(&file)).await;
    let transaction = rig.paid(ORDER).await;
    rig.client.refund(&refund("R20261120000001", &transaction, 100), rig.clock.now()).await.unwrap();
    let later = SetClock::at("2026-11-20T02:00:02Z");
    let reopened = Wechatpay::open(KEYS.clone(), Some(&file), later, Arc::new(CountedIds::default())).unwrap();
    assert_eq!(reopened.money_held().unwrap(), PRICE.0);
    assert_eq!(reopened.orders().unwrap()[0].transaction_id.as_ref(), Some(&transaction));
    assert_eq!(reopened.act().await.unwrap(), 3, "the refund comes through, both notifications go out");
    assert_eq!(reopened.money_held().unwrap(), PRICE.0 - 100);
}
