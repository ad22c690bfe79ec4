use super::rig::{PRICE, Rig};
use heatpay_channels::{Notification, NotificationError, PaymentChannel};
use heatpay_ports::Clock;
use heatpay_sandbox::{alipay::Sending, switches::Callbacks};
use http::HeaderMap;

const ONE: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";

#[tokio::test]
async fn a_payment_is_told_until_the_answer_is_success_and_nothing_else() {
    let rig = Rig::new().await;
    rig.paid(ONE).await;
    for answer in ["", "SUCCESS", "\"success\"", "success\n", "failure"] {
        rig.merchant.answer(answer);
        assert_eq!(rig.party.act().await.unwrap(), 1, "{answer:?}");
        rig.clock.seconds(6 * 3600);
    }
    rig.merchant.answer("success");
    let told = rig.read_notices().await;
    assert_eq!(told.len(), 6);
    let same = told.iter().all(|notice| matches!(notice, Notification::Paid(evidence) if evidence.amount == PRICE));
    assert!(same, "{told:?}");
    rig.clock.seconds(15 * 3600);
    assert_eq!(rig.party.act().await.unwrap(), 0);
}

#[tokio::test]
async fn after_seven_repeats_alipay_gives_up() {
    let rig = Rig::new().await;
    rig.paid(ONE).await;
    rig.merchant.answer("failure");
    let mut sent = 0;
    for _ in 0..12 {
        sent += rig.party.act().await.unwrap();
        rig.clock.seconds(15 * 3600);
    }
    assert_eq!(sent, 8);
}

#[tokio::test]
async fn notifications_come_twice_or_not_at_all_when_told_to() {
    let rig = Rig::new().await;
    rig.party.switches().set_callbacks(Callbacks::Double);
    rig.paid(ONE).await;
    assert_eq!(rig.read_notices().await.len(), 2);
    rig.party.switches().set_callbacks(Callbacks::Drop);
    rig.party.notify_again(ONE).unwrap();
    assert_eq!(rig.read_notices().await.len(), 0);
}

#[tokio::test]
async fn what_is_forged_or_for_another_seller_is_not_taken() {
    let rig = Rig::new().await;
    rig.paid(ONE).await;
    for (sending, taken) in [
        (Sending::Proper, Ok(())),
        (Sending::EmptyValue, Ok(())),
        (Sending::WrongSeller, Err("not for us")),
        (Sending::Altered, Err("not authentic")),
    ] {
        let (form, _) = rig.party.notification(ONE, sending).unwrap();
        let read = rig.client.read_notification(&HeaderMap::new(), form.as_bytes(), rig.clock.now()).await;
        let read = read.map(|_| ()).map_err(|error| match error {
            NotificationError::NotAuthentic(_) => "not authentic",
            NotificationError::NotForUs(_) => "not for us",
            NotificationError::TryLater(_) => "later",
        });
        assert_eq!(read, taken, "{sending:?}");
    }
}
