//! What was paid ahead and not drawn goes back to where it came from, once a second person has agreed.

use crate::{
    prepayments::{balance, drawn, payments, pays_ahead, unbilled},
    staff_refunds::{Desk, minutes},
};
use heatpay_domain::staff::Role;
use reqwest::Method;
use serde_json::{Value, json};

fn returned(payment: &Value, fen: i64) -> Value {
    json!({ "payment_no": payment["payment_no"], "kind": "prepayment", "reason": "prepayment_return", "prepaid_fen": fen })
}

#[tokio::test]
async fn the_rest_goes_back_to_where_it_came_from_after_a_second_person_agreed() {
    let town = unbilled().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays_ahead(&town, 300_000, "ahead-of-it").await;
    town.bill().await;
    let too_much = desk.ask(returned(&payment, 76_201), "more-than-is-left").await;
    assert_eq!(too_much.problem(409), "prepayment_used");
    let refund_no = desk.asked(returned(&payment, 76_200), "what-is-left").await;
    assert_eq!(balance(&town, &resident).await, 0, "set aside at once");
    town.assert_books_agree().await;
    desk.approve(&refund_no).await;
    minutes(&town, 5).await;
    let done = desk.shown(&refund_no).await;
    assert_eq!((&done["status"], &done["claim"]["prepaid_fen"]), (&json!("succeeded"), &json!(76_200)));
    let seen = payments(&town, &resident).await;
    let seen = seen.iter().find(|seen| seen["payment_no"] == payment["payment_no"]).expect("the payment");
    assert_eq!((&seen["prepaid_refunded_fen"], &seen["prepaid_refunding_fen"]), (&json!(76_200), &json!(0)));
    assert_eq!(town.audit().await.balances["prepayment"], 0);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_was_declined_is_in_the_balance_again() {
    let town = unbilled().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays_ahead(&town, 300_000, "ahead-of-it").await;
    let refund_no = desk.asked(returned(&payment, 300_000), "all-of-it-back").await;
    let path = format!("/api/staff/refunds/{refund_no}/decline");
    desk.approves.post(&path, json!({ "reason": "用户改变主意" })).await.expect(200);
    assert_eq!(balance(&town, &resident).await, 300_000);
    town.assert_books_agree().await;
    let clerk = desk.first.enters("sun.li", &[Role::Billing]).await;
    let headers = [("idempotency-key", "not-his-to-ask")];
    let asked = returned(&payment, 1);
    let refused = town.call(Method::POST, "/api/staff/refunds", Some(&clerk.token), Some(asked), &headers).await;
    assert_eq!(refused.problem(403), "forbidden");
    let wrong = json!({ "payment_no": payment["payment_no"], "kind": "reopen", "reason": "prepayment_return", "prepaid_fen": 1 });
    assert_eq!(desk.ask(wrong, "of-another-kind").await.problem(422), "does_not_fit_reason");
}

#[tokio::test]
async fn a_refund_of_what_was_drawn_goes_back_into_the_balance() {
    let town = unbilled().await;
    let desk = Desk::of(&town).await;
    let (resident, _) = pays_ahead(&town, 223_800, "exactly-so-much").await;
    town.bill().await;
    let drawn = drawn(&town, &resident).await;
    let refund_no = desk.asked(crate::staff_refunds::wanted(&town, &drawn, "write_down", 70_000), "too-much").await;
    desk.approve(&refund_no).await;
    minutes(&town, 3).await;
    assert_eq!(desk.shown(&refund_no).await["status"], "succeeded");
    assert_eq!(balance(&town, &resident).await, 70_000);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_bill_issued_while_the_balance_was_asked_back_draws_on_it_once_that_is_declined() {
    let town = unbilled().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays_ahead(&town, 300_000, "ahead-of-it").await;
    let refund_no = desk.asked(returned(&payment, 300_000), "all-of-it-back").await;
    town.bill().await;
    assert_eq!(resident.open_bills(town.account(0)).await.len(), 1);
    let path = format!("/api/staff/refunds/{refund_no}/decline");
    desk.approves.post(&path, json!({ "reason": "用户改变主意" })).await.expect(200);
    town.settle_down().await;
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    assert_eq!(balance(&town, &resident).await, 76_200);
    town.assert_books_agree().await;
}
