//! The process dies around every call while a household pays ahead and its new bill draws on it; what happened before happens again.

use crate::crashes::{Dies, Lists, Moment};
use heatpay_local::probe::Fault;
use heatpay_tests::town::{SEASON, Town};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::{fmt::Write, sync::Arc};

/// The functions on the way, and who repeats what when one dies.
const FUNCTIONS: [(&str, &str); 4] = [
    ("payment-create", "The client gets a 5xx and repeats under the same key: the same payment, the same order."),
    (
        "payment-settle",
        "The queue delivers the evidence again; the receipt's condition makes it once, and what was not published is.",
    ),
    (
        "bill-generate",
        "The queue delivers the slice again; bills that stand stay, and the households are named once more.",
    ),
    (
        "prepayment-draw",
        "The queue delivers again and finds the bill held; the evidence that did not reach the queue is handed over by the watch.",
    ),
];

/// Household 0 pays 3,000 yuan ahead; its bill of 2,238 is issued and drawn.
async fn happens(fault: Arc<dyn Fault>) -> Town {
    let town = Town::empty(1, None).await;
    town.world.import(&town.households).await.expect("households are imported");
    *town.world.fault.write().expect("nobody panicked") = Some(fault);
    let resident = town.resident_of(0).await;
    let payment = insist(&town, &resident).await;
    resident.pay_in_app(&payment);
    goes_by(&town).await;
    while town.world.start_billing(SEASON, true).await.is_err() {}
    goes_by(&town).await;
    *town.world.fault.write().expect("nobody panicked") = None;
    town.pass_hours(1).await;
    town
}

async fn insist(town: &Town, resident: &heatpay_tests::town::Resident<'_>) -> Value {
    let body =
        json!({ "account_no": town.account(0), "amount_fen": 300_000, "channel": "wechatpay", "scene": "jsapi" });
    for _ in 0..5 {
        let answer = resident.post_with("/api/prepayments", ("idempotency-key", "the-only-key"), body.clone()).await;
        if answer.status.is_success() {
            return answer.body;
        }
        assert!(answer.status.is_server_error() || answer.status == 409, "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("no payment after five tries");
}

/// What failed comes again: a queue hides it for a few minutes at most.
async fn goes_by(town: &Town) {
    for _ in 0..4 {
        town.pass(SignedDuration::from_mins(4)).await;
    }
}

async fn break_everywhere(function: &'static str) {
    let lists = Lists::of(function);
    happens(lists.clone()).await;
    let kinds = lists.kinds();
    assert!(!kinds.is_empty(), "{function} is called");
    for (kind, _) in kinds {
        for moment in [Moment::Before, Moment::After] {
            let dies = Dies::new(function, kind.clone(), 0, moment);
            let town = happens(dies.clone()).await;
            let at = format!("{function} died {moment:?} {kind}");
            assert!(dies.is_dead(), "{function} lived through {kind}");
            town.assert_books_agree().await;
            let books = town.books().await;
            assert_eq!(books.payments.iter().filter(|payment| payment.prepaid.is_positive()).count(), 1, "{at}");
            assert_eq!(books.payments.len(), 2, "one paid ahead, one drawn: {at}");
            assert!(books.payments.iter().all(|payment| payment.status.name() == "paid"), "{at}");
            assert_eq!(books.households[0].prepaid.0, 76_200, "{at}");
            assert!(books.bills.iter().all(|bill| bill.status.name() == "paid"), "{at}");
        }
    }
}

/// The page's part: every call of the functions on the way.
pub(crate) async fn paid_ahead() -> String {
    let mut part = String::from(
        "\n# Paid ahead\n\nA household pays ahead, its new bill draws on it; each death in a town of its own (`tests/faults/ahead.rs`).\n",
    );
    for (function, then) in FUNCTIONS {
        let lists = Lists::of(function);
        happens(lists.clone()).await;
        let _ = write!(part, "\n## {function}, paid ahead\n\n{then}\n\n| call | on |\n|---|---|\n");
        for (kind, _) in lists.kinds() {
            let _ = writeln!(part, "| {kind} |");
        }
    }
    part
}

#[tokio::test]
async fn payment_create_may_die_while_money_is_paid_ahead() {
    break_everywhere("payment-create").await;
}

#[tokio::test]
async fn payment_settle_may_die_while_money_is_paid_ahead() {
    break_everywhere("payment-settle").await;
}

#[tokio::test]
async fn bill_generate_may_die_where_a_household_has_paid_ahead() {
    break_everywhere("bill-generate").await;
}

#[tokio::test]
async fn prepayment_draw_may_die_at_any_call() {
    break_everywhere("prepayment-draw").await;
}
