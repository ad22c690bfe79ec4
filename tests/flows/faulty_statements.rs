//! A channel's statement comes in another order, twice, cut, changed or empty: the day gets the right answer, a rerun gives the same
//! again, and once the channel has made it well the day closes.

use heatpay_domain::{Channel, staff::Role};
use heatpay_sandbox::switches::Statements;
use heatpay_tests::town::{CHANNELS, StaffMember, Town, order_by};
use jiff::SignedDuration;
use serde_json::{Value, json};

const DAY: &str = "2026-11-23";

/// 0.60 %.
fn fee(fen: i64) -> i64 {
    (fen * 60 + 5_000) / 10_000
}

async fn tick(town: &Town) {
    town.world.run_due_schedules().await;
    town.settle_down().await;
}

/// One household pays, another one a fen too much, which goes back the same day; a morning later the statement comes as it is
/// switched. Answers finance, and what the fee is.
async fn a_day_and_a_morning(town: &Town, channel: Channel, statements: Statements) -> (StaffMember<'_>, i64) {
    let mut paid = 0;
    for (at, wrong_by) in [(0, 0), (1, 1)] {
        let resident = town.resident_of(at).await;
        let bills = resident.open_bills(town.account(at)).await;
        let order = order_by(channel, town.account(at), &bills);
        let payment = resident.start(order, &format!("paid-by-{at}")).await.expect(201);
        town.money_comes(channel, payment["payment_no"].as_str().expect("a number"), wrong_by);
        town.settle_down().await;
        if wrong_by == 0 {
            paid += payment["amount_fen"].as_i64().expect("an amount");
        }
    }
    for _ in 0..6 {
        town.pass(SignedDuration::from_mins(5)).await;
    }
    town.assert_books_agree().await;
    town.switches(channel).set_statements(statements);
    town.pass(SignedDuration::from_hours(24)).await;
    tick(town).await;
    (town.first_administrator().await.enters("li.si", &[Role::Finance]).await, fee(paid))
}

async fn day(finance: &StaffMember<'_>, channel: Channel) -> Value {
    finance.get(&format!("/api/staff/reconciliations/{}/{DAY}", channel.name())).await.expect(200)
}

async fn cases(finance: &StaffMember<'_>, channel: Channel) -> Vec<Value> {
    let path = format!("/api/staff/reconciliations/{}/{DAY}/cases", channel.name());
    finance.get(&path).await.expect(200)["items"].as_array().expect("a list").clone()
}

/// Finance has the day matched; how it stands then.
async fn match_again(town: &Town, finance: &StaffMember<'_>, channel: Channel, fetch_again: bool) -> Value {
    let wanted = json!({ "channel": channel.name(), "day": DAY, "fetch_again": fetch_again });
    finance.post("/api/staff/reconciliations", wanted).await.expect(202);
    town.settle_down().await;
    day(finance, channel).await
}

/// Closed, two payments and the refund matched, the fee posted once.
#[track_caller]
fn assert_closed(day: &Value, fee: i64) {
    assert_eq!((&day["state"], &day["open_cases"], &day["held"]), (&json!("closed"), &json!(0), &json!(0)), "{day}");
    assert_eq!((&day["payments"]["lines"], &day["payments"]["matched"]), (&json!(2), &json!(2)), "{day}");
    assert_eq!((&day["refunds"]["lines"], &day["refunds"]["matched"]), (&json!(1), &json!(1)), "{day}");
    assert_eq!(day["fee_fen"], fee, "{day}");
}

/// The channel has made the statement well.
async fn made_anew(town: &Town, finance: &StaffMember<'_>, channel: Channel, fee: i64) {
    town.switches(channel).set_statements(Statements::Proper);
    let after = match_again(town, finance, channel, true).await;
    assert_closed(&after, fee);
    assert_eq!(town.audit().await.balances["channel_fee"], fee);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn in_another_order_it_is_the_same_day() {
    for channel in CHANNELS {
        let town = Town::billed().await;
        let (finance, fee) = a_day_and_a_morning(&town, channel, Statements::Shuffled).await;
        let first = day(&finance, channel).await;
        assert_closed(&first, fee);
        let again = match_again(&town, &finance, channel, false).await;
        assert_eq!(first["result_sha256"], again["result_sha256"], "{channel:?}");
        assert_closed(&match_again(&town, &finance, channel, true).await, fee);
        made_anew(&town, &finance, channel, fee).await;
    }
}

#[tokio::test]
async fn cut_or_changed_nothing_of_it_is_used() {
    for channel in CHANNELS {
        let town = Town::billed().await;
        let (finance, fee) = a_day_and_a_morning(&town, channel, Statements::Truncated).await;
        let truncated = day(&finance, channel).await;
        town.switches(channel).set_statements(Statements::WrongHash);
        let changed = match_again(&town, &finance, channel, false).await;
        let again = match_again(&town, &finance, channel, true).await;
        for found in [truncated, changed, again] {
            let at = format!("{channel:?}: {found}");
            assert_eq!((&found["state"], &found["problem"]), (&json!("open"), &json!("bad_file")), "{at}");
            assert_eq!((&found["payments"]["lines"], &found["fee_fen"]), (&json!(0), &json!(0)), "{at}");
            assert!(found.get("result_sha256").is_none(), "{at}");
        }
        assert_eq!(town.audit().await.balances.get("channel_fee"), None);
        // Taken up again by itself, half an hour later.
        town.switches(channel).set_statements(Statements::Proper);
        town.pass(SignedDuration::from_mins(30)).await;
        tick(&town).await;
        assert_closed(&day(&finance.again().await, channel).await, fee);
        town.assert_books_agree().await;
    }
}

#[tokio::test]
async fn told_twice_every_line_too_many_is_named_and_nothing_is_booked_twice() {
    for channel in CHANNELS {
        let town = Town::billed().await;
        let (finance, fee) = a_day_and_a_morning(&town, channel, Statements::Doubled).await;
        let first = day(&finance, channel).await;
        assert_eq!((&first["state"], &first["open_cases"]), (&json!("open"), &json!(3)), "{channel:?}: {first}");
        assert_eq!((&first["differences"]["duplicate"], &first["fee_fen"]), (&json!(3), &json!(fee)), "{first}");
        assert_eq!((&first["payments"]["lines"], &first["payments"]["matched"]), (&json!(4), &json!(2)), "{first}");
        for case in cases(&finance, channel).await {
            assert_eq!((&case["class"], &case["action"]), (&json!("duplicate"), &json!("ask_new_statement")), "{case}");
        }
        let again = match_again(&town, &finance, channel, false).await;
        assert_eq!(first["result_sha256"], again["result_sha256"], "{channel:?}");
        assert_eq!(cases(&finance, channel).await.len(), 3);
        assert_eq!(town.audit().await.balances["channel_fee"], fee);
        made_anew(&town, &finance, channel, fee).await;
        let by_itself = |case: &Value| case["state"] == "resolved" && case.get("resolved_by").is_none();
        assert!(cases(&finance, channel).await.iter().all(by_itself), "{channel:?}");
    }
}

#[tokio::test]
async fn an_empty_statement_of_a_day_with_money_is_held_a_day_and_then_everything_is_missing() {
    for channel in CHANNELS {
        let town = Town::billed().await;
        let (finance, fee) = a_day_and_a_morning(&town, channel, Statements::Empty).await;
        let first = day(&finance, channel).await;
        assert_eq!((&first["state"], &first["held"]), (&json!("open"), &json!(3)), "{channel:?}: {first}");
        assert_eq!((&first["payments"]["lines"], &first["open_cases"]), (&json!(0), &json!(0)), "{first}");
        let again = match_again(&town, &finance, channel, false).await;
        assert_eq!(first["result_sha256"], again["result_sha256"], "{channel:?}");

        // Two mornings on every channel has said that nothing happened on the day after.
        for _ in 0..2 {
            town.pass(SignedDuration::from_hours(24)).await;
            tick(&town).await;
            town.pass(SignedDuration::from_mins(15)).await;
            tick(&town).await;
        }
        let finance = finance.again().await;
        let missing = day(&finance, channel).await;
        assert_eq!((&missing["held"], &missing["open_cases"]), (&json!(0), &json!(3)), "{channel:?}: {missing}");
        assert_eq!(missing["differences"]["ours_only"], 3);
        made_anew(&town, &finance, channel, fee).await;
    }
}
