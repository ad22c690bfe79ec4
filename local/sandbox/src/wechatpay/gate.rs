//! Who calls: the Authorization header, checked over the raw bytes in WeChat's order.

use super::{Wechatpay, answers::Refusal};
use axum::{
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use std::collections::HashMap;
use x509_parser::{prelude::FromDer, x509::SubjectPublicKeyInfo};

/// The largest body taken.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// The PKCS#1 key inside an SPKI.
pub(crate) fn rsa_public_key(der: &[u8]) -> Option<Vec<u8>> {
    let (_, spki) = SubjectPublicKeyInfo::from_der(der).ok()?;
    Some(spki.subject_public_key.data.into_owned())
}

pub(super) async fn check(State(party): State<Wechatpay>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, MAX_BODY_BYTES).await else {
        return Refusal::parameter("请求体过大").into_response();
    };
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    if let Err(refusal) = party.authorize(parts.method.as_str(), path, &parts.headers, &body) {
        return refusal.into_response();
    }
    if let Some(refusal) = party.next_answer() {
        return refusal.into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

impl Wechatpay {
    fn authorize(&self, method: &str, path: &str, headers: &HeaderMap, body: &[u8]) -> Result<(), Refusal> {
        let text =
            |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts = text(header::ACCEPT);
        if !(accepts.contains("application/json") || accepts.contains("*/*")) || text(header::USER_AGENT).is_empty() {
            return Err(Refusal::new(400, "INVALID_REQUEST", "Http头Accept或User-Agent缺失"));
        }
        if !body.is_empty() && !text(header::CONTENT_TYPE).starts_with("application/json") {
            return Err(Refusal::new(400, "INVALID_REQUEST", "Http头Content-Type应为application/json"));
        }
        let sign_error = |message: &str| Refusal::new(401, "SIGN_ERROR", message);
        let fields = text(header::AUTHORIZATION)
            .strip_prefix("WECHATPAY2-SHA256-RSA2048 ")
            .and_then(fields)
            .ok_or_else(|| sign_error("Http头Authorization值格式错误"))?;
        let field = |name: &str| fields.get(name).copied().ok_or_else(|| sign_error("Authorization缺少字段"));
        let timestamp: i64 = field("timestamp")?.parse().map_err(|_| sign_error("时间戳格式错误"))?;
        if self.0.now().abs_diff(timestamp) > 300 {
            return Err(sign_error("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟"));
        }
        if field("mchid")? != self.0.keys.mchid || field("serial_no")? != self.0.keys.merchant_serial {
            return Err(sign_error("商户证书序列号有误"));
        }
        let mut message = format!("{method}\n{path}\n{timestamp}\n{}\n", field("nonce_str")?).into_bytes();
        message.extend_from_slice(body);
        message.push(b'\n');
        if self.verifies(&message, field("signature")?) { Ok(()) } else { Err(sign_error("签名错误")) }
    }

    /// Whether the merchant signed the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0.merchant_key).verify(message, &signature).is_ok()
    }
}

/// `name="value"` pairs, in any order.
fn fields(text: &str) -> Option<HashMap<&str, &str>> {
    text.split(',')
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((name.trim(), value.strip_prefix('"')?.strip_suffix('"')?))
        })
        .collect()
}
