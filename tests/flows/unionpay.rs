//! A resident pays by 银联 in a browser.

use heatpay_sandbox::{
    switches::Callbacks,
    unionpay::{NotPaid, Paid},
};
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

/// Starts paying all that the first household owes.
async fn start(town: &Town, resident: &Resident<'_>, scene: &str) -> Value {
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "unionpay", "scene": scene });
    resident.start(body, &format!("by-unionpay-{scene}")).await.expect(201)
}

/// The browser posts the form and the payer presses the button, or 云闪付 is opened with the `tn`.
fn pay(town: &Town, payment: &Value) -> Result<Paid, NotPaid> {
    let parameters = serde_json::from_value(payment["client_parameters"].clone()).expect("client parameters");
    town.world.parties.unionpay.pay_with_client_parameters(&parameters)
}

#[tokio::test]
async fn a_payment_by_unionpay_is_settled_by_its_notification() {
    for scene in ["h5", "page", "app"] {
        let town = Town::billed().await;
        let resident = town.resident_of(0).await;
        let payment = start(&town, &resident, scene).await;
        let paid = pay(&town, &payment).expect("UnionPay takes the money");
        assert_eq!(Some(paid.amount), payment["amount_fen"].as_i64());
        assert_eq!(town.settle_down().await, 0);
        assert_eq!(resident.status_of(&payment).await, "paid", "{scene}");
        assert!(resident.open_bills(town.account(0)).await.is_empty());
        town.assert_books_agree().await;
    }
}

#[tokio::test]
async fn a_notification_that_never_comes_is_asked_after() {
    let town = Town::billed().await;
    town.world.parties.unionpay.switches().set_callbacks(Callbacks::Drop);
    let resident = town.resident_of(0).await;
    let payment = start(&town, &resident, "h5").await;
    pay(&town, &payment).expect("UnionPay takes the money");
    town.pass(SignedDuration::from_mins(1)).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_cancelled_payment_is_closed_by_its_time_alone() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = start(&town, &resident, "h5").await;
    let cancel = format!("/api/payments/{}/cancel", payment["payment_no"].as_str().expect("a number"));
    assert_eq!(resident.post(&cancel, json!({})).await.expect(200)["status"], "closing");
    town.pass(SignedDuration::from_mins(13)).await;
    assert_eq!(resident.status_of(&payment).await, "closing", "it could still be paid");
    for _ in 0..4 {
        town.pass(SignedDuration::from_mins(5)).await;
    }
    // His session of half an hour is over as well.
    let resident = town.resident_of(0).await;
    assert_eq!(resident.status_of(&payment).await, "closed");
    assert!(matches!(pay(&town, &payment), Err(NotPaid::Not(_))), "its time is over there too");
    assert!(!resident.open_bills(town.account(0)).await.is_empty());
}

#[tokio::test]
async fn who_pays_although_he_cancelled_has_paid() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = start(&town, &resident, "h5").await;
    let cancel = format!("/api/payments/{}/cancel", payment["payment_no"].as_str().expect("a number"));
    resident.post(&cancel, json!({})).await.expect(200);
    pay(&town, &payment).expect("UnionPay takes the money");
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_wrong_sum_goes_back_the_same_day() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = start(&town, &resident, "app").await;
    let number = payment["payment_no"].as_str().expect("a number");
    town.world.parties.unionpay.pay(number, -1).expect("UnionPay takes the money");
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "rejected");
    town.pass(SignedDuration::from_mins(5)).await;
    assert_eq!(town.world.parties.unionpay.money_held().expect("the sandbox answers"), 0, "all of it was undone");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn whatever_is_posted_to_the_callback_is_no_money() {
    let town = Town::billed().await;
    for body in ["", "a=b", "signPubKeyCert=&signature=", "orderId=P1&txnAmt=1&respCode=00&signature=AAAA"] {
        let url = format!("{}/callbacks/unionpay", town.world.base_url);
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let answer = http.request(Method::POST, url).body(body).send().await.expect("an answer");
        assert_eq!(answer.status().as_u16(), 401, "{body}");
    }
    assert_eq!(town.world.parties.money_held().expect("the sandbox answers"), 0);
}
