//! What a household goes through with a payment, from the order to its end. Everybody repeats what failed, as they would: the
//! client under the same key, the queue, WeChat, the schedules.

use heatpay_domain::payment::PaymentStatus;
use heatpay_sandbox::switches::Callbacks;
use heatpay_tests::town::{Resident, StaffMember, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};
use std::fmt;

/// What a household goes through while the process dies.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Story {
    /// He pays, is told, gets his invoice.
    Paid,
    /// He pays, and WeChat's notification is lost.
    FoundByTheWatch,
    /// He does not pay; the order is closed when it expires.
    Expired,
    /// He thinks better of it; the order is closed at once.
    Cancelled,
    /// He pays a fen too much: it goes back.
    Refunded,
    /// He pays and gets his invoice; staff gives a part of it back.
    GivenBack,
}

/// A client that repeats until it has its payment.
async fn insist_on_a_payment(town: &Town, resident: &Resident<'_>, account: &str) -> Value {
    let bills = resident.open_bills(account).await;
    let body = json!({
        "account_no": account, "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": { "name": "林晓晨" },
    });
    for _ in 0..5 {
        let answer = resident.start(body.clone(), "the-only-key").await;
        if answer.status.is_success() {
            return answer.body;
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
async fn time_goes_by(town: &Town) {
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
    pub(crate) async fn happen(self, town: &Town, at: usize) {
        let wechatpay = &town.world.parties.wechatpay;
        let callbacks = if matches!(self, Self::FoundByTheWatch) { Callbacks::Drop } else { Callbacks::Normal };
        wechatpay.switches().set_callbacks(callbacks);
        let resident = town.resident_of(at).await;
        let template =
            town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_received"].clone();
        resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
        let openid = resident.openid.as_deref().expect("he came through WeChat");
        town.world.parties.weixin.grant(openid, template.as_str().expect("a template")).expect("the sandbox answers");
        let payment = insist_on_a_payment(town, &resident, town.account(at)).await;
        let number = payment["payment_no"].as_str().expect("a payment");
        match self {
            Self::Paid | Self::FoundByTheWatch | Self::GivenBack => {
                wechatpay.pay(number, 0).expect("WeChat Pay takes the money");
            }
            Self::Refunded => {
                wechatpay.pay(number, 1).expect("WeChat Pay takes the money");
            }
            Self::Expired => {}
            Self::Cancelled => insist_on_cancelling(town, &resident, number).await,
        }
        time_goes_by(town).await;
        if matches!(self, Self::GivenBack) {
            staff_gives_back(town, number).await;
            time_goes_by(town).await;
            // The invoice of what is kept.
            time_goes_by(town).await;
        }
        let person = town.person(openid).await;
        let ended = match self {
            Self::Paid | Self::FoundByTheWatch | Self::GivenBack => PaymentStatus::Paid,
            Self::Expired | Self::Cancelled => PaymentStatus::Closed,
            Self::Refunded => PaymentStatus::Rejected,
        };
        let payments = town.books().await.payments;
        let status = payments.iter().find(|payment| payment.payment_no.as_str() == number).map(|one| one.status);
        assert_eq!(status, Some(ended), "{self:?}");
        assert_eq!(person.open_bills(town.account(at)).await.is_empty(), ended == PaymentStatus::Paid);
    }
}
