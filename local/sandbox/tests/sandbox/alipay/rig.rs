//! Alipay on a port, our client, and a merchant who receives notifications.

use crate::street::{CountedIds, SetClock, outbound, serve};
use axum::{Router, body::Bytes, extract::State, routing::post};
use heatpay_channels::{
    CloseOutcome, Notification, OrderRef, OrderRequest, OrderState, PaymentChannel, RefundRequest, RefundState,
    alipay::Alipay as Client,
};
use heatpay_domain::{Fen, PaymentNo, RefundNo, payment::Scene};
use heatpay_ports::{Clock, OutboundRequest};
use heatpay_sandbox::alipay::{Alipay, Certificates, Keys};
use http::{HeaderMap, Method, header};
use jiff::{SignedDuration, Timestamp};
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

fn pem(name: &str) -> String {
    let path = format!("{}/../../tests/vectors/keys/ali_{name}.pem", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The merchant of the vectors: making RSA keys takes its time.
fn keys() -> Keys {
    Keys {
        app_id: "2021000000000001".to_owned(),
        seller_id: "2088000000000001".to_owned(),
        app_private_key: pem("app_key"),
        app_public_key: pem("app_pub"),
        alipay_private_key: pem("alipay_key"),
        alipay_public_key: pem("alipay_pub"),
        certificates: None,
    }
}

pub(crate) const PRICE: Fen = Fen(223_800);

/// What came to the merchant, and what he answers.
#[derive(Clone, Default)]
pub(crate) struct Merchant {
    pub(crate) came: Arc<Mutex<Vec<Bytes>>>,
    answers: Arc<Mutex<&'static str>>,
}

impl Merchant {
    pub(crate) fn answer(&self, text: &'static str) {
        *self.answers.lock().unwrap() = text;
    }
}

async fn take(State(merchant): State<Merchant>, body: Bytes) -> &'static str {
    merchant.came.lock().unwrap().push(body);
    *merchant.answers.lock().unwrap()
}

pub(crate) struct Rig {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) party: Alipay,
    pub(crate) base_url: String,
    pub(crate) client: Client,
    pub(crate) merchant: Merchant,
}

impl Rig {
    /// At ten in the morning of 2026-11-20 in China.
    pub(crate) async fn new() -> Self {
        Self::with(keys(), |_| {}).await
    }

    /// The same in the certificate mode; the merchant's secret is `changed`.
    pub(crate) async fn certified(changed: impl FnOnce(&mut serde_json::Value)) -> Self {
        let certificates = Certificates {
            app: pem("app_cert"),
            alipay: pem("alipay_cert") + &pem("ca_cert"),
            roots: pem("root_bundle"),
        };
        Self::with(Keys { certificates: Some(certificates), ..keys() }, changed).await
    }

    async fn with(keys: Keys, changed: impl FnOnce(&mut serde_json::Value)) -> Self {
        let clock = SetClock::at("2026-11-20T02:00:00Z");
        let party = Alipay::open(keys, None, clock.clone(), Arc::new(CountedIds::default())).unwrap();
        let base_url = serve(party.router()).await;
        let merchant = Merchant::default();
        merchant.answer("success");
        let notify_url =
            serve(Router::new().route("/notify", post(take)).with_state(merchant.clone())).await + "/notify";
        let mut secret = party.keys().merchant_secret();
        secret["return_url"] = "https://pay.example.com/m/#/result?of=1".into();
        changed(&mut secret);
        let client = Client::new(serde_json::from_value(secret).unwrap(), &base_url, &notify_url, outbound()).unwrap();
        Self { clock, party, base_url, client, merchant }
    }

    pub(crate) fn order(&self, number: &str, scene: Scene) -> OrderRequest {
        OrderRequest {
            payment_no: PaymentNo::parse(number).unwrap(),
            amount: PRICE,
            description: "2026-2027采暖季 供热费+滞纳金 100%".to_owned(),
            placed_at: self.clock.now(),
            scene,
            openid: Some("0740anna".to_owned()),
            client_ip: None,
            expires_at: self.clock.now() + SignedDuration::from_mins(15),
        }
    }

    /// Places an order; answers what the client is handed.
    pub(crate) async fn placed(&self, number: &str, scene: Scene) -> String {
        let now = self.clock.now();
        let handle = self.client.place_order(&self.order(number, scene), now).await.unwrap();
        self.client.client_parameters(scene, &handle, now).into_values().next().unwrap()
    }

    /// Places and pays in the mini-program; answers the trade's number.
    pub(crate) async fn paid(&self, number: &str) -> String {
        let trade_no = self.placed(number, Scene::Jsapi).await;
        self.party.pay(&trade_no, 0).unwrap().trade_no
    }

    fn named(&self, number: &str) -> OrderRef {
        let placed_at = self.clock.now();
        let expires_at = placed_at + SignedDuration::from_mins(30);
        OrderRef { payment_no: PaymentNo::parse(number).unwrap(), placed_at, expires_at }
    }

    pub(crate) async fn query(&self, number: &str) -> OrderState {
        self.client.query_order(&self.named(number), self.clock.now()).await.unwrap()
    }

    pub(crate) async fn close(&self, number: &str) -> CloseOutcome {
        self.client.close_order(&self.named(number), self.clock.now()).await.unwrap()
    }

    pub(crate) async fn ask_refund(&self, refund: &RefundRequest) -> RefundState {
        self.client.query_refund(refund, self.clock.now()).await.unwrap()
    }

    /// What our client reads in the notifications that came since the last look.
    pub(crate) async fn read_notices(&self) -> Vec<Notification> {
        self.party.act().await.unwrap();
        let came = std::mem::take(&mut *self.merchant.came.lock().unwrap());
        let mut read = Vec::new();
        for body in came {
            read.push(self.client.read_notification(&HeaderMap::new(), &body, self.clock.now()).await.unwrap());
        }
        read
    }

    /// Somebody calls; status, content type and body of the answer.
    pub(crate) async fn ask(&self, method: Method, url: &str, form: &str) -> (u16, HeaderMap, Vec<u8>) {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "application/x-www-form-urlencoded".parse().unwrap());
        let (url, body, timeout) = (url.to_owned(), form.to_owned().into(), Duration::from_secs(5));
        let request = OutboundRequest { service: "alipay", method, url, headers, body, timeout };
        let answer = outbound().send(request).await.unwrap();
        (answer.status.as_u16(), answer.headers, answer.body.to_vec())
    }
}

pub(crate) fn refund(number: &str, trade_no: &str, amount: i64) -> RefundRequest {
    RefundRequest {
        refund_no: RefundNo::parse(number).unwrap(),
        channel_txn: trade_no.to_owned(),
        amount: Fen(amount),
        order_amount: PRICE,
        paid_at: Timestamp::UNIX_EPOCH,
        numbered_at: Timestamp::UNIX_EPOCH,
        reason: "重复支付退回".to_owned(),
    }
}
