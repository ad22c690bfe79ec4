//! Both SDKs as the merchant of our sandbox of Alipay, and as Alipay at our callback.

use crate::{node, python, serve};
use axum::{Router, body::Bytes, extract::State, routing::post};
use heatpay_local::{chance::SeededIds, clock::SuiteClock};
use heatpay_sandbox::{
    alipay::{Alipay, Certificates, Keys, Sending},
    switches::Callbacks,
};
use heatpay_tests::{
    repository,
    town::{MORNING, Town, alipay_keys},
};
use reqwest::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

type Notices = Arc<Mutex<Vec<String>>>;

struct Street {
    party: Alipay,
    base_url: String,
    notify_url: String,
    notices: Notices,
}

async fn keep(State(notices): State<Notices>, body: Bytes) -> &'static str {
    notices.lock().unwrap().push(String::from_utf8(body.to_vec()).unwrap());
    "success"
}

impl Street {
    /// Alipay, and a merchant who keeps what comes.
    async fn new() -> Self {
        Self::with(alipay_keys()).await
    }

    async fn with(keys: Keys) -> Self {
        let clock = Arc::new(SuiteClock::fixed(MORNING.parse().unwrap()));
        let party = Alipay::open(keys, None, clock, Arc::new(SeededIds::new(7))).unwrap();
        let notices = Notices::default();
        let base_url = serve(party.router()).await;
        let notify_url =
            serve(Router::new().route("/notify", post(keep)).with_state(notices.clone())).await + "/notify";
        Self { party, base_url, notify_url, notices }
    }

    fn given(&self, more: &Value) -> Value {
        let mut given = json!({
            "keys": self.party.keys(), "base_url": self.base_url, "notify_url": self.notify_url,
        });
        given.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        given
    }

    /// What the official SDK makes of it.
    async fn official(&self, act: &str, more: &Value) -> Value {
        let said = node::run("alipay.mjs", &[act], &self.given(more)).await;
        serde_json::from_str(&said).unwrap_or_else(|error| panic!("{act}: {error}: {said}"))
    }

    /// What Python's SDK makes of it.
    async fn python(&self, act: &str, more: &Value) -> Value {
        python::run("alipay.py", act, &self.given(more)).await
    }
}

#[tokio::test]
async fn the_official_sdk_orders_pays_queries_refunds_and_believes_what_it_is_told() {
    let street = Street::new().await;
    let placed = street.official("order", &json!({})).await;
    let trade_no = placed["trade_no"].as_str().unwrap();
    street.party.pay(trade_no, 0).unwrap();
    street.party.pay(placed["qr_code"].as_str().unwrap(), 0).unwrap();
    let paid = street.official("refund", &json!({ "trade_no": trade_no })).await;
    assert_eq!((&paid["outTradeNo"], &paid["buyerOpenId"]), (&json!("JSAPI_0001"), &json!("0740anna")));
    street.official("distrust", &json!({})).await;
    street.party.act().await.unwrap();
    let came = street.notices.lock().unwrap().clone();
    assert_eq!(came.len(), 3, "two payments and a refund");
    let code = street.party.mint_login_code("0740anna").unwrap();
    assert_eq!(street.official("person", &json!({ "code": code })).await["open_id"], "0740anna");
    assert_eq!(street.official("read", &json!({ "notifications": came })).await, json!([true, true, true]));
    assert_eq!(street.party.money_held().unwrap(), 2 * 223_800 - 800);
}

#[tokio::test]
async fn the_official_sdk_does_the_same_in_the_certificate_mode() {
    let pem = |name: &str| repository::read(format!("tests/vectors/keys/ali_{name}.pem"));
    let certificates = Certificates { app: pem("app_cert"), alipay: pem("alipay_cert"), roots: pem("root_bundle") };
    let street = Street::with(Keys { certificates: Some(certificates), ..alipay_keys() }).await;
    let placed = street.official("order", &json!({})).await;
    let trade_no = placed["trade_no"].as_str().unwrap();
    street.party.pay(trade_no, 0).unwrap();
    street.official("refund", &json!({ "trade_no": trade_no })).await;
    street.official("distrustCertificates", &json!({})).await;
    street.party.act().await.unwrap();
    let came = street.notices.lock().unwrap().clone();
    assert_eq!(street.official("read", &json!({ "notifications": came })).await, json!([true, true]));
    assert_eq!(street.party.money_held().unwrap(), 223_800 - 800);
}

#[tokio::test]
async fn pythons_sdk_orders_queries_refunds_and_believes_what_it_is_told() {
    let street = Street::new().await;
    let placed = street.python("trade", &json!({})).await;
    street.party.pay(placed["qr_code"].as_str().unwrap(), 0).unwrap();
    street.python("trade", &json!({ "paid": true })).await;
    let sendings = [Sending::Proper, Sending::EmptyValue, Sending::Altered];
    let forms = sendings.map(|sending| street.party.notification("PYTHON_0001", sending).unwrap().0);
    let believed = json!([true, true, false]);
    assert_eq!(street.python("read", &json!({ "notifications": forms })).await, believed);
    assert_eq!(street.official("read", &json!({ "notifications": forms })).await, believed);
}

/// The status and text with which our callback answers a form.
async fn deliver(town: &Town, form: &str) -> (StatusCode, String) {
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let posting = http.post(format!("{}/callbacks/alipay", town.world.base_url));
    let posting = posting.header("content-type", "application/x-www-form-urlencoded; charset=utf-8");
    let answer = posting.body(form.to_owned()).send().await.unwrap();
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test]
async fn a_notification_that_pythons_sdk_signed_settles_the_payment() {
    let town = Town::billed().await;
    // Nothing but the SDK's notification tells us of the money.
    let alipay = &town.world.parties.alipay;
    alipay.switches().set_callbacks(Callbacks::Drop);
    let mut resident = town.alipay_person("0740anna").await;
    resident.bind(0).await;
    let bills = resident.open_bills(town.account(0)).await;
    let body = json!({ "account_no": town.account(0), "bill_nos": bills, "channel": "alipay", "scene": "jsapi" });
    let payment = resident.start(body, "the-first-key").await.expect(201);
    let paid = alipay.pay(payment["client_parameters"]["tradeNO"].as_str().unwrap(), 0).unwrap();
    let amount = heatpay_domain::Fen(paid.amount).yuan();
    let keys = alipay.keys();
    let parameters = json!({
        "app_id": keys.app_id, "seller_id": keys.seller_id, "notify_type": "trade_status_sync", "notify_id": "1",
        "trade_no": paid.trade_no, "out_trade_no": paid.out_trade_no, "trade_status": "TRADE_SUCCESS",
        "total_amount": amount, "gmt_payment": "2026-11-23 10:00:00", "subject": "供热费+滞纳金 100%", "body": "",
    });
    let written = json!({ "keys": keys, "parameters": parameters });
    let written = python::run("alipay.py", "write", &written).await;
    let form = written["form"].as_str().unwrap();
    let forged = form.replace("TRADE_SUCCESS", "TRADE_FINISHED");
    assert_eq!(deliver(&town, &forged).await, (StatusCode::UNAUTHORIZED, "failure".to_owned()));
    assert_eq!(deliver(&town, form).await, (StatusCode::OK, "success".to_owned()));
    assert_eq!(town.settle_down().await, 0);
    assert_eq!(resident.status_of(&payment).await, "paid");
    town.assert_books_agree().await;
}
