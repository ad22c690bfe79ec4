use crate::given::{PAYMENT_NO, bill_no};
use heatpay_domain::{PaymentNo, ResidentId, bill::BillKind, notification::NotificationKind};

#[test]
fn telling_the_same_to_the_same_is_one_notification() {
    let paid = NotificationKind::PaymentReceived { payment_no: PaymentNo::parse(PAYMENT_NO).unwrap() };
    let resident = ResidentId::parse("U0000001").unwrap();
    assert_eq!(paid.number(Some(&resident)), paid.number(Some(&resident)));
    assert_ne!(paid.number(Some(&resident)), paid.number(None));
}

#[test]
fn every_stage_of_a_reminder_is_a_notification_of_its_own() {
    let stage =
        |name: &str| NotificationKind::Reminder { bill_no: bill_no(2026, BillKind::Season), stage: name.to_owned() };
    assert_ne!(stage("due_soon").number(None), stage("overdue").number(None));
    assert_eq!(stage("due_soon").template(), "due_soon");
    let json = serde_json::to_string(&stage("due_soon")).unwrap();
    assert_eq!(json, r#"{"tells":"reminder","bill_no":"B2026S1000000001","stage":"due_soon"}"#);
}
