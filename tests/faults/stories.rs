//! What a household goes through with a payment, from the order to its end. Everybody repeats what failed, as they would: the
//! client under the same key, the cashier, the queue, the channel, the schedules.

use crate::at_the_counter;
use heatpay_domain::{Channel, payment::PaymentStatus};
use heatpay_sandbox::switches::Callbacks;
use heatpay_tests::town::{Resident, StaffMember, Town, order_by};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt;

/// What a household goes through while the process dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Story {
    /// He pays, is told, gets his invoice.
    Paid,
    /// He pays, and the channel's notification is lost.
    FoundByTheWatch,
    /// He does not pay; the order is closed when it expires.
    Expired,
    /// He thinks better of it; the order is closed at once.
    Cancelled,
    /// He pays a fen too much: it goes back.
    Refunded,
    /// He pays and gets his invoice; staff gives a part of it back.
    GivenBack,
    /// He pays in cash at the counter.
    Cash,
    /// The same, and the cashier takes it back.
    CashTakenBack,
    /// The same, and the cashier closes the day.
    CashAndClosed,
}

/// A client that repeats until it has its payment; told that the channel does not take it, he presses the button again.
async fn insist_on_a_payment(town: &Town, resident: &Resident<'_>, account: &str, channel: Channel) -> Value {
    let bills = resident.open_bills(account).await;
    let mut body = order_by(channel, account, &bills);
    body["invoice_title"] = json!({ "name": "林晓晨" });
    let mut key = "the-only-key";
    for _ in 0..5 {
        let answer = resident.start(body.clone(), key).await;
        if answer.status.is_success() {
            return answer.body;
        }
        if answer.body["code"] == "payment_refused" {
            key = "the-other-key";
            continue;
        }
        assert!(answer.status.is_server_error() || answer.status == 409, "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("no payment after five tries");
}

impl fmt::Display for Story {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Paid => "paid",
            Self::FoundByTheWatch => "paid, notification lost",
            Self::Expired => "not paid, expires",
            Self::Cancelled => "cancelled",
            Self::Refunded => "a fen too much, goes back",
            Self::GivenBack => "paid, staff gives a part back",
            Self::Cash => "cash at the counter",
            Self::CashTakenBack => "cash at the counter, taken back",
            Self::CashAndClosed => "cash at the counter, the day closed",
        })
    }
}

/// A client that repeats until the server says that the payment is closed, or will be.
async fn insist_on_cancelling(town: &Town, resident: &Resident<'_>, number: &str) {
    for _ in 0..5 {
        let answer = resident.post(&format!("/api/payments/{number}/cancel"), json!({})).await;
        if answer.status.is_success() {
            return;
        }
        assert!(answer.status.is_server_error(), "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("not cancelled after five tries");
}

/// Forty minutes with their schedules.
pub(crate) async fn time_goes_by(town: &Town) {
    town.settle_down().await;
    for _ in 0..10 {
        town.world.clock.advance(SignedDuration::from_mins(4)).expect("a clock in memory");
        // What was to come now comes before a schedule can take it for lost.
        town.settle_down().await;
        town.world.run_due_schedules().await;
        town.settle_down().await;
    }
}

/// One asks for a yuan of the payment's first bill, another approves; both repeat what failed.
async fn staff_gives_back(town: &Town, payment_no: &str) {
    let [asks, approves] = town.two_of_finance().await;
    let books = town.books().await;
    let payment = books.payments.iter().find(|payment| payment.payment_no.as_str() == payment_no).expect("it");
    let body = json!({
        "payment_no": payment_no, "kind": "write_down", "reason": "billed_too_much",
        "parts": [{ "bill_no": payment.allocations[0].bill_no, "principal_fen": 100, "late_fee_fen": 0 }],
    });
    let key = format!("back-{payment_no}");
    let headers = [("idempotency-key", key.as_str())];
    for _ in 0..5 {
        let asked =
            town.call(Method::POST, "/api/staff/refunds", Some(&asks.token), Some(body.clone()), &headers).await;
        if asked.status == 201 {
            let refund_no = asked.body["refund_no"].as_str().expect("a number").to_owned();
            return insist_on_approving(town, &approves, &refund_no).await;
        }
        assert!(asked.status.is_server_error() || asked.status == 409, "{} {}", asked.status, asked.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("not asked for after five tries");
}

async fn insist_on_approving(town: &Town, approves: &StaffMember<'_>, refund_no: &str) {
    for _ in 0..5 {
        let answer = approves.post(&format!("/api/staff/refunds/{refund_no}/approve"), json!({})).await;
        // Approved before its answer was lost.
        if answer.status.is_success() || answer.body["code"] == "refund_status" {
            return;
        }
        assert!(answer.status.is_server_error() || answer.status == 409, "{} {}", answer.status, answer.body);
        town.pass(SignedDuration::from_secs(11)).await;
    }
    panic!("not approved after five tries");
}

impl Story {
    pub(crate) async fn happen(self, town: &Town, at: usize, channel: Channel) {
        match self {
            Self::Cash | Self::CashTakenBack | Self::CashAndClosed => at_the_counter::happen(self, town, at).await,
            Self::Paid | Self::FoundByTheWatch | Self::Expired | Self::Cancelled | Self::Refunded | Self::GivenBack => {
                self.happen_at(channel, town, at).await
            }
        }
    }

    async fn happen_at(self, channel: Channel, town: &Town, at: usize) {
        let callbacks = if matches!(self, Self::FoundByTheWatch) { Callbacks::Drop } else { Callbacks::Normal };
        town.switches(channel).set_callbacks(callbacks);
        let resident = town.resident_of(at).await;
        let template =
            town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_received"].clone();
        resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
        let openid = resident.openid.as_deref().expect("he came through WeChat");
        town.world.parties.weixin.grant(openid, template.as_str().expect("a template")).expect("the sandbox answers");
        let payment = insist_on_a_payment(town, &resident, town.account(at), channel).await;
        let number = payment["payment_no"].as_str().expect("a payment");
        match self {
            Self::Paid | Self::FoundByTheWatch | Self::GivenBack => {
                town.money_comes(channel, number, 0);
            }
            Self::Refunded => {
                town.money_comes(channel, number, 1);
            }
            Self::Cancelled => insist_on_cancelling(town, &resident, number).await,
            Self::Expired | Self::Cash | Self::CashTakenBack | Self::CashAndClosed => {}
        }
        time_goes_by(town).await;
        if matches!(self, Self::GivenBack) {
            staff_gives_back(town, number).await;
            time_goes_by(town).await;
        }
        // The invoice of what is kept; an order that only its time closes.
        if matches!(self, Self::GivenBack | Self::Cancelled | Self::Expired) {
            time_goes_by(town).await;
        }
        let person = town.person(openid).await;
        let payments = town.books().await.payments;
        let status = payments.iter().find(|payment| payment.payment_no.as_str() == number).map(|one| one.status);
        assert_eq!(status, Some(self.ends()), "{self:?}");
        assert_eq!(person.open_bills(town.account(at)).await.is_empty(), self.ends() == PaymentStatus::Paid);
    }

    /// How its payment ends.
    pub(crate) fn ends(self) -> PaymentStatus {
        match self {
            Self::Paid | Self::FoundByTheWatch | Self::GivenBack | Self::Cash | Self::CashAndClosed => {
                PaymentStatus::Paid
            }
            Self::Expired | Self::Cancelled => PaymentStatus::Closed,
            Self::Refunded => PaymentStatus::Rejected,
            Self::CashTakenBack => PaymentStatus::Reversed,
        }
    }
}
