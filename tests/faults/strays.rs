//! Money that comes twice, late, wrong, for nobody, or before its time. It is always kept, and goes back where it belongs.

use heatpay_domain::{
    Fen,
    payment::PaymentStatus,
    receipt::{ReceiptOutcome, StrayReason},
    refund::RefundStatus,
};
use heatpay_sandbox::switches::{Callbacks, Outage};
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;

/// Every receipt's outcome is the given ones, each stray is refunded in full, and nothing is open.
async fn assert_came_to(town: &Town, outcomes: &[ReceiptOutcome]) {
    let books = town.books().await;
    let mut came: Vec<_> = books.receipts.iter().map(|receipt| receipt.outcome).collect();
    let mut expected = outcomes.to_vec();
    came.sort_by_key(|outcome| format!("{outcome:?}"));
    expected.sort_by_key(|outcome| format!("{outcome:?}"));
    assert_eq!(came, expected);
    for receipt in books.receipts.iter().filter(|receipt| !receipt.outcome.is_settled()) {
        let refund_no = receipt.refund_no.as_ref().expect("stray money is to go back");
        let refund = books.refunds.iter().find(|refund| refund.refund_no == *refund_no).expect("the refund is there");
        assert_eq!((refund.amount, refund.status), (receipt.amount, RefundStatus::Succeeded));
    }
    let audit = town.audit().await;
    assert_eq!((audit.open_payments, audit.open_refunds), (0, 0), "nothing stays open");
    town.assert_books_agree().await;
}

/// The same person opens the mini-program again: his session has run out meanwhile.
async fn come_back<'a>(town: &'a Town, resident: &Resident<'_>) -> Resident<'a> {
    town.person(resident.openid.as_deref().expect("he came through WeChat")).await
}

fn stray(reason: StrayReason) -> ReceiptOutcome {
    ReceiptOutcome::Stray(reason)
}

#[tokio::test]
async fn a_notification_that_comes_three_times_is_money_once() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    let paid = resident.pay_in_app(&payment);
    for _ in 0..2 {
        town.world.parties.wechatpay.notify_again(&paid.out_trade_no).expect("it was paid");
    }
    assert_eq!(town.settle_down().await, 0);
    town.world.parties.wechatpay.notify_again(&paid.out_trade_no).expect("it was paid");
    assert_eq!(town.settle_down().await, 0);
    assert_came_to(&town, &[ReceiptOutcome::Settled]).await;
    assert!(resident.open_bills(town.account(0)).await.is_empty());
}

#[tokio::test]
async fn notifications_doubled_and_in_no_order_are_each_payment_once() {
    let town = Town::billed().await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Shuffle);
    let mut settled = Vec::new();
    for at in 0..4 {
        let resident = town.resident_of(at).await;
        let payment = resident.start_paying_all(town.account(at), "the-first-key").await;
        resident.pay_in_app(&payment);
        settled.push(ReceiptOutcome::Settled);
    }
    town.settle_down().await;
    assert_came_to(&town, &settled).await;
}

#[tokio::test]
async fn money_of_a_second_transaction_for_a_paid_order_goes_back() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    let paid = resident.pay_in_app(&payment);
    town.settle_down().await;
    town.world.parties.wechatpay.pay_again(&paid.out_trade_no).expect("WeChat Pay takes it");
    town.settle_down().await;
    town.pass_hours(1).await;
    assert_came_to(&town, &[ReceiptOutcome::Settled, stray(StrayReason::PaidTwice)]).await;
    let resident = come_back(&town, &resident).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
}

#[tokio::test]
async fn money_that_comes_after_the_order_was_closed_goes_back_and_the_bill_can_be_paid_anew() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    town.pass_hours(1).await;
    let resident = come_back(&town, &resident).await;
    assert_eq!(resident.status_of(&payment).await, "closed");
    let number = payment["payment_no"].as_str().expect("a payment");
    town.world.parties.wechatpay.pay_although_closed(number).expect("WeChat Pay takes it");
    town.settle_down().await;
    town.pass_hours(1).await;
    assert_came_to(&town, &[stray(StrayReason::PaidLate)]).await;

    let resident = come_back(&town, &resident).await;
    let again = resident.start_paying_all(town.account(0), "the-second-key").await;
    resident.pay_in_app(&again);
    town.settle_down().await;
    assert_came_to(&town, &[stray(StrayReason::PaidLate), ReceiptOutcome::Settled]).await;
}

#[tokio::test]
async fn a_fen_too_little_or_too_much_is_not_booked_to_the_bill_and_goes_back() {
    for wrong_by in [-1, 1] {
        let town = Town::billed().await;
        let resident = town.resident_of(0).await;
        let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
        let number = payment["payment_no"].as_str().expect("a payment");
        town.world.parties.wechatpay.pay(number, wrong_by).expect("WeChat Pay takes it");
        town.settle_down().await;
        town.pass_hours(1).await;
        assert_came_to(&town, &[stray(StrayReason::WrongAmount)]).await;
        let books = town.books().await;
        let bill = books.bills.iter().find(|bill| bill.account_no.as_str() == town.account(0)).expect("a bill");
        assert_eq!((bill.paid, bill.open_payment.as_ref()), (Fen(0), None), "the bill is free and asks for all");
    }
}

#[tokio::test]
async fn money_for_an_order_nobody_placed_is_kept_and_goes_back() {
    let town = Town::billed().await;
    let notify_url = format!("{}/callbacks/wechatpay", town.world.base_url);
    town.world.parties.wechatpay.pay_unknown(12_345, &notify_url).expect("WeChat Pay takes it");
    town.settle_down().await;
    town.pass_hours(1).await;
    assert_came_to(&town, &[stray(StrayReason::UnknownPayment)]).await;
}

#[tokio::test]
async fn a_notification_before_creates_second_write_settles_the_payment() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let account = town.account(0);
    // The order is placed, its answer is lost: the payment stays `submitting`, the payer pays all the same.
    town.world.parties.wechatpay.switches().set_outage(Outage::BreaksAfter, Some(1));
    let bills = resident.open_bills(account).await;
    let answer = resident.start_payment(account, &bills, "the-first-key").await;
    assert!(answer.status.is_server_error(), "{}", answer.body);
    let books = town.books().await;
    assert_eq!(books.payments[0].status, PaymentStatus::Submitting);
    town.world.parties.wechatpay.pay(books.payments[0].payment_no.as_str(), 0).expect("the order is there");
    assert_eq!(town.settle_down().await, 0);
    assert_came_to(&town, &[ReceiptOutcome::Settled]).await;

    let late = resident.start_payment(account, &bills, "the-first-key").await;
    assert_eq!(late.body["status"], "paid", "{}", late.body);
}

#[tokio::test]
async fn a_payment_whose_notification_is_lost_is_found_by_the_watch() {
    let town = Town::billed().await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "pending");
    town.pass(SignedDuration::from_secs(20)).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    assert_came_to(&town, &[ReceiptOutcome::Settled]).await;
}

#[tokio::test]
async fn a_notification_an_hour_late_says_what_the_watch_has_found_already() {
    let town = Town::billed().await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Delay(3600));
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    resident.pay_in_app(&payment);
    town.pass_hours(2).await;
    assert_came_to(&town, &[ReceiptOutcome::Settled]).await;
}

#[tokio::test]
async fn a_payment_that_is_cancelled_and_paid_at_the_same_moment_is_paid_or_goes_back() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "the-first-key").await;
    let number = payment["payment_no"].as_str().expect("a payment");
    resident.pay_in_app(&payment);
    // The notification is not delivered yet when the client gives up.
    let answer = resident.post(&format!("/api/payments/{number}/cancel"), serde_json::json!({})).await;
    assert!(!answer.status.is_server_error(), "{}", answer.body);
    town.settle_down().await;
    town.pass_hours(1).await;
    assert_came_to(&town, &[ReceiptOutcome::Settled]).await;
    assert_eq!(come_back(&town, &resident).await.status_of(&payment).await, "paid");
}
