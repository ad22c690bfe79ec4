use super::{Inner, OpenError, Wechatpay, answers::Refusal, private_key};
use axum::{extract::State, response::Response};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde_json::{Value, json};
use std::sync::Arc;

/// The platform certificate that came after the first.
pub(super) struct Renewed {
    pub(super) key: ring::rsa::KeyPair,
    pub(super) serial: String,
    certificate: String,
}

impl Wechatpay {
    /// From now on another platform certificate signs. The first is listed still: what it signed is on its way.
    pub fn renew_certificate(&self, serial: &str, key: &str, certificate: &str) -> Result<(), OpenError> {
        let key = private_key(key, "platform key")?;
        let renewed = Renewed { key, serial: serial.to_owned(), certificate: certificate.to_owned() };
        self.0.faults(|faults| faults.renewed = Some(Arc::new(renewed)));
        Ok(())
    }
}

/// The platform certificates; the answer is signed with one it brings.
pub(super) async fn list(State(party): State<Wechatpay>) -> Result<Response, Refusal> {
    let inner = &party.0;
    let renewed = inner.faults(|faults| faults.renewed.clone());
    let mut listed = vec![(&inner.keys.platform_serial, &inner.keys.platform_certificate)];
    listed.extend(renewed.iter().map(|renewed| (&renewed.serial, &renewed.certificate)));
    let data: Vec<Value> = listed
        .into_iter()
        .map(|(serial, certificate)| {
            json!({
                "serial_no": serial,
                "effective_time": "2024-01-01T00:00:00+08:00",
                "expire_time": "2044-01-01T00:00:00+08:00",
                "encrypt_certificate": inner.encrypt(certificate, "certificate", None),
            })
        })
        .collect();
    let body = json!({ "data": data }).to_string();
    let signed = inner.signed(&body, inner.now(), super::answers::Signer::PlatformCertificate);
    let mut response = Response::new(body.into());
    response.headers_mut().extend(signed);
    response
        .headers_mut()
        .insert("content-type", axum::http::HeaderValue::from_static("application/json; charset=utf-8"));
    Ok(response)
}

impl Inner {
    /// A text under the APIv3 key, as notifications and certificates carry it.
    pub(super) fn encrypt(&self, text: &str, associated_data: &str, original_type: Option<&str>) -> Value {
        let nonce = self.ids.token(12);
        let key = UnboundKey::new(&AES_256_GCM, self.keys.apiv3_key.as_bytes()).expect("the APIv3 key has 32 bytes");
        let mut bytes = text.as_bytes().to_vec();
        LessSafeKey::new(key)
            .seal_in_place_append_tag(
                Nonce::try_assume_unique_for_key(nonce.as_bytes()).expect("the nonce has 12 bytes"),
                Aad::from(associated_data.as_bytes()),
                &mut bytes,
            )
            .expect("AES-GCM takes texts of this size");
        let mut resource = json!({
            "algorithm": "AEAD_AES_256_GCM", "ciphertext": STANDARD.encode(bytes),
            "associated_data": associated_data, "nonce": nonce,
        });
        if let Some(original_type) = original_type {
            resource["original_type"] = json!(original_type);
        }
        resource
    }
}
