//! What a household goes through at the counter; the cashier repeats what failed.

use crate::stories::{Story, time_goes_by};
use heatpay_domain::{calendar::civil_time, payment::PaymentStatus};
use heatpay_tests::town::{Answer, Resident, StaffMember, Town};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::collections::HashSet;

const PAYMENTS: &str = "/api/staff/counter/payments";
const TILL: &str = "/api/staff/counter/till";

/// The counter is open until then: what is recorded can be taken back, and the day closed, the same day.
const OPEN_UNTIL: i8 = 22;

pub(crate) async fn happen(story: Story, town: &Town, at: usize) {
    if civil_time(town.now()).hour() >= OPEN_UNTIL {
        town.pass(SignedDuration::from_hours(4)).await;
    }
    let cashier = town.new_cashier().await;
    let resident = town.resident_of(at).await;
    let order = in_cash(town, &resident, at).await;
    let payment = insist(town, async || cashier.post(PAYMENTS, order.clone()).await).await;
    let number = payment["payment_no"].as_str().expect("a number");
    booked(town).await;
    let cashier = cashier.again().await;
    match story {
        Story::CashTakenBack => {
            let back = format!("{PAYMENTS}/{number}/reversal");
            let taken = insist(town, async || cashier.post(&back, json!({ "reason": "户号录错" })).await).await;
            assert_eq!(taken["status"], "reversed");
        }
        Story::CashAndClosed => close(town, &cashier, &order["amount_fen"]).await,
        Story::Cash
        | Story::Paid
        | Story::FoundByTheWatch
        | Story::Expired
        | Story::Cancelled
        | Story::Refunded
        | Story::GivenBack => {}
    }
    time_goes_by(town).await;
    let payments = town.books().await.payments;
    let status = payments.iter().find(|payment| payment.payment_no.as_str() == number).map(|one| one.status);
    assert_eq!(status, Some(story.ends()), "{story:?}");
    let person = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    assert_eq!(person.open_bills(town.account(at)).await.is_empty(), story.ends() == PaymentStatus::Paid);
}

/// All that the household owes, on a voucher of its own.
async fn in_cash(town: &Town, resident: &Resident<'_>, at: usize) -> Value {
    let home = resident.get(&format!("/api/households/{}/home", town.account(at))).await.expect(200);
    json!({
        "account_no": town.account(at), "channel": "cash", "voucher_no": format!("SJ-{}", town.account(at)),
        "bill_nos": resident.open_bills(town.account(at)).await, "amount_fen": home["due"]["total_fen"],
    })
}

/// Repeats until it is answered.
async fn insist(town: &Town, ask: impl AsyncFn() -> Answer) -> Value {
    for _ in 0..5 {
        let answer = ask().await;
        if answer.status.is_success() {
            return answer.body;
        }
        assert!(answer.status.is_server_error(), "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("no answer after five tries");
}

/// Eight minutes with their schedules: evidence that did not reach the queue is handed over by the watch.
async fn booked(town: &Town) {
    town.settle_down().await;
    for _ in 0..4 {
        town.pass(SignedDuration::from_mins(2)).await;
        town.world.run_due_schedules().await;
        town.settle_down().await;
    }
}

/// Counts what is recorded and closes. Told that it is closed, he has done it: the answer was lost.
async fn close(town: &Town, cashier: &StaffMember<'_>, amount: &Value) {
    let till = insist(town, async || cashier.get(TILL).await).await;
    assert_eq!(till["recorded"]["cash_fen"], *amount);
    for _ in 0..5 {
        let answer = cashier.post(&format!("{TILL}/close"), json!({ "counted": till["recorded"] })).await;
        if answer.status.is_success() || answer.body["code"] == "day_closed" {
            let till = insist(town, async || cashier.get(TILL).await).await;
            assert!(till["closed_at"].is_string(), "{till}");
            return;
        }
        assert!(answer.status.is_server_error(), "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("not closed after five tries");
}

/// After all deaths together: one payment and one receipt a voucher, and no money at any channel.
pub(crate) async fn assert_every_voucher_is_explained(town: &Town, households: usize) {
    town.assert_books_agree().await;
    let books = town.books().await;
    assert_eq!(books.payments.len(), households, "one payment a household, however often the cashier asked");
    let vouchers: HashSet<_> = books.receipts.iter().map(|receipt| &receipt.channel_txn).collect();
    assert_eq!((vouchers.len(), books.receipts.len()), (households, households), "one receipt a voucher");
    assert!(books.refunds.is_empty(), "nothing went astray");
}
