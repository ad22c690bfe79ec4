//! The next morning at Alipay and at UnionPay: a ZIP of tables in GBK, and a settlement file of fixed width within zlib and ZIP. Of one
//! day: a payment, a part given back by staff, a wrong sum that goes back at once (UnionPay undoes it), money that nobody told us of,
//! money that only we have, and money we were told another amount of.

use crate::staff_refunds::{Desk, minutes, wanted};
use heatpay_domain::{Channel, EvidenceSource};
use heatpay_sandbox::switches::{Callbacks, Outage};
use heatpay_tests::town::{StaffMember, Town, order_by};
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Of 1.00 yuan that came for nobody's order we were told 0.99.
const STRAY: i64 = 100;

/// What we were told of, and the channel has not.
const TOLD_BY_NOBODY: i64 = 5_000;

/// What staff gives back.
const GIVEN_BACK: i64 = 70_000;

/// 0.60 %.
fn fee(fen: i64) -> i64 {
    (fen * 60 + 5_000) / 10_000
}

fn path(channel: Channel) -> String {
    format!("/api/staff/reconciliations/{}/2026-11-23", channel.name())
}

async fn order(town: &Town, channel: Channel, at: usize) -> Value {
    let resident = town.resident_of(at).await;
    let bills = resident.open_bills(town.account(at)).await;
    resident.start(order_by(channel, town.account(at), &bills), &format!("order-of-{at}")).await.expect(201)
}

fn payment_no(payment: &Value) -> &str {
    payment["payment_no"].as_str().expect("a number")
}

/// What that day was.
struct Day<'a> {
    desk: Desk<'a>,
    /// Nobody told us that it is paid.
    unheard: Value,
    unheard_txn: String,
    /// What the channel keeps.
    fee: i64,
}

/// The day, until the morning after, before anything is looked at.
async fn a_day(town: &Town, channel: Channel) -> Day<'_> {
    let desk = Desk::of(town).await;
    let paid = order(town, channel, 0).await;
    town.money_comes(channel, payment_no(&paid), 0);
    town.settle_down().await;
    let refund_no = desk.asked(wanted(town, &paid, "write_down", GIVEN_BACK), "too-much").await;
    desk.approve(&refund_no).await;
    let wrong = order(town, channel, 1).await;
    town.money_comes(channel, payment_no(&wrong), 1);
    minutes(town, 8).await;
    town.assert_books_agree().await;

    let unheard = order(town, channel, 2).await;
    let switches = town.switches(channel);
    switches.set_callbacks(Callbacks::Drop);
    switches.set_outage(Outage::Down, None);
    let unheard_txn = town.money_comes(channel, payment_no(&unheard), 0);
    let stray_txn = town.stray_money_comes(channel, STRAY);
    town.is_told_by(channel, &stray_txn, STRAY - 1).await;
    town.is_told_by(channel, "2026112300000000000001", TOLD_BY_NOBODY).await;
    town.pass(SignedDuration::from_hours(24)).await;
    switches.set_callbacks(Callbacks::Normal);
    switches.set_outage(Outage::None, None);
    let amount = |payment: &Value| payment["amount_fen"].as_i64().expect("an amount");
    let fee = fee(amount(&paid)) - fee(GIVEN_BACK) + fee(amount(&unheard)) + fee(STRAY);
    Day { desk, unheard, unheard_txn, fee }
}

async fn day(finance: &StaffMember<'_>, channel: Channel) -> Value {
    finance.get(&path(channel)).await.expect(200)
}

async fn tick(town: &Town) {
    town.world.run_due_schedules().await;
    town.settle_down().await;
}

async fn is_matched_to_the_last_line(channel: Channel) {
    let town = Town::billed().await;
    let Day { desk, unheard, unheard_txn, fee } = a_day(&town, channel).await;
    // The statement is read before anybody asks the channel about what is open.
    town.world.run_schedule("reconcile").await.expect("the queue takes it");
    town.only_handles(&["reconcile", "payment-settle"]).await;
    let books = town.books().await;
    let receipt = books.receipts.iter().find(|receipt| receipt.channel_txn == unheard_txn).expect("received");
    assert_eq!(receipt.source, EvidenceSource::Statement);
    assert!(receipt.outcome.is_settled(), "{:?}", receipt.outcome);
    let paid = books.payments.iter().find(|payment| payment.payment_no.as_str() == payment_no(&unheard));
    assert_eq!(paid.expect("it").status.name(), "paid");

    let finance = desk.approves.again().await;
    let first = day(&finance, channel).await;
    let stands = (&first["state"], &first["to_settle"], &first["held"], &first["open_cases"]);
    assert_eq!(stands, (&json!("open"), &json!(1), &json!(1), &json!(1)), "{first}");
    assert_eq!((&first["payments"]["lines"], &first["payments"]["matched"]), (&json!(4), &json!(2)), "{first}");
    assert_eq!((&first["refunds"]["lines"], &first["refunds"]["matched"]), (&json!(2), &json!(2)), "{first}");
    let differences = json!({ "channel_only": 1, "ours_only": 0, "amount_differs": 1, "duplicate": 0 });
    assert_eq!((&first["differences"], &first["fee_fen"]), (&differences, &json!(fee)), "{first}");
    assert_eq!(town.audit().await.balances["channel_fee"], fee);

    // Half an hour later the money is among the matched, and no fee is posted twice.
    town.pass(SignedDuration::from_mins(30)).await;
    tick(&town).await;
    let finance = finance.again().await;
    let settled = day(&finance, channel).await;
    assert_eq!((&settled["to_settle"], &settled["payments"]["matched"]), (&json!(0), &json!(3)), "{settled}");
    assert_eq!(town.audit().await.balances["channel_fee"], fee);

    // Two mornings on, every channel has said all of the day after: what is in neither statement is missing.
    for _ in 0..2 {
        town.pass(SignedDuration::from_hours(24)).await;
        tick(&town).await;
        town.pass(SignedDuration::from_mins(15)).await;
        tick(&town).await;
    }
    let finance = finance.again().await;
    let last = day(&finance, channel).await;
    assert_eq!((&last["held"], &last["open_cases"], &last["state"]), (&json!(0), &json!(2), &json!("open")), "{last}");
    let mut found = Vec::new();
    for case in finance.get(&format!("{}/cases", path(channel))).await.expect(200)["items"].as_array().expect("a list")
    {
        found.push((case["class"].clone(), case["our_fen"].clone(), case["channel_fen"].clone()));
        let resolution = format!("{}/cases/{}/resolution", path(channel), case["case_no"].as_str().expect("a number"));
        finance.post(&resolution, json!({ "reason": "已与渠道核对凭证" })).await.expect(200);
    }
    found.sort_by_key(|(class, ..)| class.to_string());
    let differs = (json!("amount_differs"), json!(STRAY - 1), json!(STRAY));
    assert_eq!(found, [differs, (json!("ours_only"), json!(TOLD_BY_NOBODY), Value::Null)]);
    let closed = day(&finance, channel).await;
    assert_eq!(closed["state"], "closed");
    let wanted = json!({ "channel": channel.name(), "day": "2026-11-23" });
    finance.post("/api/staff/reconciliations", wanted).await.expect(202);
    town.settle_down().await;
    let again = day(&finance, channel).await;
    assert_eq!((&again["state"], &again["result_sha256"]), (&closed["state"], &closed["result_sha256"]));
    assert_eq!(town.audit().await.differences, Vec::<String>::new());
}

#[tokio::test]
async fn a_day_at_alipay_is_matched_to_the_last_line() {
    is_matched_to_the_last_line(Channel::Alipay).await;
}

#[tokio::test]
async fn a_day_at_unionpay_is_matched_to_the_last_line() {
    is_matched_to_the_last_line(Channel::Unionpay).await;
}
