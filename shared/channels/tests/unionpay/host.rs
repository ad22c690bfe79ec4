//! A host that answers what it was told to and keeps what it was asked, and the merchant of the vectors.

use axum::{Router, body::Bytes, extract::Request, response::Response};
use heatpay_channels::unionpay::{Unionpay, fields::Fields, signature::MerchantKey};
use heatpay_ports::{NoProbe, Outbound};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    sync::{Arc, LazyLock, Mutex},
};

/// 2026-01-01 08:00:00 in Beijing: when the vectors' order was placed.
pub(crate) fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600).unwrap()
}

pub(crate) fn file(name: &str) -> String {
    std::fs::read_to_string(format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

pub(crate) fn vectors() -> Value {
    serde_json::from_str(&file("unionpay.json")).unwrap()
}

/// An answer of the vectors, by its id.
pub(crate) fn vector(id: &str) -> String {
    let vectors = vectors();
    let found = vectors["responses"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap();
    found["raw_body"].as_str().unwrap().to_owned()
}

/// The merchant of the vectors, as the secret store has it.
pub(crate) fn secret() -> Value {
    json!({
        "mer_id": "777290058110097", "cert_id": vectors()["certId"],
        "merchant_private_key": file("keys/up_merchant_key.pem"),
        "root_certificates": file("keys/up_root_cert.pem"), "middle_certificates": file("keys/up_middle_cert.pem"),
    })
}

/// The secret with some values changed.
pub(crate) fn secret_with(changes: &Value) -> Value {
    let mut secret = secret();
    secret.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    secret
}

pub(crate) fn client(secret: &Value, base_url: &str) -> Unionpay {
    let settings = serde_json::from_value(secret.clone()).unwrap();
    let outbound = Outbound::new(Arc::new(NoProbe)).unwrap();
    let notify_url = "https://pay.example.com/callbacks/unionpay";
    Unionpay::new(settings, Some(base_url), Some(base_url), notify_url, outbound).unwrap()
}

/// What the host does with a call.
#[derive(Clone)]
pub(crate) enum Answer {
    Says(u16, String),
    BreaksConnection,
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) body: Bytes,
}

impl Asked {
    /// A field of the form.
    pub(crate) fn field(&self, name: &str) -> Option<String> {
        Fields::of_form(&self.body).unwrap().get(name).map(str::to_owned)
    }
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
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        self.asked.lock().unwrap().push(Asked { path: parts.uri.to_string(), body });
        let next = self.script.lock().unwrap().pop_front();
        match next.unwrap_or_else(|| Answer::Says(500, String::new())) {
            Answer::Says(status, body) => {
                let mut response = Response::new(body.into());
                *response.status_mut() = status.try_into().unwrap();
                response
            }
            Answer::BreaksConnection => std::panic::resume_unwind(Box::new("the connection breaks")),
        }
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.asked().into_iter().map(|asked| asked.path).collect()
    }
}

/// UnionPay's key: any key signs the same way.
static GATEWAY: LazyLock<MerchantKey> = LazyLock::new(|| MerchantKey::from_pem(&file("keys/up_gw_key.pem")).unwrap());

/// Fields with UnionPay's certificate and signature.
pub(crate) fn sign(fields: &[(&str, &str)]) -> Fields {
    sign_with("keys/up_gw_cert.pem", fields)
}

pub(crate) fn sign_with(certificate: &str, fields: &[(&str, &str)]) -> Fields {
    let certificate = file(certificate);
    let own = Fields::new([
        ("version", "5.1.0"),
        ("encoding", "UTF-8"),
        ("signMethod", "01"),
        ("merId", "777290058110097"),
        ("accessType", "0"),
        ("signPubKeyCert", certificate.as_str()),
    ]);
    GATEWAY.sign(own.with(fields.iter().copied()))
}

/// The fields as an answer has them: nothing encoded.
pub(crate) fn bare(fields: Fields) -> String {
    let fields = std::collections::BTreeMap::from(fields);
    fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// A signed answer.
pub(crate) fn says(fields: &[(&str, &str)]) -> Answer {
    Answer::Says(200, bare(sign(fields)))
}

/// What a query of the order shows, with some fields changed; an empty one is not there.
pub(crate) fn shows(order_id: &str, changes: &[(&str, &str)]) -> Answer {
    let usual = Fields::new([
        ("respCode", "00"),
        ("respMsg", "成功[0000000]"),
        ("origRespCode", "00"),
        ("orderId", order_id),
        ("txnTime", "20260101080000"),
        ("queryId", "262601010800000000018"),
        ("traceNo", "000018"),
        ("traceTime", "0101080005"),
        ("txnAmt", "223800"),
        ("currencyCode", "156"),
        ("reqReserved", "{a=1&b=2}"),
    ]);
    let fields = std::collections::BTreeMap::from(usual.with(changes.iter().copied()));
    let fields: Vec<_> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    says(&fields)
}
