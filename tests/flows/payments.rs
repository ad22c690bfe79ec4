//! A resident starts a payment, repeats himself, thinks better of it, or waits too long.

use heatpay_sandbox::switches::{Callbacks, Outage};
use heatpay_tests::town::Town;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn the_same_key_and_body_are_the_same_payment() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let first = resident.start_payment(town.account(0), &bills, "one-and-the-same").await.expect(201);
    let again = resident.start_payment(town.account(0), &bills, "one-and-the-same").await.expect(201);
    assert_eq!(first["payment_no"], again["payment_no"]);
    assert_eq!(town.world.parties.wechatpay.orders().expect("orders").len(), 1);
}

#[tokio::test]
async fn the_same_key_for_another_body_is_refused() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    resident.start_payment(town.account(0), &bills, "one-and-the-same").await.expect(201);
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "native" });
    assert_eq!(resident.start(body, "one-and-the-same").await.problem(422), "idempotency_key_reused");
}

#[tokio::test]
async fn two_residents_may_choose_the_same_key() {
    let town = Town::billed().await;
    let (one, two) = (town.resident_of(0).await, town.resident_of(1).await);
    let first = one.start_paying_all(town.account(0), "a-common-key").await;
    let second = two.start_paying_all(town.account(1), "a-common-key").await;
    assert_ne!(first["payment_no"], second["payment_no"]);
}

#[tokio::test]
async fn a_payment_needs_a_key_of_the_right_shape() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    for key in ["short", "with blanks in it", &"x".repeat(65)] {
        let answer = resident.start_payment(town.account(0), &bills, key).await;
        assert_eq!(answer.problem(400), "invalid_request", "{key}");
    }
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi" });
    assert_eq!(resident.post("/api/payments", body).await.problem(400), "invalid_request");
}

#[tokio::test]
async fn a_bill_has_one_open_payment_and_the_refusal_names_it() {
    let town = Town::billed().await;
    let (wife, husband) = (town.resident_of(0).await, town.resident_of(0).await);
    let payment = wife.start_paying_all(town.account(0), "the-wifes-key").await;
    let bills = husband.open_bills(town.account(0)).await;
    let refused = husband.start_payment(town.account(0), &bills, "the-husbands-key").await.expect(409);
    assert_eq!(refused["code"], "payment_open");
    assert_eq!(refused["about"], payment["payment_no"]);
}

#[tokio::test]
async fn what_is_paid_is_not_paid_again() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let payment = resident.start_payment(town.account(0), &bills, "the-first-key").await.expect(201);
    resident.pay_in_app(&payment);
    town.settle_down().await;
    assert_eq!(resident.start_payment(town.account(0), &bills, "the-second-key").await.problem(409), "bill_paid");
}

#[tokio::test]
async fn an_older_season_comes_first() {
    let town = Town::billed().await;
    let resident = town.resident_of(1).await;
    let newest = [format!("B2026S{}", town.account(1))];
    let refused = resident.start_payment(town.account(1), &newest, "newest-first").await;
    assert_eq!(refused.problem(409), "earlier_season_open");
}

#[tokio::test]
async fn a_sum_other_than_the_one_shown_is_not_charged() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({
        "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi", "expected_fen": 1,
    });
    let refused = resident.start(body, "another-sum").await.expect(409);
    assert_eq!((&refused["code"], &refused["about"]), (&json!("amount_changed"), &json!("223800")));
}

#[tokio::test]
async fn a_cancelled_payment_frees_its_bills() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "thought-better").await;
    let path = format!("/api/payments/{}/cancel", payment["payment_no"].as_str().expect("a number"));
    for _ in 0..2 {
        assert_eq!(resident.post(&path, Value::Null).await.expect(200)["status"], "closed");
    }
    assert_eq!(resident.open_bills(town.account(0)).await.len(), 1);
    resident.start_paying_all(town.account(0), "and-better-again").await;
}

#[tokio::test]
async fn a_paid_payment_cannot_be_cancelled() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "already-paid").await;
    resident.pay_in_app(&payment);
    let path = format!("/api/payments/{}/cancel", payment["payment_no"].as_str().expect("a number"));
    assert_eq!(resident.post(&path, Value::Null).await.expect(200)["status"], "closing");
    town.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_payment_that_nobody_pays_is_closed_at_the_channel_and_frees_its_bills() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "never-paid").await;
    town.pass_hours(1).await;
    let resident = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    assert_eq!(resident.status_of(&payment).await, "closed");
    assert_eq!(resident.open_bills(town.account(0)).await.len(), 1);
    assert_eq!(town.world.parties.wechatpay.orders().expect("orders")[0].state, "CLOSED");
}

#[tokio::test]
async fn a_payment_whose_callback_is_lost_is_found_by_asking() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "callback-lost").await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    resident.pay_in_app(&payment);
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "pending");
    town.pass(SignedDuration::from_secs(15)).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn while_the_channel_is_down_the_same_request_may_be_sent_again() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    town.world.parties.wechatpay.switches().set_outage(Outage::Down, None);
    let refused = resident.start_payment(town.account(0), &bills, "the-same-again").await;
    assert_eq!(refused.problem(503), "channel_unavailable");
    town.world.parties.wechatpay.switches().set_outage(Outage::None, None);
    town.pass(SignedDuration::from_secs(11)).await;
    let payment = resident.start_payment(town.account(0), &bills, "the-same-again").await.expect(201);
    assert_eq!(payment["status"], "pending");
}

#[tokio::test]
async fn nobody_sees_or_cancels_the_payment_of_others() {
    let town = Town::billed().await;
    let payment = town.resident_of(0).await.start_paying_all(town.account(0), "a-private-key").await;
    let other = town.resident_of(1).await;
    let path = format!("/api/payments/{}", payment["payment_no"].as_str().expect("a number"));
    assert_eq!(other.get(&path).await.problem(404), "not_found");
    assert_eq!(other.post(&format!("{path}/cancel"), Value::Null).await.problem(404), "not_found");
    town.call(Method::GET, &path, None, None, &[]).await.expect(401);
}
