//! UnionPay on a port, our client, and a merchant who receives notifications.

use crate::street::{CountedIds, SetClock, outbound, serve};
use axum::{Router, body::Bytes, extract::State, routing::post};
use heatpay_channels::{
    CloseOutcome, Notification, OrderRef, OrderRequest, OrderState, PaymentChannel, RefundRequest, RefundState,
    unionpay::Unionpay as Client,
};
use heatpay_domain::{Fen, PaymentNo, RefundNo, payment::Scene};
use heatpay_ports::Clock;
use heatpay_sandbox::unionpay::Unionpay;
use http::{HeaderMap, StatusCode};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, Mutex, OnceLock},
};

pub(crate) const PRICE: Fen = Fen(223_800);
pub(crate) const ORDER: &str = "P20261120000001";

pub(crate) struct Rig {
    pub(crate) clock: Arc<SetClock>,
    pub(crate) party: Unionpay,
    pub(crate) base_url: String,
    pub(crate) client: Arc<Client>,
    pub(crate) placed_at: Timestamp,
    merchant: Merchant,
}

#[derive(Clone)]
struct Merchant {
    reader: Arc<OnceLock<(Arc<Client>, Arc<SetClock>)>>,
    failing: Arc<Mutex<u32>>,
    came: Arc<Mutex<Vec<String>>>,
}

impl Rig {
    pub(crate) async fn new() -> Self {
        Self::with(None).await
    }

    /// UnionPay's state in a file.
    pub(crate) async fn with(file: Option<&Path>) -> Self {
        let clock = SetClock::at("2026-11-20T02:00:00Z");
        let party = Unionpay::open(file, clock.clone(), Arc::new(CountedIds::default())).unwrap();
        let base_url = serve(party.router()).await;
        let merchant = Merchant { reader: Arc::default(), failing: Arc::default(), came: Arc::default() };
        let url = serve(Router::new().route("/notify", post(receive)).with_state(merchant.clone())).await + "/notify";
        let settings = serde_json::from_value(party.merchant_secret()).unwrap();
        let client = Client::new(settings, Some(&base_url), Some(&base_url), &url, outbound()).unwrap();
        let client = Arc::new(client);
        assert!(merchant.reader.set((client.clone(), clock.clone())).is_ok());
        Self { placed_at: clock.now(), clock, party, base_url, client, merchant }
    }

    pub(crate) fn order(&self, scene: Scene) -> OrderRequest {
        OrderRequest {
            payment_no: PaymentNo::parse(ORDER).unwrap(),
            amount: PRICE,
            description: "2026-2027采暖季 供热费".to_owned(),
            placed_at: self.placed_at,
            scene,
            openid: None,
            client_ip: None,
            expires_at: self.placed_at + SignedDuration::from_mins(30),
        }
    }

    /// Places the order; answers what the client is handed.
    pub(crate) async fn placed(&self, scene: Scene) -> BTreeMap<String, String> {
        let handle = self.client.place_order(&self.order(scene), self.clock.now()).await.unwrap();
        self.client.client_parameters(scene, &handle, self.clock.now())
    }

    /// Places and pays in the app; answers UnionPay's number.
    pub(crate) async fn paid(&self) -> String {
        self.placed(Scene::App).await;
        self.party.pay(ORDER, 0).unwrap().query_id
    }

    pub(crate) fn order_ref(&self) -> OrderRef {
        OrderRef {
            payment_no: PaymentNo::parse(ORDER).unwrap(),
            placed_at: self.placed_at,
            expires_at: self.placed_at + SignedDuration::from_mins(30),
        }
    }

    pub(crate) async fn query(&self) -> OrderState {
        self.client.query_order(&self.order_ref(), self.clock.now()).await.unwrap()
    }

    pub(crate) async fn close(&self) -> CloseOutcome {
        self.client.close_order(&self.order_ref(), self.clock.now()).await.unwrap()
    }

    pub(crate) fn refund(&self, query_id: &str, number: &str, amount: i64) -> RefundRequest {
        RefundRequest {
            refund_no: RefundNo::parse(number).unwrap(),
            channel_txn: query_id.to_owned(),
            amount: Fen(amount),
            order_amount: PRICE,
            paid_at: self.placed_at,
            numbered_at: self.placed_at,
            reason: "停供退费".to_owned(),
        }
    }

    pub(crate) async fn ask_refund(&self, refund: &RefundRequest) -> RefundState {
        self.client.query_refund(refund, self.clock.now()).await.unwrap()
    }

    /// Lets UnionPay do what is due; what came to the merchant.
    pub(crate) async fn act(&self) -> Vec<String> {
        self.party.act().await.unwrap();
        std::mem::take(&mut self.merchant.came.lock().unwrap())
    }

    /// The merchant answers 500 so many times.
    pub(crate) fn fails(&self, times: u32) {
        *self.merchant.failing.lock().unwrap() = times;
    }
}

async fn receive(State(merchant): State<Merchant>, body: Bytes) -> (StatusCode, &'static str) {
    let failed = {
        let mut failing = merchant.failing.lock().unwrap();
        let fails = *failing > 0;
        *failing = failing.saturating_sub(1);
        fails
    };
    let (client, clock) = merchant.reader.get().unwrap();
    let (line, answer) = if failed {
        ("failed".to_owned(), (StatusCode::INTERNAL_SERVER_ERROR, "no"))
    } else {
        match client.read_notification(&HeaderMap::new(), &body, clock.now()).await {
            Ok(Notification::Paid(evidence)) => {
                (format!("paid {} {}", evidence.payment_no, evidence.amount.0), (StatusCode::OK, "ok"))
            }
            Ok(Notification::Refund { refund_no, .. }) => (format!("refund {refund_no}"), (StatusCode::OK, "ok")),
            Ok(Notification::NoMoney) => ("no money".to_owned(), (StatusCode::OK, "ok")),
            Err(error) => (error.to_string(), (StatusCode::UNAUTHORIZED, "no")),
        }
    };
    merchant.came.lock().unwrap().push(line);
    answer
}
