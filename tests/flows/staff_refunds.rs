//! Staff gives money back: one asks, another approves.

use heatpay_domain::staff::{BranchName, Branches, Role};
use heatpay_sandbox::switches::Outage;
use heatpay_tests::town::{Answer, PASSWORD, Resident, StaffMember, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

pub(crate) const REFUNDS: &str = "/api/staff/refunds";

/// Somebody who asks and somebody who approves.
pub(crate) struct Desk<'a> {
    town: &'a Town,
    pub(crate) first: StaffMember<'a>,
    pub(crate) asks: StaffMember<'a>,
    pub(crate) approves: StaffMember<'a>,
}

impl<'a> Desk<'a> {
    pub(crate) async fn of(town: &'a Town) -> Self {
        let first = town.first_administrator().await;
        let asks = first.enters("li.na", &[Role::Billing, Role::Finance]).await;
        let approves = first.enters("zhao.min", &[Role::Finance]).await;
        Self { town, first, asks, approves }
    }

    /// The second person signs in anew: a token lives ten minutes.
    async fn fresh(&mut self) {
        let session = self.approves.sign_in(PASSWORD).await.expect(200);
        self.approves.token = session["access_token"].as_str().expect("a token").to_owned();
    }

    pub(crate) async fn ask(&self, body: Value, key: &str) -> Answer {
        let headers = [("idempotency-key", key)];
        self.town.call(Method::POST, REFUNDS, Some(&self.asks.token), Some(body), &headers).await
    }

    pub(crate) async fn asked(&self, body: Value, key: &str) -> String {
        let asked = self.ask(body, key).await.expect(201);
        assert_eq!(asked["status"], "requested");
        asked["refund_no"].as_str().expect("a number").to_owned()
    }

    pub(crate) async fn approve(&self, refund_no: &str) -> Value {
        self.approves.post(&format!("{REFUNDS}/{refund_no}/approve"), Value::Null).await.expect(200)
    }

    pub(crate) async fn shown(&self, refund_no: &str) -> Value {
        self.approves.get(&format!("{REFUNDS}/{refund_no}")).await.expect(200)
    }

    pub(crate) async fn in_status(&self, status: &str) -> Vec<String> {
        let page = self.approves.get(&format!("{REFUNDS}?status={status}")).await.expect(200);
        let items = page["items"].as_array().expect("a list").iter();
        items.map(|item| item["refund_no"].as_str().expect("a number").to_owned()).collect()
    }
}

/// Household 0 pays all it owes (2,238.00 yuan of one bill).
pub(crate) async fn pays(town: &Town) -> (Resident<'_>, Value) {
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "all-of-it").await;
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0);
    (resident, payment)
}

fn bill_no(town: &Town) -> String {
    format!("B2026S{}", town.account(0))
}

pub(crate) fn wanted(town: &Town, payment: &Value, kind: &str, fen: i64) -> Value {
    json!({
        "payment_no": payment["payment_no"], "kind": kind, "reason": "billed_too_much", "note": "面积核实有误",
        "parts": [{ "bill_no": bill_no(town), "principal_fen": fen, "late_fee_fen": 0 }],
    })
}

pub(crate) async fn minutes(town: &Town, count: i64) {
    for _ in 0..count {
        town.pass(SignedDuration::from_mins(1)).await;
    }
}

#[tokio::test]
async fn a_part_that_was_billed_too_much_goes_back_and_the_bill_says_why_it_is_smaller() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "write_down", 70_000), "too-much").await;
    // Nothing moves before the second person has agreed.
    minutes(&town, 3).await;
    assert_eq!(town.books().await.refunds[0].status.name(), "requested");
    assert_eq!(desk.in_status("requested").await, [refund_no.as_str()]);
    desk.approve(&refund_no).await;
    minutes(&town, 5).await;
    let done = desk.shown(&refund_no).await;
    assert_eq!((&done["status"], &done["claim"]["invoice"]), (&json!("succeeded"), &json!("in_line")));
    town.assert_books_agree().await;

    let bill = resident.get(&format!("/api/households/{}/bills/{}", town.account(0), bill_no(&town))).await.expect(200);
    assert_eq!(
        (&bill["status"], &bill["total_fen"], &bill["paid_fen"]),
        (&json!("paid"), &json!(153_800), &json!(153_800))
    );
    let line = bill["lines"].as_array().expect("lines").last().expect("a line");
    assert_eq!((&line["title"], &line["amount_fen"]), (&json!("核减（多收）"), &json!(-70_000)));
    let seen = resident.get(&format!("/api/households/{}/refunds", town.account(0))).await.expect(200);
    let steps = seen["items"][0]["steps"].as_array().expect("steps").iter().map(|step| step["status"].clone());
    assert_eq!(steps.collect::<Vec<_>>(), ["requested", "approved", "processing", "succeeded"]);
    assert_eq!(seen["items"][0]["bills"][0]["explanation"], "本金 700.00 元 = 700.00 元");
    let payments = resident.get(&format!("/api/households/{}/payments", town.account(0))).await.expect(200);
    assert_eq!(payments["payments"][0]["bills"][0]["refunded_fen"], 70_000);
}

#[tokio::test]
async fn a_whole_payment_taken_back_is_owed_again_and_can_be_paid_again() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 223_800), "all-back").await;
    desk.approve(&refund_no).await;
    minutes(&town, 5).await;
    assert_eq!(desk.shown(&refund_no).await["status"], "succeeded");
    town.assert_books_agree().await;
    assert_eq!(resident.open_bills(town.account(0)).await, [bill_no(&town)]);
    let again = resident.start_paying_all(town.account(0), "once-more").await;
    resident.pay_in_app(&again);
    town.settle_down().await;
    assert_eq!(resident.status_of(&again).await, "paid");
    town.assert_books_agree().await;
    let invoice = json!({ "payment_no": payment["payment_no"], "title": { "name": "林晓晨" } });
    assert_eq!(resident.post("/api/invoices", invoice).await.problem(409), "payment_refunded");
}

#[tokio::test]
async fn who_asked_cannot_approve_and_whoever_may_not_is_told_so() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 100), "two-persons").await;
    let path = format!("{REFUNDS}/{refund_no}");
    assert_eq!(desk.asks.post(&format!("{path}/approve"), Value::Null).await.problem(403), "same_person");
    let because = json!({ "reason": "我改主意了" });
    assert_eq!(desk.asks.post(&format!("{path}/decline"), because).await.problem(403), "same_person");

    let first = &desk.first;
    let elsewhere = Branches::Only([BranchName::parse("别处分公司").expect("a name")].into());
    let other = first.enters_in("sun.li", &[Role::Finance], &elsewhere).await;
    assert_eq!(other.get(&path).await.problem(403), "other_branch");
    assert_eq!(other.post(&format!("{path}/approve"), Value::Null).await.problem(403), "other_branch");
    let page = other.get(&format!("{REFUNDS}?status=requested")).await.expect(200);
    assert_eq!(page["items"], json!([]));
    let clerk = first.enters("qian.kun", &[Role::ServiceDesk]).await;
    assert_eq!(clerk.post(&format!("{path}/approve"), Value::Null).await.problem(403), "forbidden");
    let write_down = wanted(&town, &payment, "write_down", 100);
    let headers = [("idempotency-key", "clerks-key")];
    let asked = town.call(Method::POST, REFUNDS, Some(&clerk.token), Some(write_down), &headers).await;
    assert_eq!(asked.problem(403), "forbidden");
    assert_eq!(town.books().await.refunds.len(), 1);
}

#[tokio::test]
async fn all_refunds_together_never_pass_what_was_paid_and_what_is_declined_is_free_again() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let first = desk.asked(wanted(&town, &payment, "reopen", 200_000), "the-first").await;
    let over = desk.ask(wanted(&town, &payment, "reopen", 23_801), "the-second").await;
    assert_eq!(over.problem(409), "over_refund");
    // The same key is the same refund, and no other.
    assert_eq!(desk.asked(wanted(&town, &payment, "reopen", 200_000), "the-first").await, first);
    let reused = desk.ask(wanted(&town, &payment, "reopen", 1), "the-first").await;
    assert_eq!(reused.problem(422), "idempotency_key_reused");

    let because = json!({ "reason": "测温单未签字" });
    let declined = desk.approves.post(&format!("{REFUNDS}/{first}/decline"), because).await.expect(200);
    assert_eq!(declined["status"], "declined");
    assert_eq!(
        desk.approves.post(&format!("{REFUNDS}/{first}/approve"), Value::Null).await.problem(409),
        "refund_status"
    );
    desk.asked(wanted(&town, &payment, "reopen", 223_800), "the-third").await;
    let seen = resident.get(&format!("/api/households/{}/refunds", town.account(0))).await.expect(200);
    assert_eq!(seen["items"][1]["declined_because"], "测温单未签字");
    for (wrong, status) in [(0, 422), (-1, 422), (1, 409)] {
        let answer = desk.ask(wanted(&town, &payment, "reopen", wrong), &format!("wrong-amount-{wrong}")).await;
        assert_eq!(answer.status, status, "{wrong}: {}", answer.body);
    }
    town.assert_books_agree().await;
}

#[tokio::test]
async fn an_issued_invoice_is_reversed_before_the_money_goes_out_and_what_is_kept_is_invoiced_anew() {
    let town = Town::billed().await;
    let mut desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let body = json!({ "payment_no": payment["payment_no"], "title": { "name": "林晓晨" } });
    resident.post("/api/invoices", body).await.expect(201);
    minutes(&town, 5).await;
    let refund_no = desk.asked(wanted(&town, &payment, "write_down", 70_000), "invoiced").await;
    town.world.parties.baiwang.switches().set_outage(Outage::Down, None);
    desk.approve(&refund_no).await;
    minutes(&town, 5).await;
    desk.fresh().await;
    let waiting = desk.shown(&refund_no).await;
    assert_eq!((&waiting["status"], &waiting["claim"]["invoice"]), (&json!("approved"), &json!("to_clear")));
    let held = town.world.parties.wechatpay.money_held().expect("the sandbox answers");
    assert_eq!(held, 223_800, "no money before the invoice is reversed");

    town.world.parties.baiwang.switches().set_outage(Outage::None, None);
    town.pass_hours(2).await;
    desk.fresh().await;
    assert_eq!(desk.shown(&refund_no).await["claim"]["invoice"], "in_line");
    let cards = town.world.parties.baiwang.invoices().expect("invoices");
    let amounts: Vec<_> = cards.iter().map(|card| (card.amount_yuan.as_str(), card.status.as_str())).collect();
    assert_eq!(amounts, [("1538.00", "01"), ("-2238.00", "01"), ("2238.00", "01")], "newest first");
    let resident = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    let listed = resident.get(&format!("/api/households/{}/invoices", town.account(0))).await.expect(200);
    let statuses: Vec<_> = listed["items"].as_array().expect("a list").iter().map(|item| &item["status"]).collect();
    assert_eq!(statuses, ["issued", "reversed"]);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn cold_days_and_days_without_heat_say_how_their_amount_comes_about() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let days = json!([{ "on": "2026-11-20", "celsius": "15.5" }, { "on": "2026-11-21", "celsius": "17" }]);
    let cold = json!({
        "payment_no": payment["payment_no"], "kind": "write_down", "reason": "low_temperature",
        "low_temperature": { "bill_no": bill_no(&town), "days": days },
    });
    let asked = desk.ask(cold.clone(), "cold-days").await.expect(201);
    // 223800 ÷ 121 × (0.3 + 0.5)
    assert_eq!(asked["amount_fen"], 1480);
    let standby = json!({
        "payment_no": payment["payment_no"], "kind": "write_down", "reason": "standby",
        "standby": { "bill_no": bill_no(&town), "from": "2026-12-01", "until": "2026-12-30" },
    });
    let without_heat = desk.ask(standby, "no-heat-in-december").await.expect(201);
    assert_eq!(without_heat["amount_fen"], 38_841);
    // A day is paid back once.
    assert_eq!(desk.ask(cold.clone(), "cold-days-again").await.problem(409), "day_refunded");
    let mut warm = cold;
    warm["low_temperature"]["days"] = json!([{ "on": "2026-11-22", "celsius": "18" }]);
    assert_eq!(desk.ask(warm.clone(), "warm-enough").await.problem(422), "cannot_compute");
    warm["parts"] = json!([{ "bill_no": bill_no(&town), "principal_fen": 1, "late_fee_fen": 0 }]);
    assert_eq!(desk.ask(warm, "own-figure").await.problem(422), "does_not_fit_reason");
    let refund_no = asked["refund_no"].as_str().expect("a number");
    desk.approve(refund_no).await;
    minutes(&town, 4).await;
    let seen = resident.get(&format!("/api/households/{}/refunds", town.account(0))).await.expect(200);
    let of = |item: &&Value| item["refund_no"] == refund_no;
    let seen = seen["items"].as_array().expect("a list").iter().find(of).expect("it").clone();
    assert_eq!(seen["status"], "succeeded");
    let how = "热费 2,238.00 元 ÷ 121 天 × （1 天（低于 18 ℃）× 30 % + 1 天（低于 16 ℃）× 50 %） = 14.80 元，四舍五入到分；\
               本金 14.80 元 = 14.80 元";
    assert_eq!(seen["bills"][0]["explanation"], how);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_was_done_is_in_the_operation_log_and_its_chain_holds() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 100), "logged-refund").await;
    desk.approve(&refund_no).await;
    let log = desk.approves.get(&format!("/api/staff/operations?object=refund%23{refund_no}")).await.expect(200);
    let what: Vec<_> = log["items"].as_array().expect("a list").iter().map(|entry| &entry["what"]).collect();
    assert_eq!(what, ["refund_approve", "refund_request"]);
    assert_eq!(log["items"][0]["before"]["status"], "requested");
    assert_eq!(log["items"][0]["after"]["status"], "approved");
}
