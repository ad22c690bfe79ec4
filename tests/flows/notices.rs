//! The late are reminded, each stage once; who wants no reminders gets only what the law wants told.

use crate::staff_refunds::{Desk, minutes, pays, wanted};
use heatpay_domain::Channel;
use heatpay_sandbox::switches::Callbacks;
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::json;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// A week before the last day (2026-12-31), the day after it, and a fortnight after it: at ten in the morning.
const STAGES: [i32; 3] = [32, 8, 14];

/// What was sent by SMS and by WeChat, after each stage's day.
async fn sent_by_stage(town: &Town) -> Vec<(usize, usize)> {
    let mut sent = Vec::new();
    for days in STAGES {
        town.pass(DAY * days).await;
        town.pass_hours(1).await;
        let (sms, weixin) = (town.world.parties.aliyun_sms.inbox(), town.world.parties.weixin.inbox());
        sent.push((sms.expect("an inbox").len(), weixin.expect("an inbox").len()));
    }
    sent
}

async fn choose(resident: &Resident<'_>, account: &str, reminders: bool) {
    let path = format!("/api/households/{account}/notices");
    resident.put(&path, json!({ "reminders": reminders })).await.expect(204);
    let home = resident.get(&format!("/api/households/{account}/home")).await.expect(200);
    assert_eq!(home["notices"]["reminders"], reminders);
}

fn template(town: &Town, name: &str) -> String {
    let secret = town.world.parties.secret("WeixinSecret").expect("an account");
    secret["templates"][name].as_str().expect("a template").to_owned()
}

/// He agreed to one message of that template.
async fn agrees(town: &Town, resident: &Resident<'_>, template: &str) {
    resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
    let openid = resident.openid.as_deref().expect("he came through WeChat");
    town.world.parties.weixin.grant(openid, template).expect("a sandbox");
}

#[tokio::test]
async fn a_household_that_owes_is_reminded_once_a_stage() {
    let town = Town::of_size(1).await;
    assert_eq!(sent_by_stage(&town).await, [(1, 0), (2, 0), (3, 0)]);
}

#[tokio::test]
async fn a_household_that_paid_is_not_reminded() {
    let town = Town::of_size(1).await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "paid-in-time").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    assert_eq!(sent_by_stage(&town).await, [(0, 0), (0, 0), (0, 0)]);
}

#[tokio::test]
async fn who_declined_gets_the_last_notice_alone() {
    let town = Town::of_size(1).await;
    choose(&town.resident_of(0).await, town.account(0), false).await;
    assert_eq!(sent_by_stage(&town).await, [(0, 0), (0, 0), (1, 0)]);
    let last = &town.world.parties.aliyun_sms.inbox().expect("an inbox")[0].text;
    assert!(last.contains("催缴通知"), "{last}");
}

#[tokio::test]
async fn who_changes_his_mind_is_reminded_again() {
    let town = Town::of_size(1).await;
    let resident = town.resident_of(0).await;
    choose(&resident, town.account(0), false).await;
    choose(&resident, town.account(0), true).await;
    assert_eq!(sent_by_stage(&town).await[0], (1, 0));
}

#[tokio::test]
async fn who_agreed_once_gets_one_message_in_wechat_and_then_sms() {
    let town = Town::of_size(1).await;
    let resident = town.resident_of(0).await;
    agrees(&town, &resident, &template(&town, "payment_due")).await;
    assert_eq!(sent_by_stage(&town).await, [(0, 1), (1, 1), (2, 1)]);
}

#[tokio::test]
async fn who_agreed_is_told_once_that_his_money_came_back() {
    let town = Town::billed().await;
    let desk = Desk::of(&town).await;
    let (resident, payment) = pays(&town).await;
    let template = template(&town, "refund_paid_out");
    agrees(&town, &resident, &template).await;
    let refund_no = desk.asked(wanted(&town, &payment, "write_down", 70_000), "too-much").await;
    minutes(&town, 1).await;
    let inbox = || town.world.parties.weixin.inbox().expect("an inbox");
    assert!(inbox().is_empty(), "nothing has come back");
    // The channel says it twice.
    town.switches(Channel::Wechatpay).set_callbacks(Callbacks::Double);
    desk.approve(&refund_no).await;
    minutes(&town, 5).await;
    let told = inbox();
    let [card] = told.as_slice() else { panic!("told once, not {}", told.len()) };
    assert_eq!(card.template_id, template);
    let said: Vec<_> = card.lines.iter().map(|(caption, value)| (caption.as_str(), value.as_str())).collect();
    assert_eq!(said[..2], [("户号", town.account(0)), ("退款金额", "700.00元")]);
}

#[tokio::test]
async fn only_our_templates_can_be_granted_and_each_once() {
    let town = Town::empty(1, None).await;
    let resident = town.somebody().await;
    let ours = template(&town, "payment_due");
    let grant = |ids: serde_json::Value| resident.post("/api/notices/grants", json!({ "template_ids": ids }));
    assert_eq!(grant(json!(["another"])).await.problem(422), "unknown_template");
    assert_eq!(grant(json!([])).await.problem(400), "invalid_request");
    assert_eq!(grant(json!([ours, ours])).await.problem(400), "invalid_request");
}

#[tokio::test]
async fn who_came_by_sms_has_no_messages_of_wechat_to_grant() {
    let town = Town::empty(1, None).await;
    let phone = "13800005678";
    let call = |path: &'static str, body| town.call(Method::POST, path, None, Some(body), &[]);
    call("/api/session/sms-codes", json!({ "phone": phone })).await.expect(202);
    let text = town.world.parties.aliyun_sms.inbox().expect("an inbox")[0].text.clone();
    let code: String = text.chars().filter(char::is_ascii_digit).take(6).collect();
    let session = call("/api/session/sms", json!({ "phone": phone, "code": code })).await.expect(200);
    let body = json!({ "template_ids": [template(&town, "payment_due")] });
    let token = session["access_token"].as_str();
    let answer = town.call(Method::POST, "/api/notices/grants", token, Some(body), &[]).await;
    assert_eq!(answer.problem(422), "weixin_sign_in_needed");
}

#[tokio::test]
async fn who_is_no_longer_bound_chooses_nothing() {
    let town = Town::of_size(1).await;
    let resident = town.resident_of(0).await;
    let path = format!("/api/households/{}", town.account(0));
    resident.delete(&path).await.expect(200);
    // His old token still names the household.
    let choice = resident.put(&format!("{path}/notices"), json!({ "reminders": false })).await;
    assert_eq!(choice.problem(403), "household_not_bound");
}
