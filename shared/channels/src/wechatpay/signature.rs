//! What is signed, and how: RSA PKCS#1 v1.5 with SHA-256, base64. Every line ends with a line feed, also the last.

use super::WechatpaySettingsError;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use x509_parser::{prelude::FromDer, x509::SubjectPublicKeyInfo};

/// The lines a request is signed over. `path_and_query` are exactly the bytes on the request line.
pub fn request_message(method: &str, path_and_query: &str, timestamp: i64, nonce: &str, body: &str) -> String {
    format!("{method}\n{path_and_query}\n{timestamp}\n{nonce}\n{body}\n")
}

/// The `Authorization` header of a signed request.
pub fn authorization(mchid: &str, serial: &str, timestamp: i64, nonce: &str, signature: &str) -> String {
    format!(
        "WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",serial_no=\"{serial}\",timestamp=\"{timestamp}\",nonce_str=\"{nonce}\",signature=\"{signature}\""
    )
}

/// The lines an answer or a notification is signed over, before the raw body and its line feed.
pub fn answer_message(timestamp: &str, nonce: &str, body: &[u8]) -> Vec<u8> {
    let mut message = format!("{timestamp}\n{nonce}\n").into_bytes();
    message.extend_from_slice(body);
    message.push(b'\n');
    message
}

/// The lines the client's parameters are signed over. `package` is `prepay_id=…`.
pub fn pay_message(appid: &str, timestamp: &str, nonce: &str, package: &str) -> String {
    format!("{appid}\n{timestamp}\n{nonce}\n{package}\n")
}

/// The merchant's private key.
pub struct MerchantKey(KeyPair);

impl MerchantKey {
    /// From PKCS#8 PEM.
    pub fn from_pem(text: &str) -> Result<Self, WechatpaySettingsError> {
        let unreadable = WechatpaySettingsError::Key("merchant's private key");
        let Ok(pem) = pem::parse(text) else { return Err(unreadable) };
        KeyPair::from_pkcs8(pem.contents()).map(Self).map_err(|_| unreadable)
    }

    /// Signs the message; base64.
    pub fn sign(&self, message: &[u8]) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // Fails only for a buffer of another length.
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature)
            .expect("the buffer has the modulus's length");
        STANDARD.encode(signature)
    }
}

/// A public key of WeChat Pay.
#[derive(Clone, Debug)]
pub struct PublicKey(Vec<u8>);

impl PublicKey {
    /// From an SPKI PEM (`PUBLIC KEY`).
    pub fn from_pem(text: &str) -> Option<Self> {
        let pem = pem::parse(text).ok().filter(|pem| pem.tag() == "PUBLIC KEY")?;
        let (_, spki) = SubjectPublicKeyInfo::from_der(pem.contents()).ok()?;
        Some(Self::of_bit_string(&spki.subject_public_key.data))
    }

    /// The key of a certificate's SPKI: the PKCS#1 `RSAPublicKey` inside.
    pub(super) fn of_bit_string(bits: &[u8]) -> Self {
        Self(bits.to_vec())
    }

    /// Whether the base64 signature is this key's over the message.
    pub fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(message, &signature).is_ok()
    }
}
