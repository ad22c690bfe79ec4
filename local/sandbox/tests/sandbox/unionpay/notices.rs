use super::rig::{ORDER, PRICE, Rig};
use heatpay_channels::PaymentChannel;
use heatpay_domain::payment::Scene;
use heatpay_ports::Clock;
use heatpay_sandbox::{switches::Callbacks, unionpay::Sending};

fn paid() -> String {
    format!("paid {ORDER} {}", PRICE.0)
}

#[tokio::test]
async fn a_payment_is_told_once_and_taken() {
    let rig = Rig::new().await;
    rig.paid().await;
    assert_eq!(rig.act().await, [paid()]);
    rig.clock.seconds(3600);
    assert!(rig.act().await.is_empty());
}

#[tokio::test]
async fn what_is_not_taken_is_sent_five_times_and_never_again() {
    let rig = Rig::new().await;
    rig.paid().await;
    rig.fails(9);
    assert_eq!(rig.act().await, ["failed"]);
    for minutes in [1, 2, 4, 5] {
        rig.clock.seconds(minutes * 60 - 1);
        assert!(rig.act().await.is_empty(), "not before {minutes} minutes");
        rig.clock.seconds(1);
        assert_eq!(rig.act().await, ["failed"]);
    }
    rig.clock.seconds(86_400);
    assert!(rig.act().await.is_empty());
}

#[tokio::test]
async fn forged_notifications_are_not_believed() {
    let rig = Rig::new().await;
    rig.paid().await;
    for (sending, status) in [(Sending::AnotherName, 401), (Sending::Altered, 401), (Sending::Proper, 200)] {
        assert_eq!(rig.party.post_notification(ORDER, sending).await.unwrap(), Some(status), "{sending:?}");
    }
    rig.party.set_sending(Sending::AnotherName);
    rig.party.notify_again(ORDER).unwrap();
    let came = rig.act().await;
    assert!(came.iter().any(|line| line.contains("not UnionPay's own")), "{came:?}");
}

#[tokio::test]
async fn answers_under_another_name_are_no_answers() {
    let rig = Rig::new().await;
    rig.paid().await;
    rig.party.set_another_name(true);
    let answer = rig.client.query_order(&rig.order_ref(), rig.clock.now()).await;
    assert!(matches!(answer, Err(heatpay_channels::ChannelError::OutcomeUnknown { .. })), "{answer:?}");
    let came = rig.act().await;
    assert_eq!(came, ["cannot be verified now"], "a notification waits for a query that confirms it");
}

#[tokio::test]
async fn another_amount_is_told_as_it_is() {
    let rig = Rig::new().await;
    rig.placed(Scene::App).await;
    rig.party.pay(ORDER, -1).unwrap();
    assert_eq!(rig.act().await, [format!("paid {ORDER} {}", PRICE.0 - 1)], "the settlement finds the wrong sum");
}

#[tokio::test]
async fn notifications_are_dropped_delayed_and_doubled() {
    let rig = Rig::new().await;
    let query_id = rig.paid().await;
    rig.party.switches().set_callbacks(Callbacks::Double);
    assert_eq!(rig.act().await, [paid(), paid()]);
    rig.party.switches().set_callbacks(Callbacks::Delay(60));
    rig.client.refund(&rig.refund(&query_id, "R20261120000001", 100), rig.clock.now()).await.unwrap();
    rig.clock.seconds(2);
    assert!(rig.act().await.is_empty());
    rig.clock.seconds(60);
    assert_eq!(rig.act().await, ["refund R20261120000001"]);
    rig.party.switches().set_callbacks(Callbacks::Drop);
    rig.party.notify_again(ORDER).unwrap();
    assert!(rig.act().await.is_empty());
}
