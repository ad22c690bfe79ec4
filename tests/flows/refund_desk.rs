//! The desk decides about what the channel did not pay out.

use crate::staff_refunds::{Desk, REFUNDS, minutes, pays, wanted};
use heatpay_domain::ledger::LedgerAccount;
use heatpay_sandbox::{switches::Outage, wechatpay::RefundOutcome};
use heatpay_tests::town::Town;
use serde_json::{Value, json};

#[tokio::test]
async fn an_unknown_outcome_is_asked_about_under_the_same_number() {
    for outage in [Outage::Down, Outage::BreaksBefore, Outage::BreaksAfter] {
        let town = Town::billed().await;
        let desk = Desk::of(&town).await;
        let (_, payment) = pays(&town).await;
        let refund_no = desk.asked(wanted(&town, &payment, "reopen", 223_800), "broken-off").await;
        town.world.parties.wechatpay.switches().set_outage(outage, Some(1));
        desk.approve(&refund_no).await;
        minutes(&town, 8).await;
        let done = desk.shown(&refund_no).await;
        assert_eq!((&done["status"], &done["attempt"]), (&json!("succeeded"), &json!(1)), "{outage:?}");
        town.assert_books_agree().await;
    }
}

#[tokio::test]
async fn what_the_channel_closed_waits_at_the_desk_and_goes_out_under_another_number() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 100), "closed-there").await;
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Closed);
    desk.approve(&refund_no).await;
    minutes(&town, 3).await;
    assert_eq!(desk.in_status("failed").await, [refund_no.as_str()]);
    // What was set aside stays set aside until somebody decides.
    let over = desk.ask(wanted(&town, &payment, "reopen", 223_800), "more-than-left").await;
    assert_eq!(over.problem(409), "over_refund");
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Success);
    desk.approves.post(&format!("{REFUNDS}/{refund_no}/retry"), Value::Null).await.expect(200);
    minutes(&town, 4).await;
    let done = desk.shown(&refund_no).await;
    assert_eq!((&done["status"], &done["attempt"]), (&json!("succeeded"), &json!(2)));
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_is_given_up_stays_with_the_payment() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 100), "given-up").await;
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Closed);
    desk.approve(&refund_no).await;
    minutes(&town, 3).await;
    let path = format!("{REFUNDS}/{refund_no}/give-up");
    desk.approves.post(&path, json!({ "reason": "用户撤回申请" })).await.expect(200);
    minutes(&town, 1).await;
    assert_eq!(desk.shown(&refund_no).await["status"], "declined");
    desk.asked(wanted(&town, &payment, "reopen", 223_800), "all-of-it-after-all").await;
    town.assert_books_agree().await;
}

#[tokio::test]
async fn what_a_card_cannot_take_is_asked_about_again_or_paid_another_way_by_two_persons() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Abnormal);
    let refund_no = desk.asked(wanted(&town, &payment, "reopen", 223_800), "card-is-gone").await;
    desk.approve(&refund_no).await;
    minutes(&town, 3).await;
    assert_eq!(desk.in_status("abnormal").await, [refund_no.as_str()]);
    desk.approves.post(&format!("{REFUNDS}/{refund_no}/retry"), Value::Null).await.expect(200);
    minutes(&town, 1).await;
    let asked = desk.shown(&refund_no).await;
    assert_eq!((&asked["status"], &asked["attempt"]), (&json!("abnormal"), &json!(1)), "no second number");

    let path = format!("{REFUNDS}/{refund_no}/paid-otherwise");
    assert_eq!(desk.approves.post(&format!("{path}/confirm"), Value::Null).await.problem(409), "refund_status");
    let tomorrow = json!({ "voucher_no": "20261124-0031", "paid_on": "2026-11-24", "note": "网银转账" });
    assert_eq!(desk.asks.post(&path, tomorrow).await.problem(422), "not_paid_yet");
    let voucher = json!({ "voucher_no": "20261123-0031", "paid_on": "2026-11-23", "note": "网银转账至尾号 6688" });
    desk.asks.post(&path, voucher).await.expect(200);
    assert_eq!(desk.asks.post(&format!("{path}/confirm"), Value::Null).await.problem(403), "same_person");
    let done = desk.approves.post(&format!("{path}/confirm"), Value::Null).await.expect(200);
    assert_eq!(done["status"], "paid_otherwise");
    minutes(&town, 1).await;
    let audit = town.audit().await;
    assert_eq!(audit.differences, Vec::<String>::new());
    assert_eq!(audit.balances[LedgerAccount::Bank.name()], -223_800);
    assert_eq!(audit.clearing_fen, 223_800, "the channel still holds it");
}

#[tokio::test]
async fn a_stray_that_the_channel_closed_stands_in_the_same_list_and_is_never_given_up() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (_, payment) = pays(&town).await;
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Closed);
    town.world.parties.wechatpay.pay_again(payment["payment_no"].as_str().expect("a number")).expect("money");
    minutes(&town, 3).await;
    let failed = desk.in_status("failed").await;
    assert_eq!(failed.len(), 1);
    let path = format!("{REFUNDS}/{}", failed[0]);
    let because = json!({ "reason": "不退了" });
    assert_eq!(desk.approves.post(&format!("{path}/give-up"), because).await.problem(409), "not_ours");
    let of_household = desk.approves.get(&format!("{REFUNDS}?account_no={}", town.account(0))).await.expect(200);
    assert_eq!(of_household["items"][0]["reason"], "paid_twice");
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Success);
    desk.approves.post(&format!("{path}/retry"), Value::Null).await.expect(200);
    minutes(&town, 4).await;
    assert_eq!(desk.shown(&failed[0]).await["status"], "succeeded");
    town.assert_books_agree().await;
}
