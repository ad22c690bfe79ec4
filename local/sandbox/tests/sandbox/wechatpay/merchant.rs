//! The merchant's notify_url: reads with our client, acknowledges as told, remembers what came.

use crate::street::{SetClock, serve};
use axum::{Router, body::Bytes, extract::State, routing::post};
use heatpay_channels::{Notification, PaymentChannel, RefundState, wechatpay::Wechatpay as Client};
use heatpay_ports::Clock;
use http::{HeaderMap, StatusCode};
use std::sync::{Arc, Mutex};

#[derive(Clone)]
pub(crate) struct Merchant {
    pub(crate) url: String,
    state: Arc<Mutex<Notebook>>,
}

#[derive(Default)]
struct Notebook {
    reader: Option<(Arc<Client>, Arc<SetClock>)>,
    failing: u32,
    came: Vec<String>,
}

impl Merchant {
    pub(crate) async fn new() -> Self {
        let state = Arc::new(Mutex::new(Notebook::default()));
        let url = serve(Router::new().route("/notify", post(receive)).with_state(state.clone())).await + "/notify";
        Self { url, state }
    }

    pub(crate) fn reads_with(&self, client: Arc<Client>, clock: Arc<SetClock>) {
        self.state.lock().unwrap().reader = Some((client, clock));
    }

    /// The next so many notifications are answered 500.
    pub(crate) fn fails(&self, times: u32) {
        self.state.lock().unwrap().failing = times;
    }

    /// What came since the last look: `paid P… 223800`, `refund R… SUCCESS`, `forged`, `failed`.
    pub(crate) fn came(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().came)
    }
}

async fn receive(State(state): State<Arc<Mutex<Notebook>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let (client, clock) = {
        let mut state = state.lock().unwrap();
        if state.failing > 0 {
            state.failing -= 1;
            state.came.push("failed".to_owned());
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
        state.reader.clone().unwrap()
    };
    let (line, status) = match client.read_notification(&headers, &body, clock.now()).await {
        Ok(Notification::Paid(evidence)) => {
            (format!("paid {} {}", evidence.payment_no, evidence.amount.0), StatusCode::NO_CONTENT)
        }
        Ok(Notification::Refund { refund_no, state }) => {
            let state = match state {
                RefundState::Succeeded(money) => format!("succeeded {}", money.amount.0),
                RefundState::Closed => "closed".to_owned(),
                RefundState::Abnormal => "abnormal".to_owned(),
                RefundState::Unknown | RefundState::Processing => "under way".to_owned(),
            };
            (format!("refund {refund_no} {state}"), StatusCode::NO_CONTENT)
        }
        Ok(Notification::NoMoney) => ("nothing".to_owned(), StatusCode::NO_CONTENT),
        Err(error) => (format!("forged: {error}"), StatusCode::UNAUTHORIZED),
    };
    state.lock().unwrap().came.push(line);
    status
}
