//! A role is exactly what its function needs: on a walk through all flows every permission is used, and one that is taken away
//! is missed.

use crate::counter::money_comes_over_the_counter;
use heatpay_domain::{AccountNo, masking::mask_name, staff::Role};
use heatpay_sandbox::{baiwang::Issuing, switches::Callbacks, wechatpay::RefundOutcome};
use heatpay_tests::{
    repository,
    town::{PASSWORD, Resident, StaffMember, Town},
};
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PHONE: &str = "13800005678";

#[tokio::test]
async fn every_permission_is_used_by_some_flow() {
    let town = Town::billed().await;
    people_come_and_go(&town).await;
    a_resident_looks_around_pays_and_gets_an_invoice(&town).await;
    payments_go_astray(&town).await;
    money_comes_twice(&town).await;
    the_late_are_reminded(&town).await;
    a_fault_is_reported(&town).await;
    let mut first = staff_come_and_go(&town).await;
    money_comes_over_the_counter(&town, &first).await;
    staff_gives_back(&town, &mut first).await;
    town.assert_books_agree().await;
    let city = a_slice_of_the_roster_has_more_than_a_page().await;
    let morning = Town::billed().await;
    crate::reconciliation::refunds_are_unheard_of(&morning).await;
    let ahead = crate::prepayments::a_bill_has_drawn().await;
    let mut never = unused(&town);
    for other in [&city, &morning, &ahead] {
        never = never.intersection(&unused(other)).cloned().collect();
    }
    let unused: Vec<String> = never.into_iter().collect();
    assert!(unused.is_empty(), "\n{}\n", unused.join("\n"));
}

fn unused(town: &Town) -> BTreeSet<String> {
    let roles = town.world.roles.iter();
    let unused = roles.flat_map(|(function, role)| role.unused().into_iter().map(move |grant| (function, grant)));
    unused.map(|(function, grant)| format!("{function}: no flow needs {grant}")).collect()
}

/// A billing run takes the roster in eight slices, a hundred households at a time.
async fn a_slice_of_the_roster_has_more_than_a_page() -> Town {
    let mut city = Town::empty(1, None).await;
    let first = city.households[0].clone();
    for number in 1..=8 * 100 {
        let mut next = first.clone();
        next.household.account_no = AccountNo::parse(format!("2{number:09}")).expect("an account number");
        city.households.push(next);
    }
    city.bill().await;
    assert_eq!(city.books().await.bills.len(), 8 * 100 + 1);
    city
}

/// Signing in both ways, going on, binding, choosing, unbinding, signing out, leaving for good.
async fn people_come_and_go(town: &Town) {
    let mut resident = town.resident_of(3).await;
    let account = town.account(3);
    let households = resident.get("/api/households").await.expect(200);
    assert_eq!(households["households"][0]["holder"], mask_name(&town.households[3].household.holder));
    resident.put(&format!("/api/households/{account}/notices"), json!({ "reminders": false })).await.expect(204);
    let template = &town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_due"];
    resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
    let left = resident.delete(&format!("/api/households/{account}")).await.expect(200);
    resident.token = left["access_token"].as_str().expect("a token").to_owned();

    let session = json!({ "refresh_token": resident.refresh_token });
    let next = town.call(Method::POST, "/api/session/refresh", None, Some(session), &[]).await.expect(200);
    let session = json!({ "refresh_token": next["refresh_token"] });
    town.call(Method::DELETE, "/api/session", None, Some(session), &[]).await.expect(204);

    let ask = json!({ "phone": PHONE });
    town.call(Method::POST, "/api/session/sms-codes", None, Some(ask), &[]).await.expect(202);
    let inbox = town.world.parties.aliyun_sms.inbox().expect("an inbox");
    let code: String = inbox[0].text.chars().filter(char::is_ascii_digit).take(6).collect();
    let signing_in = json!({ "phone": PHONE, "code": code });
    let session = town.call(Method::POST, "/api/session/sms", None, Some(signing_in), &[]).await.expect(200);
    let token = session["access_token"].as_str();
    town.call(Method::GET, "/api/account", token, None, &[]).await.expect(200);
    town.call(Method::DELETE, "/api/account", token, None, &[]).await.expect(204);
}

/// An administrator comes in and enters somebody, who signs in, goes on and out, is changed and reset; the log is read.
async fn staff_come_and_go(town: &Town) -> StaffMember<'_> {
    let first = town.first_administrator().await;
    let person = first.enters("zhang.san", &[Role::Finance]).await;
    person.refresh().await.expect(200);
    first.get("/api/staff/members").await.expect(200);
    let object = format!("object=staff%23{}", person.staff_no);
    for which in ["day=2026-11-23", &format!("staff_no={}", first.staff_no), &object] {
        person.get(&format!("/api/staff/operations?{which}")).await.expect(200);
    }
    person.get(&format!("/api/staff/operations/verification?staff_no={}", first.staff_no)).await.expect(200);
    let shown = json!({ "refresh_token": person.refresh_token });
    town.call(Method::DELETE, "/api/staff/session", None, Some(shown), &[]).await.expect(204);
    town.pass(SignedDuration::from_mins(1)).await;
    person.sign_in(PASSWORD).await.expect(200);
    first.post(&format!("/api/staff/members/{}/reset", person.staff_no), Value::Null).await.expect(200);
    first
}

/// A payment with an issued invoice: two parts of it are asked for, one is declined, one goes out; another is closed at the channel,
/// and paid another way.
async fn staff_gives_back(town: &Town, first: &mut StaffMember<'_>) {
    let resident = town.resident_of(5).await;
    let account = town.account(5);
    let payment = resident.start_paying_all(account, "goes-back-in-part").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let title = json!({ "payment_no": payment["payment_no"], "title": {} });
    resident.post("/api/invoices", title).await.expect(201);
    town.pass_hours(1).await;
    let session = first.sign_in(PASSWORD).await.expect(200);
    first.token = session["access_token"].as_str().expect("a token").to_owned();
    let asks = first.enters("li.na", &[Role::Billing]).await;
    let second = first.enters("zhao.min", &[Role::Finance]).await;
    let third = first.enters("sun.li", &[Role::Finance]).await;
    let booked = town.books().await.payments;
    let paid = booked.iter().find(|paid| payment["payment_no"] == paid.payment_no.as_str()).expect("it");
    let bill_no = paid.allocations[0].bill_no.clone();
    let mut numbers = Vec::new();
    for key in ["first-part", "second-part", "third-part"] {
        let body = json!({
            "payment_no": payment["payment_no"], "kind": "write_down", "reason": "billed_too_much",
            "parts": [{ "bill_no": bill_no, "principal_fen": 1000, "late_fee_fen": 0 }],
        });
        let headers = [("idempotency-key", key)];
        let asked = town.call(Method::POST, "/api/staff/refunds", Some(&asks.token), Some(body), &headers).await;
        numbers.push(asked.expect(201)["refund_no"].as_str().expect("a number").to_owned());
    }
    let days = json!({
        "payment_no": payment["payment_no"], "kind": "write_down", "reason": "standby",
        "standby": { "bill_no": bill_no, "from": "2026-12-01", "until": "2026-12-01" },
    });
    let headers = [("idempotency-key", "by-the-day")];
    town.call(Method::POST, "/api/staff/refunds", Some(&asks.token), Some(days), &headers).await;
    second.get("/api/staff/refunds?status=requested").await.expect(200);
    second.get("/api/staff/refunds?status=succeeded").await.expect(200);
    second.get(&format!("/api/staff/refunds?account_no={account}")).await.expect(200);
    let books = town.books().await;
    let stray = books.refunds.iter().find(|one| one.claim.is_none() && one.account_no.is_some()).expect("paid twice");
    second.get(&format!("/api/staff/refunds/{}", stray.refund_no)).await.expect(200);
    let path = |at: usize, what: &str| format!("/api/staff/refunds/{}/{what}", numbers[at]);
    second.post(&path(0, "decline"), json!({ "reason": "重复申请" })).await.expect(200);
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Closed);
    second.post(&path(1, "approve"), Value::Null).await.expect(200);
    for _ in 0..8 {
        town.pass(SignedDuration::from_mins(1)).await;
    }
    let voucher = json!({ "voucher_no": "20261123-0031", "paid_on": "2026-11-23", "note": "网银转账" });
    second.post(&path(1, "paid-otherwise"), voucher).await.expect(200);
    third.post(&path(1, "paid-otherwise/confirm"), Value::Null).await.expect(200);
    town.world.parties.wechatpay.set_refund_outcome(RefundOutcome::Success);
    third.post(&path(2, "approve"), Value::Null).await.expect(200);
    town.pass_hours(2).await;
    let refunds = town.books().await.refunds;
    let status =
        |at: usize| refunds.iter().find(|one| one.refund_no.as_str() == numbers[at]).map(|one| one.status.name());
    assert_eq!([status(0), status(1), status(2)], [Some("declined"), Some("paid_otherwise"), Some("succeeded")]);
}

/// The home page, the bills, a payment with an invoice in the name on file that takes the platform a while, its file.
async fn a_resident_looks_around_pays_and_gets_an_invoice(town: &Town) {
    let resident = town.resident_of(0).await;
    let account = town.account(0);
    let bills = resident.open_bills(account).await;
    resident.get(&format!("/api/households/{account}/bills/{}", bills[0])).await.expect(200);
    town.world.parties.baiwang.set_issuing(&Issuing::Works { after_seconds: 20 }).expect("a sandbox");
    let order = json!({
        "account_no": account, "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": {},
    });
    let payment = resident.start(order.clone(), "with-an-invoice").await.expect(201);
    resident.start(order, "with-an-invoice").await.expect(201);
    resident.pay_in_app(&payment);
    town.settle_down().await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    resident.get(&format!("/api/households/{account}/payments")).await.expect(200);
    town.pass_hours(1).await;

    let resident = again(town, &resident).await;
    let invoices = resident.get(&format!("/api/households/{account}/invoices")).await.expect(200);
    let invoice = &invoices["items"][0];
    assert_eq!(invoice["status"], "issued");
    let number = invoice["invoice_no"].as_str().expect("a number");
    assert!(resident.get(&format!("/api/invoices/{number}/file")).await.bytes.starts_with(b"%PDF-"));
    let asked_again = json!({ "payment_no": payment["payment_no"], "title": { "name": "林晓晨" } });
    resident.post("/api/invoices", asked_again).await.expect(200);
}

/// One is cancelled, of one the callback is lost, one nobody pays.
async fn payments_go_astray(town: &Town) {
    let resident = town.resident_of(1).await;
    let account = town.account(1);
    let payment = resident.start_paying_all(account, "thought-better").await;
    let number = payment["payment_no"].as_str().expect("a number");
    let cancelled = resident.post(&format!("/api/payments/{number}/cancel"), Value::Null).await.expect(200);
    assert_eq!(cancelled["status"], "closed");

    resident.start_paying_all(account, "never-paid").await;
    town.pass_hours(1).await;
    let resident = again(town, &resident).await;
    let payment = resident.start_paying_all(account, "callback-lost").await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Drop);
    resident.pay_in_app(&payment);
    town.pass(SignedDuration::from_secs(15)).await;
    town.world.parties.wechatpay.switches().set_callbacks(Callbacks::Normal);
    assert_eq!(resident.status_of(&payment).await, "paid");
}

/// What was told twice is counted once; what was paid twice goes back.
async fn money_comes_twice(town: &Town) {
    let resident = town.resident_of(2).await;
    let payment = resident.start_paying_all(town.account(2), "paid-twice").await;
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let number = payment["payment_no"].as_str().expect("a number");
    town.world.parties.wechatpay.notify_again(number).expect("an order");
    town.settle_down().await;
    town.world.parties.wechatpay.pay_again(number).expect("money");
    town.settle_down().await;
    town.pass_hours(1).await;
    let resident = again(town, &resident).await;
    let refunds = resident.get(&format!("/api/households/{}/refunds", town.account(2))).await.expect(200);
    assert_eq!(refunds["items"][0]["status"], "succeeded");
    let in_the_name_on_file = json!({ "payment_no": payment["payment_no"], "title": {} });
    resident.post("/api/invoices", in_the_name_on_file).await.expect(201);
    assert!(town.books().await.refunds.iter().all(|refund| refund.status.name() == "succeeded"));
}

/// One by a subscribe message he agreed to, the others by SMS, of which the platform first wants none.
async fn the_late_are_reminded(town: &Town) {
    let resident = town.resident_of(4).await;
    let template = town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_due"].clone();
    resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
    let openid = resident.openid.as_deref().expect("he came through WeChat");
    town.world.parties.weixin.grant(openid, template.as_str().expect("a template")).expect("a sandbox");
    let busy = (StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "busy");
    town.world.parties.aliyun_sms.answer_next(busy.0, busy.1, busy.2).expect("a sandbox");
    let before = town.world.parties.aliyun_sms.inbox().expect("an inbox").len();
    town.pass(SignedDuration::from_hours(24 * 32)).await;
    town.pass_hours(24).await;
    assert_eq!(town.world.parties.weixin.inbox().expect("an inbox").len(), 1);
    assert!(town.world.parties.aliyun_sms.inbox().expect("an inbox").len() > before);
}

/// With a photo, looked at, and taken back.
async fn a_fault_is_reported(town: &Town) {
    let resident = town.resident_of(5).await;
    let fault = json!({ "account_no": town.account(5), "category": "leak", "text": "阀门滴水" });
    let repair = resident.post_with("/api/repairs", ("idempotency-key", "it-leaks"), fault).await.expect(201);
    let path = format!("/api/repairs/{}", repair["repair_no"].as_str().expect("a number"));
    let photo = repository::bytes("tests/vectors/photos/told.jpg");
    let shown = resident.upload(&format!("{path}/photos"), "photo", &photo).await.expect(201);
    let photo = resident.get(&format!("{path}/photos/{}", shown["photos"][0].as_str().expect("a photo"))).await;
    assert!(photo.bytes.starts_with(b"\xff\xd8"));
    resident.get(&format!("/api/households/{}/repairs", town.account(5))).await.expect(200);
    resident.post(&format!("{path}/cancel"), Value::Null).await.expect(200);
}

/// The same person, signed in again.
async fn again<'a>(town: &'a Town, resident: &Resident<'_>) -> Resident<'a> {
    town.person(resident.openid.as_deref().expect("he came through WeChat")).await
}

#[tokio::test]
async fn a_permission_that_is_taken_away_is_missed() {
    let template = repository::read("template.yaml");
    let (before, rest) = template.split_once("\n  PaymentCreateFunction:\n").expect("the function");
    let line = "            - { Effect: Allow, Action: dynamodb:PutItem, Resource: !GetAtt IdempotencyTable.Arn }\n";
    let poorer = format!("{before}\n  PaymentCreateFunction:\n{}", rest.replacen(line, "", 1));
    assert_ne!(poorer, template);

    let town = Town::of_template(poorer, 1, None).await;
    town.bill().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    assert_eq!(resident.start_payment(town.account(0), &bills, "not-allowed").await.problem(503), "unavailable");
    assert!(town.books().await.payments.is_empty());
    assert!(town.world.parties.wechatpay.orders().expect("orders").is_empty());
}
