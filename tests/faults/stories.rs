//! What a household goes through with a payment, from the order to its end. Everybody repeats what failed, as they would: the
//! client under the same key, the queue, WeChat, the schedules.

use heatpay_domain::payment::PaymentStatus;
use heatpay_sandbox::switches::Callbacks;
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
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
            Self::Paid | Self::FoundByTheWatch => {
                wechatpay.pay(number, 0).expect("WeChat Pay takes the money");
            }
            Self::Refunded => {
                wechatpay.pay(number, 1).expect("WeChat Pay takes the money");
            }
            Self::Expired => {}
            Self::Cancelled => insist_on_cancelling(town, &resident, number).await,
        }
        town.settle_down().await;
        for _ in 0..10 {
            town.world.clock.advance(SignedDuration::from_mins(4)).expect("a clock in memory");
            // What was to come now comes before a schedule can take it for lost.
            town.settle_down().await;
            town.world.run_due_schedules().await;
            town.settle_down().await;
        }
        let person = town.person(openid).await;
        let ended = match self {
            Self::Paid | Self::FoundByTheWatch => PaymentStatus::Paid,
            Self::Expired | Self::Cancelled => PaymentStatus::Closed,
            Self::Refunded => PaymentStatus::Rejected,
        };
        let payments = town.books().await.payments;
        let status = payments.iter().find(|payment| payment.payment_no.as_str() == number).map(|one| one.status);
        assert_eq!(status, Some(ended), "{self:?}");
        assert_eq!(person.open_bills(town.account(at)).await.is_empty(), ended == PaymentStatus::Paid);
    }
}
