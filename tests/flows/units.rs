//! What a step costs: its calls and the request units of the tables, as the engine counts them by DynamoDB's rules. The figures
//! stand in `docs/data-model.md`; who makes a step dearer changes the page, and says why.

use heatpay_domain::staff::Role;
use heatpay_local::probe::Figures;
use heatpay_tests::{
    repository,
    town::{PASSWORD, Town},
};
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write};

const BEGINS: &str = "<!-- measured: begin -->\n";
const ENDS: &str = "<!-- measured: end -->\n";

/// The steps that were measured, each with the functions it called.
struct Measured<'a> {
    town: &'a Town,
    page: String,
}

impl<'a> Measured<'a> {
    fn new(town: &'a Town) -> Self {
        town.world.meter.count_units(true);
        town.world.meter.take();
        let head = "| step | function | calls | read units | write units |\n|---|---|---|---|---|\n";
        Self { town, page: head.to_owned() }
    }

    /// What the functions did since the last step.
    fn step(&mut self, name: &str) {
        let mut name = name;
        for (function, figures) in self.town.world.meter.take() {
            let (calls, taken) = (calls(&figures), figures.total());
            let _ = writeln!(self.page, "| {name} | {function} | {calls} | {} | {} |", taken.reads, taken.writes);
            name = "";
        }
    }
}

fn calls(figures: &Figures) -> String {
    let count = |(call, times): (&String, &u64)| {
        let call = call.split_once(':').map_or(call.clone(), |(service, operation)| match service {
            "dynamodb" | "sqs" | "sns" | "s3" => operation.to_owned(),
            party => party.to_owned(),
        });
        (call, *times)
    };
    let mut all: BTreeMap<String, u64> = BTreeMap::new();
    for (call, times) in figures.calls.iter().map(count) {
        *all.entry(call).or_default() += times;
    }
    let shown = |(call, times): (&String, &u64)| if *times == 1 { call.clone() } else { format!("{times} {call}") };
    all.iter().map(shown).collect::<Vec<_>>().join(", ")
}

#[tokio::test]
async fn the_page_says_what_every_step_costs() {
    let town = Town::billed().await;
    let account = town.account(0).to_owned();
    let mut resident = town.resident_of(0).await;
    let template =
        town.world.parties.secret("WeixinSecret").expect("an account")["templates"]["payment_received"].clone();
    let openid = resident.openid.clone().expect("he came through WeChat");

    let mut measured = Measured::new(&town);
    let other = town.somebody().await;
    measured.step("sign in with WeChat");
    town.person(&openid).await;
    measured.step("sign in again");
    resident.bind(0).await;
    measured.step("bind a household (again)");
    let refresh = json!({ "refresh_token": other.refresh_token });
    other.post("/api/session/refresh", refresh).await.expect(200);
    measured.step("refresh the session");
    resident.post("/api/notices/grants", json!({ "template_ids": [template] })).await.expect(204);
    town.world.parties.weixin.grant(&openid, template.as_str().expect("a template")).expect("the sandbox answers");
    measured.step("allow a message");

    let bills = resident.open_bills(&account).await;
    measured.step("home page");
    resident.get(&format!("/api/households/{account}/bills")).await.expect(200);
    measured.step("bills");
    resident.get(&format!("/api/households/{account}/bills/{}", bills[0])).await.expect(200);
    measured.step("a bill's figures");

    let order = json!({
        "account_no": account, "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": { "name": "林晓晨" },
    });
    let payment = resident.start(order.clone(), "the-first-key").await.expect(201);
    measured.step("pay: the order");
    resident.start(order, "the-first-key").await.expect(201);
    measured.step("pay: the same request again");
    resident.pay_in_app(&payment);
    town.settle_down().await;
    measured.step("pay: notified, settled, told, invoice asked for");
    town.world.parties.wechatpay.notify_again(payment["payment_no"].as_str().expect("a payment")).expect("it is paid");
    town.settle_down().await;
    measured.step("the same notification again");
    resident.status_of(&payment).await;
    measured.step("the result, polled");
    resident.get(&format!("/api/households/{account}/payments")).await.expect(200);
    measured.step("payments");
    resident.get(&format!("/api/households/{account}/refunds")).await.expect(200);
    measured.step("refunds");
    let fault = json!({ "account_no": account, "category": "not_warm", "text": "客厅暖气不热" });
    let repair = resident.post_with("/api/repairs", ("idempotency-key", "it-is-cold"), fault).await.expect(201);
    measured.step("report a fault");
    let repair = format!("/api/repairs/{}", repair["repair_no"].as_str().expect("a number"));
    let photo = repository::bytes("tests/vectors/photos/told.jpg");
    let shown = resident.upload(&format!("{repair}/photos"), "photo", &photo).await.expect(201);
    measured.step("add a photo");
    resident.get(&format!("{repair}/photos/{}", shown["photos"][0].as_str().expect("a photo"))).await;
    measured.step("look at the photo");
    resident.get(&format!("/api/households/{account}/repairs")).await.expect(200);
    measured.step("repairs");
    resident.post(&format!("{repair}/cancel"), json!(null)).await.expect(200);
    measured.step("take the report back");
    let ahead = json!({ "account_no": account, "amount_fen": 100_000, "channel": "wechatpay", "scene": "jsapi" });
    let ahead = resident.post_with("/api/prepayments", ("idempotency-key", "paid-ahead"), ahead).await.expect(201);
    measured.step("pay ahead: the order");
    resident.pay_in_app(&ahead);
    town.settle_down().await;
    measured.step("pay ahead: notified, settled, told, nothing to draw");
    let leaving = town.resident_of(1).await;
    town.world.meter.take();
    leaving.get("/api/account").await.expect(200);
    measured.step("what is kept about a resident");
    leaving.delete("/api/account").await.expect(204);
    measured.step("delete the account, one household bound");

    town.pass_hours(1).await;
    measured.step("an hour of schedules, 12 of each, invoice issued, 11 households reminded of what is overdue");

    let administrator = town.first_administrator().await;
    town.world.meter.take();
    let person = administrator.enters("zhang.san", &[Role::Finance]).await;
    measured.step("enter somebody of staff, who enrols");
    town.pass(SignedDuration::from_secs(30)).await;
    town.world.meter.take();
    person.sign_in(PASSWORD).await.expect(200);
    measured.step("staff: sign in");
    person.refresh().await.expect(200);
    measured.step("staff: refresh the session");
    administrator.post(&format!("/api/staff/members/{}/disable", person.staff_no), Value::Null).await.expect(200);
    measured.step("disable somebody of staff, logged");
    administrator.get(&format!("/api/staff/operations?staff_no={}", administrator.staff_no)).await.expect(200);
    measured.step("the operation log of a person");
    let path = format!("/api/staff/operations/verification?staff_no={}", administrator.staff_no);
    administrator.get(&path).await.expect(200);
    measured.step("verify a person's chain, few entries");

    let path = repository::root().join("docs/data-model.md");
    let text = std::fs::read_to_string(&path).expect("the page");
    let (before, rest) = text.split_once(BEGINS).expect("the marker");
    let (written, after) = rest.split_once(ENDS).expect("the marker");
    if std::env::var_os("HEATPAY_WRITE_DOCS").is_some() {
        let page = format!("{before}{BEGINS}{}{ENDS}{after}", measured.page);
        std::fs::write(&path, page).expect("the page can be written");
        return;
    }
    assert_eq!(written, measured.page, "docs/data-model.md is out of date: run once with HEATPAY_WRITE_DOCS=1");
}
