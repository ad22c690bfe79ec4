//! Paying by Alipay: in its mini-program, on its pages, by a code on a screen; and what its callback takes.

use heatpay_sandbox::alipay::Sending;
use heatpay_tests::town::{Resident, Town};
use jiff::SignedDuration;
use reqwest::StatusCode;
use serde_json::{Value, json};

/// Somebody who signed in through Alipay, his household bound.
async fn resident<'a>(town: &'a Town, open_id: &str) -> Resident<'a> {
    let mut resident = town.alipay_person(open_id).await;
    resident.bind(0).await;
    resident
}

async fn start(town: &Town, resident: &Resident<'_>, scene: &str) -> Value {
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "alipay", "scene": scene });
    resident.start(body, &format!("the-key-for-{scene}")).await.expect(201)
}

/// Posts a form to the callback; what it answers.
async fn deliver(town: &Town, form: Vec<u8>) -> (StatusCode, String) {
    let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    let posting = http.post(format!("{}/callbacks/alipay", town.world.base_url)).body(form);
    let answer = posting.header("content-type", "application/x-www-form-urlencoded").send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

#[tokio::test]
async fn a_resident_pays_in_the_alipay_mini_program() {
    let town = Town::billed().await;
    let resident = resident(&town, "0740anna").await;
    let payment = start(&town, &resident, "jsapi").await;
    let trade_no = payment["client_parameters"]["tradeNO"].as_str().expect("a trade");
    town.world.parties.alipay.pay(trade_no, 0).expect("Alipay takes the money");
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(resident.status_of(&payment).await, "paid");
    let books = town.books().await;
    assert_eq!(books.receipts[0].payer.as_deref(), Some("0740anna"));
    town.assert_books_agree().await;
}

#[tokio::test]
async fn whoever_signed_in_through_alipay_stays_who_he_is_over_a_refresh() {
    let town = Town::billed().await;
    let mut resident = resident(&town, "0740anna").await;
    let account = resident.get("/api/account").await.expect(200);
    assert_eq!(account["identities"][0]["kind"], "alipay");
    let refresh = json!({ "refresh_token": resident.refresh_token });
    let tokens = resident.post("/api/session/refresh", refresh).await.expect(200);
    resident.token = tokens["access_token"].as_str().expect("a token").to_owned();
    let payment = start(&town, &resident, "jsapi").await;
    assert!(payment["client_parameters"]["tradeNO"].is_string());
}

#[tokio::test]
async fn a_code_that_is_over_and_a_silent_alipay_are_told_apart() {
    let town = Town::empty(1, None).await;
    let sign_in = async |code: &str| {
        town.call(reqwest::Method::POST, "/api/session/alipay", None, Some(json!({ "code": code })), &[]).await
    };
    assert_eq!(sign_in("nobodys").await.problem(422), "login_code_invalid");
    assert_eq!(sign_in("no code!").await.problem(400), "invalid_request");
    town.world.parties.alipay.switches().set_outage(heatpay_sandbox::switches::Outage::Down, None);
    assert_eq!(sign_in("nobodys").await.problem(503), "alipay_unavailable");
}

#[tokio::test]
async fn each_mini_program_pays_only_for_its_own_people() {
    let town = Town::billed().await;
    let (from_alipay, from_wechat) = (resident(&town, "0740anna").await, town.resident_of(0).await);
    let bills = from_wechat.open_bills(town.account(0)).await;
    for (resident, channel, code) in
        [(&from_alipay, "wechatpay", "weixin_sign_in_needed"), (&from_wechat, "alipay", "alipay_sign_in_needed")]
    {
        let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": channel, "scene": "jsapi" });
        assert_eq!(resident.start(body, "the-first-key").await.problem(422), code);
    }
}

#[tokio::test]
async fn a_browser_is_sent_to_alipays_page_and_pays_there() {
    for (scene, name) in [("h5", "h5_url"), ("page", "page_url"), ("native", "code_url")] {
        let town = Town::billed().await;
        let resident = town.resident_of(0).await;
        let payment = start(&town, &resident, scene).await;
        let address = payment["client_parameters"][name].as_str().expect("an address");
        let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
        let page = http.get(address).send().await.expect("a page").text().await.expect("a text");
        let number = payment["payment_no"].as_str().expect("a number");
        assert!(page.contains(&format!("/cashier/{number}")), "{page}");
        let base_url = &town.world.parties.parameters()["AlipayBaseUrl"];
        let pressed = http.post(format!("{base_url}/cashier/{number}")).send().await.expect("an answer");
        assert!(pressed.status().is_success());
        assert_eq!(town.settle_down().await, 0);
        assert_eq!(resident.status_of(&payment).await, "paid", "{scene}");
        town.assert_books_agree().await;
    }
}

#[tokio::test]
async fn a_page_that_nobody_opened_frees_its_bills_when_its_time_is_over() {
    let town = Town::billed().await;
    let first = resident(&town, "0740anna").await;
    let payment = start(&town, &first, "h5").await;
    let number = payment["payment_no"].as_str().expect("a number");
    let cancelled = first.post(&format!("/api/payments/{number}/cancel"), json!({})).await.expect(200);
    assert_eq!(cancelled["status"], "closing", "the payer might still open the page");
    for _ in 0..12 {
        town.pass(SignedDuration::from_mins(5)).await;
    }
    let resident = town.alipay_person("0740anna").await;
    assert_eq!(resident.status_of(&payment).await, "closed");
    start(&town, &resident, "page").await;
}

#[tokio::test]
async fn a_lost_notification_is_made_up_for_by_asking() {
    let town = Town::billed().await;
    let resident = resident(&town, "0740anna").await;
    town.world.parties.alipay.switches().set_callbacks(heatpay_sandbox::switches::Callbacks::Drop);
    let payment = start(&town, &resident, "jsapi").await;
    town.world.parties.alipay.pay(payment["payment_no"].as_str().expect("a number"), 0).expect("it is paid");
    town.pass(SignedDuration::from_secs(20)).await;
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}

#[tokio::test]
async fn money_of_another_sum_goes_back() {
    let town = Town::billed().await;
    let resident = resident(&town, "0740anna").await;
    let payment = start(&town, &resident, "jsapi").await;
    town.world.parties.alipay.pay(payment["payment_no"].as_str().expect("a number"), -100).expect("it is paid");
    town.pass_hours(1).await;
    let resident = town.alipay_person("0740anna").await;
    assert_eq!(resident.status_of(&payment).await, "rejected");
    assert_eq!(town.world.parties.alipay.money_held().expect("the sandbox answers"), 0);
    town.assert_books_agree().await;
}

#[tokio::test]
async fn the_callback_says_success_only_to_what_alipay_signed_for_us() {
    let town = Town::billed().await;
    let resident = resident(&town, "0740anna").await;
    let payment = start(&town, &resident, "jsapi").await;
    let number = payment["payment_no"].as_str().expect("a number");
    town.world.parties.alipay.pay(number, 0).expect("it is paid");
    for (sending, status, text) in [
        (Sending::Proper, StatusCode::OK, "success"),
        (Sending::EmptyValue, StatusCode::OK, "success"),
        (Sending::Altered, StatusCode::UNAUTHORIZED, "failure"),
        (Sending::WrongSeller, StatusCode::UNPROCESSABLE_ENTITY, "failure"),
    ] {
        let (form, _) = town.world.parties.alipay.notification(number, sending).expect("it is paid");
        assert_eq!(deliver(&town, form.into_bytes()).await, (status, text.to_owned()), "{sending:?}");
    }
    let (status, text) = deliver(&town, vec![b'x'; 64 * 1024 + 1]).await;
    assert_eq!((status, text.as_str()), (StatusCode::PAYLOAD_TOO_LARGE, "failure"));
}
