//! Answers: successes signed with WeChat Pay's key, refusals not signed at all.

use super::{Inner, keys::sign};
use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A refusal: status, code, message.
#[derive(Debug)]
pub(super) struct Refusal(u16, Cow<'static, str>, String);

impl Refusal {
    pub(super) fn new(status: u16, code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self(status, code.into(), message.into())
    }

    pub(super) fn parameter(message: impl Into<String>) -> Self {
        Self::new(400, "PARAM_ERROR", message)
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::new(500, "SYSTEM_ERROR", format!("sandbox: {error}"))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, code, message) = self;
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "code": code, "message": message }).to_string();
        (status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
    }
}

/// Which key signs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signer {
    /// 微信支付公钥
    #[default]
    PublicKey,
    /// The platform certificate, as for merchants of before about the end of 2024.
    PlatformCertificate,
}

impl Inner {
    /// 200 with a signed body.
    pub(super) fn answer(&self, body: &Value) -> Response {
        self.answer_text(body.to_string())
    }

    fn answer_text(&self, body: String) -> Response {
        let headers = self.sign_answer(&body);
        let mut response = ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response();
        response.headers_mut().extend(headers);
        response
    }

    /// 204, signed over nothing.
    pub(super) fn answer_empty(&self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        response.headers_mut().extend(self.sign_answer(""));
        response
    }

    fn sign_answer(&self, body: &str) -> HeaderMap {
        self.signed(body, self.now(), self.faults(|faults| faults.signer))
    }

    /// All five headers of a signature over the body.
    pub(super) fn signed(&self, body: &str, timestamp: i64, signer: Signer) -> HeaderMap {
        let renewed = self.faults(|faults| faults.renewed.clone());
        let (key, serial) = match (signer, &renewed) {
            (Signer::PublicKey, _) => (&self.wechat_key, &self.keys.public_key_id),
            (Signer::PlatformCertificate, None) => (&self.platform_key, &self.keys.platform_serial),
            (Signer::PlatformCertificate, Some(renewed)) => (&renewed.key, &renewed.serial),
        };
        let nonce = self.ids.token(32);
        let signature = sign(key, format!("{timestamp}\n{nonce}\n{body}\n").as_bytes());
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("wechatpay-timestamp", timestamp.to_string()),
            ("wechatpay-nonce", nonce),
            ("wechatpay-signature", signature),
            ("wechatpay-serial", serial.clone()),
            ("wechatpay-signature-type", "WECHATPAY2-SHA256-RSA2048".to_owned()),
            ("request-id", self.ids.token(32)),
        ] {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
        headers
    }
}
