//! Messages: signed both ways over SHA-256 of their fields, hashed again by RSA's SHA-256. Answers are not encoded.

use super::{
    Inner,
    keys::{ANOTHER_NAME, GATEWAY, MERCHANT},
};
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use std::collections::BTreeMap;

/// A message's fields.
pub(super) type Fields = BTreeMap<String, String>;

/// What is signed, in hexadecimal.
fn hashed(fields: &Fields) -> String {
    let signed = fields.iter().filter(|(name, value)| *name != "signature" && !value.trim().is_empty());
    let text = signed.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    hex::encode(digest(&SHA256, text.as_bytes()))
}

/// Reads the merchant's form.
pub(super) fn of_form(body: &[u8]) -> Fields {
    url::form_urlencoded::parse(body).into_owned().collect()
}

impl Inner {
    /// Why a request of the merchant is refused before anybody looks what it asks for: code and message.
    pub(super) fn refuses(&self, fields: &Fields) -> Option<(&'static str, &'static str)> {
        let text = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
        let order_id = text("orderId");
        let bad_order_id = !(8..=40).contains(&order_id.len()) || !order_id.bytes().all(|b| b.is_ascii_alphanumeric());
        if text("version") != "5.1.0" || text("encoding") != "UTF-8" || text("signMethod") != "01" {
            return Some(("10", "报文格式错误"));
        }
        if text("merId") != MERCHANT || text("certId") != self.keys.cert_id {
            return Some(("31", "商户状态不正确"));
        }
        let signature = STANDARD.decode(text("signature")).unwrap_or_default();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.keys.merchant);
        if key.verify(hashed(fields).as_bytes(), &signature).is_err() {
            return Some(("11", "验证签名失败"));
        }
        if text("txnTime").len() != 14 || (text("txnType") != "76" && bad_order_id) {
            return Some(("10", "报文格式错误"));
        }
        None
    }

    /// The fields with the gateway's certificate and signature.
    pub(super) fn sign(&self, fields: Fields, another_name: bool) -> Fields {
        let mut fields = fields;
        let certificate = if another_name { ANOTHER_NAME } else { GATEWAY };
        fields.insert("signPubKeyCert".to_owned(), certificate.to_owned());
        let mut signature = vec![0; self.keys.gateway.public().modulus_len()];
        self.keys
            .gateway
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), hashed(&fields).as_bytes(), &mut signature)
            .expect("the buffer has the modulus's length");
        fields.insert("signature".to_owned(), STANDARD.encode(signature));
        fields
    }

    /// Answers a request: what it said, the code, and more; bare `k=v` joined by `&`.
    pub(super) fn answer(&self, asked: &Fields, code: &str, message: &str, more: &[(&str, &str)]) -> Response {
        const ECHOED: [&str; 10] = [
            "version",
            "encoding",
            "signMethod",
            "merId",
            "accessType",
            "txnType",
            "txnSubType",
            "bizType",
            "txnTime",
            "orderId",
        ];
        let mut fields: Fields = asked.clone();
        fields.retain(|name, _| ECHOED.contains(&name.as_str()));
        let said = [("respCode", code), ("respMsg", message)];
        fields.extend(said.iter().chain(more).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let fields = self.sign(fields, self.faults(|faults| faults.another_name));
        let text = fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        ([(header::CONTENT_TYPE, "text/plain;charset=UTF-8")], text).into_response()
    }
}
