//! Who is let in, and what goes wrong.

use super::rig::{ORDER, Rig};
use heatpay_channels::{ChannelError, OrderState, PaymentChannel, unionpay::Unionpay as Client};
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use heatpay_sandbox::switches::Outage;
use serde_json::json;

#[tokio::test]
async fn a_merchant_signs_with_the_certificate_it_names() {
    let rig = Rig::new().await;
    let own = rig.party.merchant_secret();
    for (change, code) in [
        (json!({ "cert_id": "1" }), "31"),
        (json!({ "mer_id": "777290058110048" }), "31"),
        (json!({ "merchant_private_key": include_str!("../../../../../tests/vectors/keys/up_gw_key.pem") }), "11"),
    ] {
        let mut secret = own.clone();
        secret.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let settings = serde_json::from_value(secret).unwrap();
        let outbound = crate::street::outbound();
        let stranger = Client::new(settings, Some(&rig.base_url), None, "https://us.example/notify", outbound).unwrap();
        let answer = stranger.place_order(&rig.order(Scene::App), rig.clock.now()).await;
        let refused = match &answer {
            Err(ChannelError::Misconfigured { code: said, .. }) => said == code,
            // The gateway answers the merchant that was named, which is not ours.
            Err(ChannelError::OutcomeUnknown { .. }) => change.get("mer_id").is_some(),
            _ => false,
        };
        assert!(refused, "{change}: {answer:?}");
    }
}

#[tokio::test]
async fn outages_leave_open_what_they_must() {
    let rig = Rig::new().await;
    rig.placed(Scene::App).await;
    for outage in [Outage::Down, Outage::BreaksBefore, Outage::BreaksAfter] {
        rig.party.switches().set_outage(outage, Some(1));
        let answer = rig.client.query_order(&rig.order_ref(), rig.clock.now()).await;
        assert!(matches!(answer, Err(ChannelError::OutcomeUnknown { .. })), "{outage:?}: {answer:?}");
    }
    assert_eq!(rig.query().await, OrderState::Waiting);
    let query_id = rig.party.pay(ORDER, 0).unwrap().query_id;
    let refund = rig.refund(&query_id, "R20261120000001", 100);
    rig.party.switches().set_outage(Outage::BreaksAfter, Some(1));
    assert!(rig.client.refund(&refund, rig.clock.now()).await.is_err());
    assert_eq!(
        rig.client.refund(&refund, rig.clock.now()).await.unwrap(),
        heatpay_channels::RefundState::Processing,
        "12: the first one stands"
    );
}

#[tokio::test]
async fn any_code_can_be_played() {
    let rig = Rig::new().await;
    for (code, later) in [("06", true), ("99", false)] {
        rig.party.answer_next(code);
        let answer = rig.client.query_order(&rig.order_ref(), rig.clock.now()).await;
        assert_eq!(matches!(answer, Err(ChannelError::TryLater { .. })), later, "{code}: {answer:?}");
    }
}
