use crate::given::account;
use heatpay_domain::{
    AccountNo, BillNo, Channel, InvoiceNo, NotificationNo, PaymentNo, ReceiptNo, RefundNo, Season, bill::BillKind,
};

#[test]
fn a_season_is_named_by_the_year_it_starts_in() {
    assert_eq!(Season::parse("2026").unwrap(), Season(2026));
    assert_eq!(Season::parse("2026-2027").unwrap().to_string(), "2026-2027");
    assert_eq!(Season(2026).end_year(), 2027);
    for wrong in ["26", "2026-2028", "2026-", "1999", "2099", "2026-27", "-2026", "二零二六"] {
        assert!(Season::parse(wrong).is_err(), "{wrong}");
    }
    assert!(serde_json::from_str::<Season>("1890").is_err());
    assert_eq!(serde_json::to_string(&Season(2026)).unwrap(), "2026");
}

#[test]
fn a_wrong_number_says_in_chinese_what_is_wrong() {
    assert_eq!(AccountNo::parse("12-34").unwrap_err().reason, "户号应为 4 至 20 位字母或数字");
    assert_eq!(Season::parse("x").unwrap_err().reason, "采暖期应为起始年份（如 2026）或 2026-2027");
}

#[test]
fn the_same_household_and_season_always_give_the_same_bill() {
    let no = BillNo::of(Season(2026), BillKind::Season, &account());
    assert_eq!(no.as_str(), "B2026S1000000001");
    assert_eq!(BillNo::of(Season(2025), BillKind::PriorArrears, &account()).as_str(), "B2025A1000000001");
    for text in ["1234", "12345678901234567890"] {
        let no = BillNo::of(Season(2026), BillKind::Season, &AccountNo::parse(text).unwrap());
        assert!(BillNo::parse(no.as_str()).is_ok(), "{no}");
    }
}

#[test]
fn an_invoice_has_its_payments_number() {
    let payment = PaymentNo::from_ulid("01JD0000000000000000000001").unwrap();
    assert_eq!(payment.as_str(), "P01JD0000000000000000000001");
    assert_eq!(InvoiceNo::of_payment(&payment).as_str(), "I01JD0000000000000000000001");
    assert!(PaymentNo::from_ulid("01JD-000000000000000000001").is_err());
}

#[test]
fn a_receipt_has_one_refund_number_and_another_receipt_another() {
    let first = ReceiptNo::of(Channel::Wechatpay, "4200");
    let refund = RefundNo::of_receipt(&first);
    assert_eq!(refund.as_str(), "R0XAYY9W26FWF4WK174MMD0PHEK", "numbers already given may never change");
    assert!(RefundNo::parse(refund.as_str()).is_ok());
    assert_ne!(refund, RefundNo::of_receipt(&ReceiptNo::of(Channel::Wechatpay, "4201")));
    assert_ne!(refund, RefundNo::of_receipt(&ReceiptNo::of(Channel::Alipay, "4200")));
}

#[test]
fn a_refund_that_the_channel_closed_goes_out_under_another_number() {
    let refund = RefundNo::of_receipt(&ReceiptNo::of(Channel::Wechatpay, "4200"));
    assert_eq!(refund.attempt(1).unwrap(), refund);
    let second = refund.attempt(2).unwrap();
    assert_ne!(second, refund);
    assert_eq!(second.of_attempt(), refund);
    assert_eq!(refund.of_attempt(), refund);
    assert!(refund.attempt(9999).is_ok() && refund.attempt(10_000).is_err());
}

#[test]
fn the_parts_of_a_cause_do_not_run_together() {
    assert_ne!(NotificationNo::of_cause(&["ab", "c"]), NotificationNo::of_cause(&["a", "bc"]));
    assert_ne!(NotificationNo::of_cause(&["a"]), NotificationNo::of_cause(&["a", ""]));
    assert_eq!(NotificationNo::of_cause(&["a"]).as_str().len(), 27);
}
