//! The other third parties do not answer: what a resident was promised comes later, and once.

use crate::{
    crashes::{Dies, Moment},
    stories::time_goes_by,
};
use heatpay_domain::Channel;
use heatpay_sandbox::switches::Outage;
use heatpay_tests::town::{Answer, Town};
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

const OUTAGES: [Outage; 3] = [Outage::Down, Outage::BreaksBefore, Outage::BreaksAfter];

/// A week before the last day to pay: the first reminder goes out.
const FIRST_REMINDER: SignedDuration = SignedDuration::from_hours(32 * 24);

/// Household `at` pays all it owes and asks for the invoice; the openid of who asked, and the invoice's number.
async fn ask_for_invoice(town: &Town, at: usize) -> (String, String) {
    let resident = town.resident_of(at).await;
    let payment = resident.start_paying_all(town.account(at), "paid-for-an-invoice").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let body = json!({ "payment_no": payment["payment_no"], "title": { "name": "林晓晨" } });
    let invoice = resident.post("/api/invoices", body).await.expect(201);
    town.settle_down().await;
    (resident.openid.expect("he came through WeChat"), invoice["invoice_no"].as_str().expect("a number").to_owned())
}

/// How the invoice stands for who asked for it.
async fn invoice_status(town: &Town, (openid, number): &(String, String)) -> Value {
    town.person(openid).await.get(&format!("/api/invoices/{number}")).await.expect(200)["status"].clone()
}

/// Each was issued, and the platform holds no other.
async fn assert_issued_once(town: &Town, asked: &[(String, String)]) {
    for invoice in asked {
        assert_eq!(invoice_status(town, invoice).await, "issued", "{invoice:?}");
    }
    let cards = town.world.parties.baiwang.invoices().expect("invoices");
    let mut held: Vec<_> = cards.iter().map(|card| (card.order_no.as_str(), card.status.as_str())).collect();
    let mut wanted: Vec<_> = asked.iter().map(|(_, number)| (number.as_str(), "01")).collect();
    held.sort_unstable();
    wanted.sort_unstable();
    assert_eq!(held, wanted);
}

#[tokio::test]
async fn an_invoice_comes_once_although_its_order_broke_off() {
    let town = Town::billed().await;
    let switches = town.world.parties.baiwang.switches();
    // The first fetches the access token: the outages meet the orders themselves.
    let mut asked = vec![ask_for_invoice(&town, 0).await];
    for (at, outage) in (1..).zip(OUTAGES) {
        switches.set_outage(outage, Some(1));
        asked.push(ask_for_invoice(&town, at).await);
        assert_eq!(switches.read().outage, Outage::None, "{outage:?} was met");
    }
    town.pass_hours(2).await;
    assert_issued_once(&town, &asked).await;
}

#[tokio::test]
async fn an_invoice_comes_once_after_hours_without_the_platform() {
    for outage in OUTAGES {
        let town = Town::billed().await;
        let switches = town.world.parties.baiwang.switches();
        let mut asked = vec![ask_for_invoice(&town, 0).await];
        town.pass_hours(1).await;
        switches.set_outage(outage, None);
        asked.push(ask_for_invoice(&town, 1).await);
        town.pass_hours(5).await;
        let waiting = invoice_status(&town, &asked[1]).await;
        assert!(waiting == "requested" || waiting == "issuing", "{outage:?}: {waiting}");
        switches.set_outage(Outage::None, None);
        town.pass_hours(2).await;
        assert_issued_once(&town, &asked).await;
    }
}

/// Both inboxes: SMS and WeChat.
fn messages(town: &Town) -> (usize, usize) {
    let parties = &town.world.parties;
    (parties.aliyun_sms.inbox().expect("an inbox").len(), parties.weixin.inbox().expect("an inbox").len())
}

#[tokio::test]
async fn who_paid_too_much_is_told_once_that_it_came_back_although_the_step_that_says_so_died() {
    for moment in [Moment::Before, Moment::After] {
        let town = Town::billed().await;
        let resident = town.resident_of(0).await;
        let secret = town.world.parties.secret("WeixinSecret").expect("an account");
        let template = secret["templates"]["refund_paid_out"].as_str().expect("a template");
        resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
        let openid = resident.openid.as_deref().expect("he came through WeChat");
        town.world.parties.weixin.grant(openid, template).expect("the sandbox answers");
        let payment = resident.start_paying_all(town.account(0), "a-fen-too-much").await;
        let dies = Dies::new("refund-execute", "sns `Publish` | Publish payment-events".to_owned(), 0, moment);
        *town.world.fault.write().expect("nobody panicked") = Some(dies.clone());
        town.money_comes(Channel::Wechatpay, payment["payment_no"].as_str().expect("a number"), 1);
        time_goes_by(&town).await;
        assert!(dies.is_dead(), "{moment:?}");
        assert_eq!(town.world.parties.weixin.inbox().expect("an inbox").len(), 1, "{moment:?}");
    }
}

#[tokio::test]
async fn a_reminder_by_sms_comes_once_although_its_sending_broke_off() {
    for outage in OUTAGES {
        let town = Town::of_size(1).await;
        let switches = town.world.parties.aliyun_sms.switches();
        switches.set_outage(outage, Some(1));
        town.pass(FIRST_REMINDER).await;
        town.pass_hours(1).await;
        assert_eq!(switches.read().outage, Outage::None, "{outage:?} was met");
        assert_eq!(messages(&town), (1, 0), "{outage:?}");
    }
}

#[tokio::test]
async fn a_reminder_by_sms_comes_once_after_hours_without_the_provider() {
    for outage in OUTAGES {
        let town = Town::of_size(1).await;
        let switches = town.world.parties.aliyun_sms.switches();
        switches.set_outage(outage, None);
        town.pass(FIRST_REMINDER).await;
        town.pass_hours(3).await;
        assert_eq!(messages(&town).0, usize::from(outage == Outage::BreaksAfter), "{outage:?}: while it lasts");
        switches.set_outage(Outage::None, None);
        town.pass_hours(3).await;
        assert_eq!(messages(&town), (1, 0), "{outage:?}: after it");
    }
}

#[tokio::test]
async fn who_granted_a_message_is_reminded_once_although_wechat_is_down() {
    for outage in OUTAGES {
        let town = Town::of_size(1).await;
        let resident = town.resident_of(0).await;
        let secret = town.world.parties.secret("WeixinSecret").expect("an account");
        let template = secret["templates"]["payment_due"].as_str().expect("a template");
        resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
        town.world.parties.weixin.grant(resident.openid.as_deref().expect("an openid"), template).expect("a sandbox");
        town.world.parties.weixin.switches().set_outage(outage, None);
        town.pass(FIRST_REMINDER).await;
        town.pass_hours(3).await;
        town.world.parties.weixin.switches().set_outage(Outage::None, None);
        town.pass_hours(3).await;
        let (sms, weixin) = messages(&town);
        assert_eq!(sms + weixin, 1, "{outage:?}: {sms} by SMS, {weixin} by WeChat");
    }
}

async fn ask_for_code(town: &Town, phone: &str) -> Answer {
    town.call(Method::POST, "/api/session/sms-codes", None, Some(json!({ "phone": phone })), &[]).await
}

/// Signs in with the code that the phone got last.
async fn sign_in_by_sms(town: &Town, phone: &str) -> Answer {
    let inbox = town.world.parties.aliyun_sms.inbox().expect("an inbox");
    let code: String = inbox[0].text.chars().filter(char::is_ascii_digit).take(6).collect();
    town.call(Method::POST, "/api/session/sms", None, Some(json!({ "phone": phone, "code": code })), &[]).await
}

#[tokio::test]
async fn a_code_that_came_although_the_provider_broke_off_is_good() {
    let town = Town::empty(1, None).await;
    town.world.parties.aliyun_sms.switches().set_outage(Outage::BreaksAfter, Some(1));
    ask_for_code(&town, "13800005678").await.expect(202);
    assert_eq!(messages(&town), (1, 0));
    sign_in_by_sms(&town, "13800005678").await.expect(200);
}

#[tokio::test]
async fn a_code_that_did_not_come_can_be_asked_for_again_in_a_minute() {
    for outage in [Outage::Down, Outage::BreaksBefore] {
        let town = Town::empty(1, None).await;
        town.world.parties.aliyun_sms.switches().set_outage(outage, Some(1));
        // Nobody knows whether it was sent.
        ask_for_code(&town, "13800005678").await.expect(202);
        assert_eq!(messages(&town), (0, 0));
        town.pass(SignedDuration::from_mins(1)).await;
        ask_for_code(&town, "13800005678").await.expect(202);
        sign_in_by_sms(&town, "13800005678").await.expect(200);
    }
}

#[tokio::test]
async fn while_wechat_does_not_answer_nobody_signs_in_and_then_he_does() {
    for outage in OUTAGES {
        let town = Town::empty(1, None).await;
        let weixin = &town.world.parties.weixin;
        let sign_in = async |code: &str| {
            town.call(Method::POST, "/api/session/weixin", None, Some(json!({ "code": code })), &[]).await
        };
        weixin.switches().set_outage(outage, None);
        let code = weixin.mint_login_code("oAnna").expect("a code");
        let answer = sign_in(&code).await;
        assert!(answer.headers.contains_key("retry-after"), "{outage:?}");
        assert_eq!(answer.problem(503), "weixin_unavailable", "{outage:?}");
        weixin.switches().set_outage(Outage::None, None);
        // A code is good once, and WeChat may have taken it; the mini-program gets another whenever it likes.
        match outage {
            Outage::BreaksAfter => assert_eq!(sign_in(&code).await.problem(422), "login_code_invalid"),
            Outage::None | Outage::Down | Outage::BreaksBefore => drop(sign_in(&code).await.expect(200)),
        }
        let another = weixin.mint_login_code("oAnna").expect("a code");
        sign_in(&another).await.expect(200);
    }
}
