//! 预存: a household pays ahead, its new bill draws on it by itself, and what is left goes back to where it came from.

use heatpay_domain::staff::Role;
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::sync::Arc;

const PREPAYMENTS: &str = "/api/prepayments";
const AT_THE_COUNTER: &str = "/api/staff/counter/prepayments";

/// A town before its season is billed.
pub(crate) async fn unbilled() -> Town {
    let town = Town::empty(12, None).await;
    town.world.import(&town.households).await.expect("households are imported");
    town
}

pub(crate) fn ahead(town: &Town, fen: i64) -> Value {
    json!({ "account_no": town.account(0), "amount_fen": fen, "channel": "wechatpay", "scene": "jsapi" })
}

/// Household 0 pays so much ahead.
pub(crate) async fn pays_ahead<'a>(town: &'a Town, fen: i64, key: &str) -> (Resident<'a>, Value) {
    let resident = town.resident_of(0).await;
    let payment = resident.post_with(PREPAYMENTS, ("idempotency-key", key), ahead(town, fen)).await.expect(201);
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(resident.status_of(&payment).await, "paid");
    (resident, payment)
}

/// A town whose new bill drew on what was paid ahead, and, when somebody had given up paying the rest, on more that came meanwhile.
pub(crate) async fn a_bill_has_drawn() -> Town {
    let town = unbilled().await;
    let (resident, _) = pays_ahead(&town, 100_000, "a-part-of-it").await;
    let more =
        resident.post_with(PREPAYMENTS, ("idempotency-key", "on-its-way"), ahead(&town, 250_000)).await.expect(201);
    town.bill().await;
    resident.start_paying_all(town.account(0), "never-finished").await;
    resident.pay_in_app(&more);
    town.settle_down().await;
    town.pass_hours(1).await;
    town
}

pub(crate) async fn balance(town: &Town, resident: &Resident<'_>) -> Value {
    resident.get(&format!("/api/households/{}/home", town.account(0))).await.expect(200)["prepaid_fen"].clone()
}

pub(crate) async fn payments(town: &Town, resident: &Resident<'_>) -> Vec<Value> {
    let page = resident.get(&format!("/api/households/{}/payments", town.account(0))).await.expect(200);
    page["payments"].as_array().expect("payments").clone()
}

/// What bills drew, as the household's payments tell it.
pub(crate) async fn drawn(town: &Town, resident: &Resident<'_>) -> Value {
    let payments = payments(town, resident).await;
    payments.into_iter().find(|payment| payment["channel"] == "prepayment").expect("a draw")
}

#[tokio::test]
async fn what_was_paid_ahead_pays_the_new_bill_and_the_rest_stays() {
    let town = unbilled().await;
    let (resident, payment) = pays_ahead(&town, 300_000, "ahead-of-it").await;
    assert_eq!((&payment["prepaid_fen"], &payment["bills"]), (&json!(300_000), &json!([])));
    assert_eq!(balance(&town, &resident).await, 300_000);
    assert_eq!(town.audit().await.balances["prepayment"], -300_000);
    town.assert_books_agree().await;

    town.bill().await;
    assert!(resident.open_bills(town.account(0)).await.is_empty(), "2,238.00 yuan drawn");
    assert_eq!(balance(&town, &resident).await, 76_200);
    let drawn = drawn(&town, &resident).await;
    assert_eq!(drawn["status"], "paid");
    assert_eq!((&drawn["amount_fen"], &drawn["bills"][0]["principal_fen"]), (&json!(223_800), &json!(223_800)));
    town.assert_books_agree().await;

    // An invoice is for what was drawn, not for what was paid ahead.
    let title = json!({ "name": "林晓晨" });
    let wanted = json!({ "payment_no": payment["payment_no"], "title": title });
    assert_eq!(resident.post("/api/invoices", wanted).await.problem(409), "prepayment_not_invoiced");
    let wanted = json!({ "payment_no": drawn["payment_no"], "title": title });
    let invoice = resident.post("/api/invoices", wanted).await.expect(201);
    town.pass_hours(1).await;
    let resident = town.resident_of(0).await;
    let shown = resident.get(&format!("/api/invoices/{}", invoice["invoice_no"].as_str().expect("a number"))).await;
    assert_eq!(shown.expect(200)["status"], "issued");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_balance_that_does_not_reach_pays_a_part_and_the_run_again_draws_nothing_more() {
    let town = unbilled().await;
    let (resident, _) = pays_ahead(&town, 100_000, "a-part-of-it").await;
    town.bill().await;
    let home = resident.get(&format!("/api/households/{}/home", town.account(0))).await.expect(200);
    assert_eq!((&home["prepaid_fen"], &home["due"]["total_fen"]), (&json!(0), &json!(123_800)));
    town.bill().await;
    assert_eq!(payments(&town, &resident).await.len(), 2);
    let rest = resident.start_paying_all(town.account(0), "the-rest-of-it").await;
    resident.pay_in_app(&rest);
    assert_eq!(town.settle_down().await, 0);
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    town.assert_books_agree().await;
}

#[tokio::test]
async fn who_owes_pays_that_first_and_nobody_pays_more_ahead_than_the_company_takes() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let asks = async |fen, key| resident.post_with(PREPAYMENTS, ("idempotency-key", key), ahead(&town, fen)).await;
    assert_eq!(asks(100_000, "while-owing").await.problem(409), "bills_owed");
    let payment = resident.start_paying_all(town.account(0), "all-of-it").await;
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(asks(1_000_001, "too-much-at-once").await.problem(409), "prepayment_over_limit");
    assert_eq!(asks(99, "too-little").await.problem(400), "invalid_request");
    let first = asks(900_000, "nearly-all").await.expect(201);
    assert_eq!(asks(900_000, "nearly-all").await.expect(201)["payment_no"], first["payment_no"], "the same key");
    assert_eq!(asks(900_001, "nearly-all").await.problem(422), "idempotency_key_reused");
    resident.pay_in_app(&first);
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(asks(100_001, "over-the-limit").await.problem(409), "prepayment_over_limit");
    let again = asks(900_000, "nearly-all").await.expect(201);
    assert_eq!((&again["payment_no"], &again["status"]), (&first["payment_no"], &json!("paid")), "still the same key");
    let stranger = town.somebody().await;
    let refused = stranger.post_with(PREPAYMENTS, ("idempotency-key", "not-his-own"), ahead(&town, 100_000)).await;
    assert_eq!(refused.problem(403), "household_not_bound");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_nobody_paid_ahead_in_time_is_closed_and_touches_nothing() {
    let town = unbilled().await;
    let resident = town.resident_of(0).await;
    let payment =
        resident.post_with(PREPAYMENTS, ("idempotency-key", "never-paid"), ahead(&town, 50_000)).await.expect(201);
    town.pass_hours(1).await;
    let resident = town.resident_of(0).await;
    assert_eq!(resident.status_of(&payment).await, "closed");
    assert_eq!(balance(&town, &resident).await, 0);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_bill_issued_while_the_money_was_on_its_way_draws_on_it_all_the_same() {
    let town = unbilled().await;
    let resident = town.resident_of(0).await;
    let payment =
        resident.post_with(PREPAYMENTS, ("idempotency-key", "on-its-way"), ahead(&town, 250_000)).await.expect(201);
    town.bill().await;
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0);
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    assert_eq!(balance(&town, &resident).await, 26_200);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn money_paid_ahead_at_the_counter_is_in_the_till_and_can_be_taken_back_the_same_day() {
    let town = unbilled().await;
    let cashier = town.first_administrator().await.enters("wang.fang", &[Role::Cashier]).await;
    let resident = town.resident_of(0).await;
    let order = |voucher: &str| json!({ "account_no": town.account(0), "channel": "cash", "voucher_no": voucher, "amount_fen": 200_000 });
    let payment = cashier.post(AT_THE_COUNTER, order("YC-0001")).await.expect(201);
    town.settle_down().await;
    assert_eq!(cashier.post(AT_THE_COUNTER, order("YC-0001")).await.expect(200)["payment_no"], payment["payment_no"]);
    assert_eq!(balance(&town, &resident).await, 200_000);
    let back = format!("/api/staff/counter/payments/{}/reversal", payment["payment_no"].as_str().expect("a number"));
    cashier.post(&back, json!({ "reason": "户号录错" })).await.expect(200);
    assert_eq!(balance(&town, &resident).await, 0);
    town.assert_books_agree().await;

    let payment = cashier.post(AT_THE_COUNTER, order("YC-0002")).await.expect(201);
    town.settle_down().await;
    assert_eq!(cashier.get("/api/staff/counter/till").await.expect(200)["recorded"]["cash_fen"], 200_000);
    town.bill().await;
    assert_eq!(balance(&town, &resident).await, 0, "drawn");
    let back = format!("/api/staff/counter/payments/{}/reversal", payment["payment_no"].as_str().expect("a number"));
    let drawn = cashier.post(&back, json!({ "reason": "户号录错" })).await;
    assert_eq!(drawn.problem(409), "prepayment_used", "what a bill has drawn is no longer there to take back");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_bill_that_somebody_is_paying_is_drawn_on_when_he_gives_up() {
    let town = unbilled().await;
    let resident = town.resident_of(0).await;
    let on_its_way =
        resident.post_with(PREPAYMENTS, ("idempotency-key", "on-its-way"), ahead(&town, 250_000)).await.expect(201);
    town.bill().await;
    let paying = resident.start_paying_all(town.account(0), "never-finished").await;
    resident.pay_in_app(&on_its_way);
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(balance(&town, &resident).await, 250_000, "the bill is held");
    town.pass_hours(1).await;
    let resident = town.resident_of(0).await;
    assert_eq!(resident.status_of(&paying).await, "closed");
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    assert_eq!(balance(&town, &resident).await, 26_200);
    town.assert_books_agree().await;
}

/// The function dies before its evidence leaves for the queue.
struct DiesBeforeItSends;

impl Fault for DiesBeforeItSends {
    fn before(&self, function: &str, call: &Call) {
        if function == "prepayment-draw" && call.operation.starts_with("SendMessage") {
            std::panic::resume_unwind(Box::new("the process dies here"));
        }
    }

    fn after(&self, _: &str, _: &Call) {}
}

#[tokio::test]
async fn a_draw_whose_evidence_was_lost_is_booked_by_the_watch() {
    let town = unbilled().await;
    let (resident, _) = pays_ahead(&town, 300_000, "ahead-of-it").await;
    *town.world.fault.write().expect("nobody panicked") = Some(Arc::new(DiesBeforeItSends));
    town.world.import(&town.households).await.expect("households are imported");
    town.world.start_billing(heatpay_tests::town::SEASON, true).await.expect("the run starts");
    town.settle_down().await;
    assert_eq!(drawn(&town, &resident).await["status"], "submitting");
    *town.world.fault.write().expect("nobody panicked") = None;
    town.pass(SignedDuration::from_mins(10)).await;
    town.pass_hours(1).await;
    let resident = town.resident_of(0).await;
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    assert_eq!(balance(&town, &resident).await, 76_200);
    town.assert_books_agree().await;
}
