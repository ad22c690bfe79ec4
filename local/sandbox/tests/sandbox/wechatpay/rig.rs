//! WeChat Pay on a port, our client, and a merchant who receives notifications.

use super::merchant::Merchant;
use crate::street::{CountedIds, SetClock, outbound, serve};
use heatpay_channels::{
    CloseOutcome, OrderRef, OrderRequest, OrderState, PaymentChannel, RefundRequest, RefundState,
    wechatpay::{
        Wechatpay as Client,
        signature::{MerchantKey, authorization, request_message},
    },
};
use heatpay_domain::{Fen, PaymentNo, RefundNo, payment::Scene};
use heatpay_ports::{Clock, Ids, OutboundRequest};
use heatpay_sandbox::wechatpay::{Keys, Wechatpay};
use http::{HeaderMap, Method, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::{
    path::Path,
    sync::{Arc, LazyLock},
    time::Duration,
};

/// Made once for all tests, each of which is a process: three RSA keys take seconds. They are always the same, so tests that
/// start together write the same file.
pub(crate) static KEYS: LazyLock<Keys> = LazyLock::new(|| {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wechatpay-keys.json");
    if let Some(keys) = std::fs::read(&file).ok().and_then(|kept| serde_json::from_slice(&kept).ok()) {
        return keys;
    }
    let keys = Keys::generate(&CountedIds::default()).unwrap();
    let new = file.with_extension(std::process::id().to_string());
    std::fs::write(&new, serde_json::to_vec(&keys).unwrap()).unwrap();
    std::fs::rename(&new, &file).unwrap();
    keys
});

pub(crate) const PRICE: Fen = Fen(223_800);
pub(crate) const ANNA: &str = "oAnna000000000000000000000001";

pub(crate) struct Rig {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) ids: Arc<CountedIds>,
    pub(crate) party: Wechatpay,
    pub(crate) base_url: String,
    pub(crate) client: Arc<Client>,
    pub(crate) merchant: Merchant,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(KEYS.merchant_secret(), None).await
    }

    /// A merchant that keeps that secret; WeChat Pay's state in a file.
    pub(crate) async fn with(secret: Value, file: Option<&Path>) -> Self {
        Self::open(KEYS.clone(), secret, file, "2026-11-20T02:00:00Z").await
    }

    /// The merchant those keys are of, at that time.
    pub(crate) async fn of(keys: Keys, at: &str) -> Self {
        let secret = keys.merchant_secret();
        Self::open(keys, secret, None, at).await
    }

    async fn open(keys: Keys, secret: Value, file: Option<&Path>, at: &str) -> Self {
        let clock = SetClock::at(at);
        let ids = Arc::new(CountedIds::default());
        let party = Wechatpay::open(keys, file, clock.clone(), ids.clone()).unwrap();
        party.set_own_url("http://desk.example");
        let base_url = serve(party.router()).await;
        let merchant = Merchant::new().await;
        let settings = serde_json::from_value(secret).unwrap();
        let client = Client::new(settings, &base_url, &merchant.url, outbound(), ids.clone()).unwrap();
        let client = Arc::new(client);
        merchant.reads_with(client.clone(), clock.clone());
        Self { clock, ids, party, base_url, client, merchant }
    }

    pub(crate) fn order(&self, number: &str, scene: Scene) -> OrderRequest {
        OrderRequest {
            payment_no: PaymentNo::parse(number).unwrap(),
            amount: PRICE,
            description: "2026-2027采暖季 供热费".to_owned(),
            placed_at: self.clock.now(),
            scene,
            openid: Some(ANNA.to_owned()),
            client_ip: Some("203.0.113.7".to_owned()),
            expires_at: self.clock.now() + SignedDuration::from_mins(30),
        }
    }

    /// Places a JSAPI order of that number; answers its prepay_id.
    pub(crate) async fn placed(&self, number: &str) -> String {
        self.client.place_order(&self.order(number, Scene::Jsapi), self.clock.now()).await.unwrap()
    }

    /// Places and pays.
    pub(crate) async fn paid(&self, number: &str) -> String {
        self.placed(number).await;
        self.party.pay(number, 0).unwrap().transaction_id
    }

    pub(crate) fn placed_order(&self, number: &str) -> OrderRef {
        let placed_at = self.clock.now();
        let expires_at = placed_at + SignedDuration::from_mins(30);
        OrderRef { payment_no: PaymentNo::parse(number).unwrap(), placed_at, expires_at }
    }

    pub(crate) async fn query(&self, number: &str) -> OrderState {
        self.client.query_order(&self.placed_order(number), self.clock.now()).await.unwrap()
    }

    pub(crate) async fn close(&self, number: &str) -> CloseOutcome {
        self.client.close_order(&self.placed_order(number), self.clock.now()).await.unwrap()
    }

    pub(crate) async fn ask_refund(&self, number: &str) -> RefundState {
        self.client.query_refund(&refund(number, "", 1), self.clock.now()).await.unwrap()
    }

    /// A call signed by the merchant, with any body; the status and the code of an error.
    pub(crate) async fn call(&self, method: Method, path: &str, body: &str) -> (u16, String) {
        let (status, said) = self.ask(method, path, body).await;
        (status, code(&said))
    }

    /// The same; the status and the answer.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &str) -> (u16, Value) {
        let headers = self.signed(&method, path, body, self.clock.now().as_second());
        self.exchange(method, path, headers, body).await
    }

    pub(crate) fn signed(&self, method: &Method, path: &str, body: &str, timestamp: i64) -> HeaderMap {
        let keys = self.party.keys();
        let key = MerchantKey::from_pem(&keys.merchant_private_key).unwrap();
        let nonce = self.ids.token(32);
        let signature = key.sign(request_message(method.as_str(), path, timestamp, &nonce, body).as_bytes());
        let authorization = authorization(&keys.mchid, &keys.merchant_serial, timestamp, &nonce, &signature);
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, authorization.parse().unwrap());
        headers.insert(header::ACCEPT, "application/json".parse().unwrap());
        headers.insert(header::USER_AGENT, "test".parse().unwrap());
        headers.insert(header::CONTENT_TYPE, "application/json".parse().unwrap());
        headers
    }

    /// A call with any headers; the status and the code of an error.
    pub(crate) async fn send(&self, method: Method, path: &str, headers: HeaderMap, body: &str) -> (u16, String) {
        let (status, said) = self.exchange(method, path, headers, body).await;
        (status, code(&said))
    }

    async fn exchange(&self, method: Method, path: &str, headers: HeaderMap, body: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.base_url);
        let (body, timeout) = (body.to_owned().into(), Duration::from_secs(5));
        let request = OutboundRequest { service: "wechatpay", method, url, headers, body, timeout };
        let answer = outbound().send(request).await.unwrap();
        let said: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        assert_eq!(
            answer.status.is_success(),
            answer.headers.contains_key("wechatpay-signature"),
            "only successes are signed"
        );
        (answer.status.as_u16(), said)
    }
}

fn code(said: &Value) -> String {
    said["code"].as_str().unwrap_or_default().to_owned()
}

pub(crate) fn refund(number: &str, transaction: &str, amount: i64) -> RefundRequest {
    RefundRequest {
        refund_no: RefundNo::parse(number).unwrap(),
        channel_txn: transaction.to_owned(),
        amount: Fen(amount),
        order_amount: PRICE,
        paid_at: Timestamp::UNIX_EPOCH,
        numbered_at: Timestamp::UNIX_EPOCH,
        reason: "重复支付退回".to_owned(),
    }
}
