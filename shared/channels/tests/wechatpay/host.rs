//! A host that answers what it was told to and keeps what it was asked, and the merchant of the vectors.

use axum::{Router, body::Bytes, extract::Request, response::Response};
use heatpay_channels::wechatpay::{
    Wechatpay,
    signature::{MerchantKey, answer_message},
};
use heatpay_ports::{Ids, NoProbe, Outbound};
use http::HeaderMap;
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// When the vectors were signed.
pub(crate) const VECTOR_SECOND: i64 = 1_767_225_600;
pub(crate) const NONCE: &str = "593BEC0C930BF1AFEB40B4A08C8FB242";

pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(VECTOR_SECOND).unwrap()
}

pub(crate) fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn vectors() -> Value {
    serde_json::from_str(&file("wechatpay.json")).unwrap()
}

/// The merchant of the vectors, as the secret store has it.
pub(crate) fn secret() -> Value {
    let vectors = vectors();
    json!({
        "mchid": vectors["mchid"], "appid": vectors["appid"], "merchant_serial": vectors["merchant_serial"],
        "merchant_private_key": file("keys/wx_merchant_key.pem"), "apiv3_key": vectors["apiv3_key"],
        "public_key_id": vectors["pub_key_id"],
        "public_keys": { vectors["pub_key_id"].as_str().unwrap(): file("keys/wx_pubkey_pub.pem") },
    })
}

/// The secret with some values changed.
pub(crate) fn secret_with(changes: &Value) -> Value {
    let mut secret = secret();
    secret.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    secret
}

/// The nonce of the vectors, always.
struct OneNonce;

impl Ids for OneNonce {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
    fn token(&self, _: usize) -> String {
        NONCE.to_owned()
    }
}

pub(crate) fn client(secret: &Value, base_url: &str) -> Wechatpay {
    let settings = serde_json::from_value(secret.clone()).unwrap();
    let outbound = Outbound::new(Arc::new(NoProbe)).unwrap();
    let notify_url = "https://pay.example.com/callbacks/wechatpay";
    Wechatpay::new(settings, base_url, notify_url, outbound, Arc::new(OneNonce)).unwrap()
}

/// What the host does with a call.
pub(crate) enum Answer {
    Says { status: u16, headers: HeaderMap, body: String },
    BreaksConnection,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

#[derive(Clone, Default)]
pub(crate) struct Host {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) base_url: String,
}

impl Host {
    pub(crate) async fn answering(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let host = Self { script: Arc::new(Mutex::new(script.into_iter().collect())), base_url, ..Self::default() };
        let served = host.clone();
        let router = Router::new().fallback(async move |request: Request| served.take(request).await);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        host
    }

    async fn take(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let line = format!("{} {}", parts.method, parts.uri);
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        self.asked.lock().unwrap().push(Asked { line, headers: parts.headers, body });
        let next = self.script.lock().unwrap().pop_front();
        match next.unwrap_or_else(|| says(500, "{}")) {
            Answer::Says { status, headers, body } => {
                let mut response = Response::new(body.into());
                *response.status_mut() = status.try_into().unwrap();
                response.headers_mut().extend(headers);
                response
            }
            Answer::BreaksConnection => std::panic::resume_unwind(Box::new("the connection breaks")),
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.line).collect()
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// An answer nobody signed.
pub(crate) fn says(status: u16, body: impl Into<String>) -> Answer {
    Answer::Says { status, headers: HeaderMap::new(), body: body.into() }
}

/// An error answer.
pub(crate) fn refuses(status: u16, code: &str) -> Answer {
    says(status, json!({ "code": code, "message": "不行" }).to_string())
}

/// A success, signed with 微信支付公钥.
pub(crate) fn signs(status: u16, body: impl Into<String>) -> Answer {
    let body = body.into();
    let headers = signed_by("keys/wx_pubkey_key.pem", vectors()["pub_key_id"].as_str().unwrap(), VECTOR_SECOND, &body);
    Answer::Says { status, headers, body }
}

pub(crate) fn signed_by(key: &str, serial: &str, timestamp: i64, body: &str) -> HeaderMap {
    let key = MerchantKey::from_pem(&file(key)).unwrap();
    let timestamp = timestamp.to_string();
    let signature = key.sign(&answer_message(&timestamp, NONCE, body.as_bytes()));
    headers(&[
        ("wechatpay-timestamp", &timestamp),
        ("wechatpay-nonce", NONCE),
        ("wechatpay-serial", serial),
        ("wechatpay-signature", &signature),
    ])
}

pub(crate) fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.insert(http::HeaderName::from_bytes(name.as_bytes()).unwrap(), value.parse().unwrap());
    }
    headers
}
