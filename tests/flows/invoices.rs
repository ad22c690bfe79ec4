//! A resident asks for the invoice of what he paid.

use heatpay_tests::town::{Resident, Town};
use serde_json::{Value, json};

/// A payment of all that the household owes, paid.
async fn paid(town: &Town, resident: &Resident<'_>, at: usize) -> Value {
    let payment = resident.start_paying_all(town.account(at), "paid-for-an-invoice").await;
    resident.pay_in_app(&payment);
    assert_eq!(town.settle_down().await, 0);
    payment
}

fn asked(payment: &Value, name: &str) -> Value {
    json!({ "payment_no": payment["payment_no"], "title": { "name": name } })
}

#[tokio::test]
async fn an_invoice_is_asked_for_issued_and_fetched() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = paid(&town, &resident, 0).await;
    let invoice = resident.post("/api/invoices", asked(&payment, "林晓晨")).await.expect(201);
    assert_eq!(invoice["status"], "requested");
    assert_eq!(invoice["title"]["name"], "林*晨");
    let path = format!("/api/invoices/{}", invoice["invoice_no"].as_str().expect("a number"));
    assert_eq!(resident.get(&format!("{path}/file")).await.problem(404), "not_found");

    town.pass_hours(1).await;
    let resident = town.person(resident.openid.as_deref().expect("he came through WeChat")).await;
    let issued = resident.get(&path).await.expect(200);
    assert_eq!(issued["status"], "issued");
    assert_eq!(issued["amount_fen"], 223_800);
    let file = resident.get(&format!("{path}/file")).await;
    assert_eq!(file.headers["content-type"], "application/pdf");
    assert!(file.bytes.starts_with(b"%PDF-"));
    assert_eq!(resident.get(&format!("{path}/file?kind=doc")).await.problem(400), "invalid_request");

    let listed = resident.get(&format!("/api/households/{}/invoices", town.account(0))).await.expect(200);
    assert_eq!(listed["items"][0]["invoice_no"], invoice["invoice_no"]);
}

#[tokio::test]
async fn an_invoice_asked_for_with_the_payment_is_made_out_to_the_title_given_then() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({
        "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": { "name": "天津示例商贸有限公司", "tax_no": "91120000123456789X" },
    });
    let payment = resident.start(body, "with-an-invoice").await.expect(201);
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let listed = resident.get(&format!("/api/households/{}/invoices", town.account(0))).await.expect(200);
    assert_eq!(listed["items"][0]["payment_no"], payment["payment_no"]);
    assert_eq!(listed["items"][0]["title"]["name"], "天津示例商贸有限公司");
    assert_eq!(town.world.parties.baiwang.invoices().expect("invoices").len(), 1);
}

#[tokio::test]
async fn who_names_no_title_gets_the_invoice_as_the_household_is_on_file() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({
        "account_no": town.account(0), "bill_nos": bills, "channel": "wechatpay", "scene": "jsapi",
        "invoice_title": { "email": "lin@example.com" },
    });
    let payment = resident.start(body, "in-my-own-name").await.expect(201);
    resident.pay_in_app(&payment);
    town.settle_down().await;
    let holder = town.proof(0)["holder"].as_str().expect("a holder").to_owned();
    let made = town.world.parties.baiwang.invoices().expect("invoices");
    assert_eq!(made.len(), 1);
    assert!(format!("{made:?}").contains(&holder), "{made:?}");
    // Asked for again in the same way it is the same one; it is nobody else's.
    let again = json!({ "payment_no": payment["payment_no"], "title": { "email": "lin@example.com" } });
    resident.post("/api/invoices", again).await.expect(200);
    let other = json!({ "payment_no": payment["payment_no"], "title": { "tax_no": "91120000123456789X" } });
    let refused = resident.post("/api/invoices", other).await;
    assert_eq!(refused.problem(422), "title_name_missing");
}

#[tokio::test]
async fn a_payment_has_one_invoice() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = paid(&town, &resident, 0).await;
    let first = resident.post("/api/invoices", asked(&payment, "林晓晨")).await.expect(201);
    let again = resident.post("/api/invoices", asked(&payment, "林晓晨")).await.expect(200);
    assert_eq!(first["invoice_no"], again["invoice_no"]);
    let other = resident.post("/api/invoices", asked(&payment, "别人")).await.expect(409);
    assert_eq!((&other["code"], &other["about"]), (&json!("invoice_exists"), &first["invoice_no"]));
}

#[tokio::test]
async fn what_is_not_paid_or_not_his_has_no_invoice() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = resident.start_paying_all(town.account(0), "not-paid-yet").await;
    let early = resident.post("/api/invoices", asked(&payment, "林晓晨")).await;
    assert_eq!(early.problem(409), "payment_not_paid");
    let other = town.resident_of(1).await;
    assert_eq!(other.post("/api/invoices", asked(&payment, "林晓晨")).await.problem(404), "not_found");
}

#[tokio::test]
async fn a_title_that_cannot_be_printed_is_refused() {
    let town = Town::billed().await;
    let resident = town.resident_of(0).await;
    let payment = paid(&town, &resident, 0).await;
    for title in [
        json!({ "name": " " }),
        json!({ "name": "<b>" }),
        json!({ "name": "林晓晨", "tax_no": "123" }),
        json!({ "name": "林晓晨", "email": "nowhere" }),
        json!({ "name": "林晓晨", "phone": "13800005678" }),
    ] {
        let body = json!({ "payment_no": payment["payment_no"], "title": title });
        assert_eq!(resident.post("/api/invoices", body).await.problem(400), "invalid_request");
    }
}
