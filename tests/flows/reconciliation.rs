//! The next morning: the channel's statement against the books.

use heatpay_domain::{EvidenceSource, staff::Role};
use heatpay_sandbox::switches::{Callbacks, Outage};
use heatpay_tests::town::{StaffMember, Town};
use jiff::SignedDuration;
use serde_json::{Value, json};

const DAY: &str = "/api/staff/reconciliations/wechatpay/2026-11-23";

/// Somebody of the finance department; he signs in anew when a day has passed.
async fn finance(town: &Town) -> StaffMember<'_> {
    town.first_administrator().await.enters("li.si", &[Role::Finance]).await
}

/// A day later, ten in the morning: the statement is due.
async fn next_morning(town: &Town) {
    town.pass(SignedDuration::from_hours(24)).await;
    tick(town).await;
}

async fn tick(town: &Town) {
    town.world.run_due_schedules().await;
    town.settle_down().await;
}

/// A resident pays, and then once more: the second payment goes back within minutes.
async fn pays_and_pays_again(town: &Town) -> String {
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "paid-twice").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let number = payment["payment_no"].as_str().expect("a number").to_owned();
    town.world.parties.wechatpay.pay_again(&number).expect("money");
    town.settle_down().await;
    for _ in 0..6 {
        town.pass(SignedDuration::from_mins(5)).await;
    }
    number
}

async fn cases(finance: &StaffMember<'_>) -> Vec<Value> {
    let page = finance.get(&format!("{DAY}/cases")).await.expect(200);
    page["items"].as_array().expect("items").clone()
}

#[tokio::test]
async fn the_morning_after_a_payment_and_a_stray_that_went_back_nothing_differs() {
    let town = Town::billed().await;
    pays_and_pays_again(&town).await;
    next_morning(&town).await;
    let finance = finance(&town).await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["state"], &day["open_cases"], &day["held"]), (&json!("closed"), &json!(0), &json!(0)), "{day}");
    assert_eq!((&day["payments"]["lines"], &day["payments"]["matched"]), (&json!(2), &json!(2)), "{day}");
    assert_eq!((&day["refunds"]["lines"], &day["refunds"]["matched"]), (&json!(1), &json!(1)), "{day}");
    // 0.60 % of 2238.00 yuan: the refund gave its fee back.
    assert_eq!(day["fee_fen"], 1_343);
    assert_eq!(town.audit().await.balances["channel_fee"], 1_343);
    town.assert_books_agree().await;
    let list = finance.get("/api/staff/reconciliations?channel=wechatpay").await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(7), "the days before, on which nothing happened, too");
}

#[tokio::test]
async fn matching_again_gives_the_same_bytes_and_posts_no_fee_twice() {
    let town = Town::billed().await;
    pays_and_pays_again(&town).await;
    next_morning(&town).await;
    let finance = finance(&town).await;
    let before = finance.get(DAY).await.expect(200);
    for fetch_again in [false, true] {
        let wanted = json!({ "channel": "wechatpay", "day": "2026-11-23", "fetch_again": fetch_again });
        finance.post("/api/staff/reconciliations", wanted).await.expect(202);
        town.settle_down().await;
    }
    let after = finance.get(DAY).await.expect(200);
    assert!(before["result_sha256"].is_string());
    assert_eq!(before["result_sha256"], after["result_sha256"]);
    assert_eq!(before["statement_sha256"], after["statement_sha256"]);
    assert_eq!(town.audit().await.balances["channel_fee"], 1_343);
}

#[tokio::test]
async fn money_that_only_the_channel_tells_of_settles_and_the_day_closes() {
    let town = Town::billed().await;
    let number = pays_and_pays_again(&town).await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    let unheard = town.world.parties.wechatpay.pay_again(&number).expect("money");
    next_morning(&town).await;
    let finance = finance(&town).await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["state"], &day["to_settle"]), (&json!("open"), &json!(1)), "{day}");
    let books = town.books().await;
    let receipt =
        books.receipts.iter().find(|receipt| receipt.channel_txn == unheard.transaction_id).expect("received");
    assert_eq!((receipt.source, receipt.amount.0), (EvidenceSource::Statement, unheard.amount));
    town.pass(SignedDuration::from_mins(30)).await;
    tick(&town).await;
    let day = finance.again().await.get(DAY).await.expect(200);
    assert_eq!((&day["state"], &day["payments"]["matched"]), (&json!("closed"), &json!(3)), "{day}");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_differs_is_named_and_closes_with_a_reason_for_each() {
    let town = Town::billed().await;
    let number = pays_and_pays_again(&town).await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    let wrong = town.world.parties.wechatpay.pay_again(&number).expect("money");
    town.is_told_of(&wrong.transaction_id, wrong.amount - 1).await;
    town.is_told_of("4200000000202611230000000001", 5_000).await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Normal);

    next_morning(&town).await;
    let finance = finance(&town).await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["held"], &day["differences"]["amount_differs"]), (&json!(1), &json!(1)), "{day}");
    assert_eq!(cases(&finance).await.len(), 1, "what may come in the next statement is held");

    // The day after, the statement of the 24th is there: what is in neither is missing.
    next_morning(&town).await;
    tick(&town).await;
    town.pass(SignedDuration::from_mins(15)).await;
    tick(&town).await;
    let finance = finance.again().await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["held"], &day["open_cases"], &day["state"]), (&json!(0), &json!(2), &json!("open")), "{day}");
    let mut found: Vec<(String, String)> = Vec::new();
    for case in cases(&finance).await {
        found.push((case["class"].to_string(), case["action"].to_string()));
        let path = format!("{DAY}/cases/{}/resolution", case["case_no"].as_str().expect("a number"));
        assert_eq!(finance.post(&path, json!({ "reason": " " })).await.problem(400), "invalid_request");
        let resolved = finance.post(&path, json!({ "reason": "微信支付已补款" })).await.expect(200);
        assert_eq!((&resolved["state"], &resolved["resolved_by"]), (&json!("resolved"), &json!(finance.staff_no)));
        assert_eq!(finance.post(&path, json!({ "reason": "再来一次" })).await.problem(409), "already_resolved");
    }
    found.sort_unstable();
    let named = |class: &str, action: &str| (format!("\"{class}\""), format!("\"{action}\""));
    assert_eq!(found, [named("amount_differs", "compare_vouchers"), named("ours_only", "ask_channel")]);
    assert_eq!(finance.get(DAY).await.expect(200)["state"], "closed");
}

#[tokio::test]
async fn a_refund_that_only_the_channel_tells_of_is_a_case_that_goes_when_it_is_ours() {
    let town = Town::billed().await;
    refunds_are_unheard_of(&town).await;
    assert_eq!(town.audit().await.differences, Vec::<String>::new());
}

/// A payment too many goes back, and nobody tells us that it arrived; of another one we had been told another amount.
pub(crate) async fn refunds_are_unheard_of(town: &Town) {
    let resident = town.resident_of(5).await;
    let payment = resident.start_paying_all(town.account(5), "unheard-of").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let number = payment["payment_no"].as_str().expect("a number");
    let wechatpay = &town.world.parties.wechatpay;
    wechatpay.pay_again(number).expect("money");
    town.settle_down().await;
    wechatpay.switches().set_callbacks(Callbacks::Drop);
    let wrong = wechatpay.pay_again(number).expect("money");
    town.is_told_of(&wrong.transaction_id, wrong.amount - 1).await;
    wechatpay.pay_again(number).expect("money");
    wechatpay.switches().set_outage(Outage::Down, None);
    town.pass(SignedDuration::from_mins(5)).await;
    town.pass(SignedDuration::from_hours(24)).await;
    wechatpay.switches().set_outage(Outage::None, None);
    wechatpay.switches().set_callbacks(Callbacks::Normal);
    tick(town).await;

    let finance = finance(town).await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["open_cases"], &day["differences"]["channel_only"]), (&json!(2), &json!(2)), "{day}");
    for case in cases(&finance).await.iter().filter(|case| case["class"] == "amount_differs") {
        let path = format!("{DAY}/cases/{}/resolution", case["case_no"].as_str().expect("a number"));
        finance.post(&path, json!({ "reason": "已与微信支付核对凭证" })).await.expect(200);
    }
    // The refunds are asked about again, and are ours.
    for _ in 0..4 {
        town.pass(SignedDuration::from_mins(15)).await;
    }
    let finance = finance.again().await;
    let wanted = json!({ "channel": "wechatpay", "day": "2026-11-23" });
    finance.post("/api/staff/reconciliations", wanted).await.expect(202);
    town.settle_down().await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["state"], &day["refunds"]["matched"]), (&json!("closed"), &json!(1)), "{day}");
    let by_themselves = cases(&finance).await.iter().filter(|case| case.get("resolved_by").is_none()).count();
    assert_eq!(by_themselves, 1);
    finance.get("/api/staff/reconciliations?channel=wechatpay&limit=2").await.expect(200);
}

#[tokio::test]
async fn a_statement_that_is_not_to_be_had_comes_later() {
    let town = Town::billed().await;
    pays_and_pays_again(&town).await;
    town.pass(SignedDuration::from_hours(24)).await;
    town.world.parties.wechatpay.switches().set_outage(Outage::Down, None);
    tick(&town).await;
    let finance = finance(&town).await;
    let day = finance.get(DAY).await.expect(200);
    assert_eq!((&day["state"], &day["problem"]), (&json!("open"), &json!("not_ready")), "{day}");
    town.world.parties.wechatpay.switches().set_outage(Outage::None, None);
    town.pass(SignedDuration::from_mins(30)).await;
    tick(&town).await;
    let day = finance.again().await.get(DAY).await.expect(200);
    assert_eq!((&day["state"], day.get("problem")), (&json!("closed"), None), "{day}");
}

#[tokio::test]
async fn a_day_that_is_not_over_or_a_channel_that_is_not_there_cannot_be_matched() {
    let town = Town::empty(1, None).await;
    let finance = finance(&town).await;
    let run = async |channel: &str, day: &str| {
        finance.post("/api/staff/reconciliations", json!({ "channel": channel, "day": day })).await
    };
    assert_eq!(run("wechatpay", "2026-11-23").await.problem(409), "day_not_over");
    assert_eq!(run("paypal", "2026-11-22").await.problem(400), "invalid_request");
    assert_eq!(run("wechatpay", "2026-11-31").await.problem(400), "invalid_request");
    assert_eq!(finance.get(DAY).await.problem(404), "not_found");
    assert_eq!(finance.get("/api/staff/reconciliations/wechatpay/yesterday").await.problem(404), "not_found");
}
