//! A gateway that answers what it was told to and keeps what it was asked, and the merchant of the vectors.

use axum::{Router, extract::Request, response::Response};
use heatpay_channels::{
    OrderRequest,
    alipay::{Alipay, signature::AppKey},
};
use heatpay_domain::{Fen, PaymentNo, payment::Scene};
use heatpay_ports::{NoProbe, Outbound};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

pub(crate) const SELLER: &str = "2088000000000001";
pub(crate) const NUMBER: &str = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J";

/// 2026-01-01 08:00:00 in Beijing.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

pub(crate) fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn vectors() -> Value {
    serde_json::from_str(&file("alipay.json")).unwrap()
}

/// The merchant of the vectors in public-key mode, as the secret store has it.
pub(crate) fn secret() -> Value {
    json!({
        "app_id": vectors()["app_id"], "seller_id": SELLER, "app_private_key": file("keys/ali_app_key.pem"),
        "alipay_public_key": file("keys/ali_alipay_pub.pem"), "return_url": "https://pay.example.com/m/",
    })
}

/// The secret with some values changed; `null` takes one away.
pub(crate) fn secret_with(changes: &Value) -> Value {
    let mut secret = secret();
    secret.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    secret
}

pub(crate) fn client(secret: &Value, base_url: &str) -> Alipay {
    let settings = serde_json::from_value(secret.clone()).unwrap();
    let outbound = Outbound::new(Arc::new(NoProbe)).unwrap();
    Alipay::new(settings, base_url, "https://pay.example.com/callbacks/alipay", outbound).unwrap()
}

/// A merchant who calls nobody.
pub(crate) fn merchant() -> Alipay {
    client(&secret(), "http://127.0.0.1:9")
}

pub(crate) fn order(scene: Scene) -> OrderRequest {
    OrderRequest {
        payment_no: PaymentNo::parse(NUMBER).unwrap(),
        amount: Fen(123_456),
        description: "2025-2026采暖季 供热费 & 滞纳金=0/户号1".to_owned(),
        scene,
        placed_at: now(),
        openid: Some("074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5".to_owned()),
        client_ip: None,
        expires_at: now() + SignedDuration::from_mins(15),
    }
}

/// What the gateway does with a call.
pub(crate) enum Answer {
    Says(u16, Vec<u8>),
    BreaksConnection,
}

/// A call as it came: its parameters from query and body.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) query: BTreeMap<String, String>,
    pub(crate) body: BTreeMap<String, String>,
    pub(crate) path: String,
}

impl Asked {
    pub(crate) fn content(&self) -> Value {
        serde_json::from_str(&self.body["biz_content"]).unwrap()
    }
}

#[derive(Clone, Default)]
pub(crate) struct Gateway {
    script: Arc<Mutex<VecDeque<Answer>>>,
    asked: Arc<Mutex<Vec<Asked>>>,
    pub(crate) base_url: String,
}

pub(crate) fn form(text: &[u8]) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(text).into_owned().collect()
}

impl Gateway {
    pub(crate) async fn answering(script: impl IntoIterator<Item = Answer>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Self { script: Arc::new(Mutex::new(script.into_iter().collect())), base_url, ..Self::default() };
        let served = gateway.clone();
        let router = Router::new().fallback(async move |request: Request| served.take(request).await);
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        gateway
    }

    /// One more answer.
    pub(crate) fn then(&self, answer: Answer) {
        self.script.lock().unwrap().push_back(answer);
    }

    async fn take(&self, request: Request) -> Response {
        let (parts, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let query = form(parts.uri.query().unwrap_or_default().as_bytes());
        self.asked.lock().unwrap().push(Asked { query, body: form(&body), path: parts.uri.path().to_owned() });
        let next = self.script.lock().unwrap().pop_front();
        match next.unwrap_or(Answer::Says(500, Vec::new())) {
            Answer::Says(status, body) => {
                let mut response = Response::new(body.into());
                *response.status_mut() = status.try_into().unwrap();
                response.headers_mut().insert("content-type", "text/html;charset=utf-8".parse().unwrap());
                response
            }
            Answer::BreaksConnection => std::panic::resume_unwind(Box::new("the connection breaks")),
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn methods(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.query.get("method").cloned().unwrap_or_default()).collect()
    }
}

/// An address where nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

pub(crate) fn signed_by(key: &str, text: &str) -> String {
    AppKey::read(&file(key)).unwrap().sign(text.as_bytes())
}

fn key_of(method: &str) -> String {
    format!("{}_response", method.replace('.', "_"))
}

/// An answer to the method, signed by Alipay.
pub(crate) fn signs(method: &str, inner: &Value) -> Answer {
    let inner = inner.to_string();
    let sign = signed_by("keys/ali_alipay_key.pem", &inner);
    Answer::Says(200, format!(r#"{{"{}":{inner},"sign":"{sign}"}}"#, key_of(method)).into_bytes())
}

/// The method's refusal, signed.
pub(crate) fn refuses(method: &str, code: &str, sub_code: &str) -> Answer {
    signs(method, &json!({ "code": code, "msg": "Business Failed", "sub_code": sub_code, "sub_msg": "不行" }))
}

/// The gateway's own error, which nobody signed.
pub(crate) fn unsigned(code: &str, sub_code: &str) -> Answer {
    let inner = json!({ "code": code, "msg": "Invalid Arguments", "sub_code": sub_code, "sub_msg": "不行" });
    Answer::Says(200, json!({ "error_response": inner }).to_string().into_bytes())
}

/// Whose key signs a notification.
#[derive(Clone, Copy)]
pub(crate) enum Signer {
    Alipay,
    Application,
}

/// A notification with those parameters, signed again.
pub(crate) fn signed_form(by: Signer, mut parameters: BTreeMap<String, String>) -> String {
    let key = match by {
        Signer::Alipay => "keys/ali_alipay_key.pem",
        Signer::Application => "keys/ali_app_key.pem",
    };
    let sign = signed_by(key, &heatpay_channels::alipay::signature::notification_text(&parameters));
    parameters.insert("sign".to_owned(), sign);
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&parameters).finish()
}
