//! What is paid at the counter: recorded with its voucher, booked like all money, taken back the same day, closed by the cashier.

use crate::staff_refunds::{Desk, REFUNDS, minutes, wanted};
use heatpay_domain::staff::{BranchName, Branches, Role};
use heatpay_local::probe::Fault;
use heatpay_ports::Call;
use heatpay_tests::town::{StaffMember, Town};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

const PAYMENTS: &str = "/api/staff/counter/payments";
const TILL: &str = "/api/staff/counter/till";
const CLOSE: &str = "/api/staff/counter/till/close";

/// All bills of a household paid in cash on a voucher.
async fn cash(town: &Town, at: usize, voucher_no: &str) -> Value {
    let resident = town.resident_of(at).await;
    let home = resident.get(&format!("/api/households/{}/home", town.account(at))).await.expect(200);
    let bills: Vec<&Value> = home["bills"].as_array().expect("bills").iter().collect();
    json!({
        "account_no": town.account(at), "channel": "cash", "voucher_no": voucher_no,
        "bill_nos": bills.iter().map(|bill| &bill["bill_no"]).collect::<Vec<_>>(),
        "amount_fen": home["due"]["total_fen"],
    })
}

fn counted(cash_fen: &Value) -> Value {
    json!({ "counted": { "cash_fen": cash_fen, "pos_fen": 0, "cheque_fen": 0, "transfer_fen": 0 } })
}

async fn cashier(town: &Town) -> StaffMember<'_> {
    town.first_administrator().await.enters("wang.fang", &[Role::Cashier]).await
}

/// A cashier records cash, takes it back, records it again and closes the day.
pub(crate) async fn money_comes_over_the_counter(town: &Town, first: &StaffMember<'_>) {
    let cashier = first.enters("wang.fang", &[Role::Cashier, Role::Finance]).await;
    let payment = cashier.post(PAYMENTS, cash(town, 6, "SJ-0001").await).await.expect(201);
    town.settle_down().await;
    let back = format!("{PAYMENTS}/{}/reversal", payment["payment_no"].as_str().expect("a number"));
    cashier.post(&back, json!({ "reason": "户号录错" })).await.expect(200);
    cashier.post(PAYMENTS, cash(town, 6, "SJ-0002").await).await.expect(201);
    town.settle_down().await;
    let till = cashier.get(TILL).await.expect(200);
    let counted = json!({ "counted": till["recorded"] });
    cashier.post(CLOSE, counted).await.expect(200);
    let day = till["day"].as_str().expect("a day");
    cashier.get(&format!("/api/staff/counter/tills?day={day}")).await.expect(200);
}

#[tokio::test]
async fn cash_at_the_counter_pays_the_bill_through_the_settlement_queue() {
    let town = Town::billed().await;
    let cashier = cashier(&town).await;
    let order = cash(&town, 0, "SJ-0001").await;
    let payment = cashier.post(PAYMENTS, order.clone()).await.expect(201);
    assert_eq!((&payment["status"], &payment["amount_fen"]), (&json!("submitting"), &json!(223_800)));
    town.settle_down().await;
    let again = cashier.post(PAYMENTS, order).await.expect(200);
    assert_eq!((&again["payment_no"], &again["status"]), (&payment["payment_no"], &json!("paid")));
    let resident = town.resident_of(0).await;
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    let till = cashier.get(TILL).await.expect(200);
    assert_eq!(till["recorded"]["cash_fen"], 223_800);
    assert_eq!(till["payments"].as_array().map(Vec::len), Some(1));
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_voucher_is_used_once_in_a_branch_and_the_money_must_be_what_is_due() {
    let town = Town::billed().await;
    let cashier = cashier(&town).await;
    let mut wrong = cash(&town, 0, "SJ-0001").await;
    wrong["amount_fen"] = json!(223_799);
    assert_eq!(cashier.post(PAYMENTS, wrong).await.problem(409), "amount_changed");
    cashier.post(PAYMENTS, cash(&town, 0, "SJ-0001").await).await.expect(201);
    assert_eq!(cashier.post(PAYMENTS, cash(&town, 1, "SJ-0001").await).await.problem(409), "voucher_used");
    town.settle_down().await;
    cashier.post(PAYMENTS, cash(&town, 1, "SJ-0002").await).await.expect(201);
    town.settle_down().await;
    town.assert_books_agree().await;
}

#[tokio::test]
async fn the_same_voucher_is_the_same_payment_although_its_bill_asks_for_something_else_by_now() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let cashier = desk.first.enters("wang.fang", &[Role::Cashier]).await;
    let order = cash(&town, 0, "SJ-0001").await;
    let payment = cashier.post(PAYMENTS, order.clone()).await.expect(201);
    town.settle_down().await;
    // A third goes back, by voucher: the bill is owed again in part.
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 70_000), "a-third-of-it").await;
    desk.approve(&refund_no).await;
    minutes(&town, 2).await;
    let said = json!({ "voucher_no": "FK-0001", "paid_on": "2026-11-23", "note": "现金" });
    let path = format!("{REFUNDS}/{refund_no}/paid-otherwise");
    desk.asks.post(&path, said).await.expect(200);
    desk.approves.post(&format!("{path}/confirm"), Value::Null).await.expect(200);
    let resident = town.resident_of(0).await;
    assert_eq!(resident.open_bills(town.account(0)).await.len(), 1);
    let again = cashier.post(PAYMENTS, order).await.expect(200);
    assert_eq!(again["payment_no"], payment["payment_no"]);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_mistake_is_taken_back_the_same_day_and_the_bill_is_owed_again() {
    let town = Town::billed().await;
    let cashier = cashier(&town).await;
    let payment = cashier.post(PAYMENTS, cash(&town, 0, "SJ-0001").await).await.expect(201);
    let back = format!("{PAYMENTS}/{}/reversal", payment["payment_no"].as_str().expect("text"));
    let why = json!({ "reason": "户号录错" });
    assert_eq!(cashier.post(&back, why.clone()).await.problem(409), "not_booked_yet");
    town.settle_down().await;
    assert_eq!(cashier.post(&back, why.clone()).await.expect(200)["status"], "reversed");
    assert_eq!(cashier.post(&back, why).await.expect(200)["status"], "reversed");
    let resident = town.resident_of(0).await;
    assert_eq!(resident.open_bills(town.account(0)).await.len(), 1);
    assert_eq!(cashier.get(TILL).await.expect(200)["recorded"]["cash_fen"], 0);
    town.assert_books_agree().await;
    assert_eq!(cashier.post(PAYMENTS, cash(&town, 0, "SJ-0001").await).await.problem(409), "voucher_used");
    cashier.post(PAYMENTS, cash(&town, 0, "SJ-0002").await).await.expect(201);
    town.settle_down().await;
    town.assert_books_agree().await;
}

#[tokio::test]
async fn a_day_is_closed_with_the_money_that_was_recorded_and_then_takes_no_more() {
    let town = Town::billed().await;
    let office = town.first_administrator().await;
    let cashier = office.enters("wang.fang", &[Role::Cashier]).await;
    assert_eq!(cashier.post(CLOSE, counted(&json!(0))).await.problem(404), "not_found");
    let payment = cashier.post(PAYMENTS, cash(&town, 0, "SJ-0001").await).await.expect(201);
    town.settle_down().await;
    assert_eq!(cashier.post(CLOSE, counted(&json!(223_700))).await.problem(409), "till_differs");
    let closed = cashier.post(CLOSE, counted(&json!(223_800))).await.expect(200);
    assert!(closed["closed_at"].is_string());
    assert_eq!(cashier.post(CLOSE, counted(&json!(223_800))).await.problem(409), "day_closed");
    assert_eq!(cashier.post(PAYMENTS, cash(&town, 1, "SJ-0002").await).await.problem(409), "day_closed");
    let back = format!("{PAYMENTS}/{}/reversal", payment["payment_no"].as_str().expect("text"));
    assert_eq!(cashier.post(&back, json!({ "reason": "户号录错" })).await.problem(409), "day_closed");
    let finance = office.enters("li.na", &[Role::Finance]).await;
    let day = closed["day"].as_str().expect("a day");
    let tills = finance.get(&format!("/api/staff/counter/tills?day={day}")).await.expect(200);
    assert_eq!(tills["items"][0]["recorded"]["cash_fen"], 223_800);
    assert!(tills["items"][0]["closed_at"].is_string());
    town.assert_books_agree().await;
}

#[tokio::test]
async fn another_branchs_household_is_not_his_to_record() {
    let town = Town::billed().await;
    let elsewhere = Branches::Only(BTreeSet::from([BranchName::parse("别处分公司").expect("a branch")]));
    let cashier = town.first_administrator().await.enters_in("wang.fang", &[Role::Cashier], &elsewhere).await;
    assert_eq!(cashier.post(PAYMENTS, cash(&town, 0, "SJ-0001").await).await.problem(403), "other_branch");
}

/// The function dies before its evidence leaves for the queue.
struct DiesBeforeItSends;

impl Fault for DiesBeforeItSends {
    fn before(&self, function: &str, call: &Call) {
        if function == "counter" && call.operation.starts_with("SendMessage") {
            std::panic::resume_unwind(Box::new("the process dies here"));
        }
    }

    fn after(&self, _: &str, _: &Call) {}
}

#[tokio::test]
async fn evidence_that_did_not_reach_the_queue_is_handed_over_by_the_watch() {
    let town = Town::billed().await;
    let cashier = cashier(&town).await;
    let order = cash(&town, 0, "SJ-0001").await;
    *town.world.fault.write().expect("nobody panicked") = Some(Arc::new(DiesBeforeItSends));
    cashier.post(PAYMENTS, order).await.expect(500);
    *town.world.fault.write().expect("nobody panicked") = None;
    town.pass_hours(1).await;
    let resident = town.resident_of(0).await;
    assert!(resident.open_bills(town.account(0)).await.is_empty());
    town.assert_books_agree().await;
}
