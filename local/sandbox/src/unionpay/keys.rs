//! The keys of both sides: the published throw-away ones, under which the test vectors were signed. They are good for a
//! gateway on 127.0.0.1 and nothing else.

use super::OpenError;
use serde_json::{Value, json};
use x509_parser::{prelude::FromDer, prelude::X509Certificate};

macro_rules! vector {
    ($name:literal) => {
        include_str!(concat!("../../../../tests/vectors/keys/", $name))
    };
}

/// 商户号
pub const MERCHANT: &str = "777290058110097";

/// The root, above the middle certificate.
pub const ROOT: &str = vector!("up_root_cert.pem");
/// The middle certificate, above the gateway's.
pub const MIDDLE: &str = vector!("up_middle_cert.pem");
/// The gateway's own, with UnionPay's name.
pub(super) const GATEWAY: &str = vector!("up_gw_cert.pem");
/// Of the same key and authority, with somebody else's name.
pub(super) const ANOTHER_NAME: &str = vector!("up_gw_cert_wrong_cn.pem");
const GATEWAY_KEY: &str = vector!("up_gw_key.pem");
const MERCHANT_KEY: &str = vector!("up_merchant_key.pem");
const MERCHANT_CERTIFICATE: &str = vector!("up_merchant_cert.pem");

/// What the gateway has of the merchant, and its own key.
pub(super) struct Keys {
    pub(super) gateway: ring::rsa::KeyPair,
    /// The merchant's public key, PKCS#1.
    pub(super) merchant: Vec<u8>,
    /// The decimal serial number of the merchant's certificate.
    pub(super) cert_id: String,
}

impl Keys {
    pub(super) fn read() -> Result<Self, OpenError> {
        let unreadable = |what: &'static str| move || OpenError::Key(what);
        let gateway = pem::parse(GATEWAY_KEY).ok();
        let gateway = gateway.and_then(|pem| ring::rsa::KeyPair::from_pkcs8(pem.contents()).ok());
        let pem = pem::parse(MERCHANT_CERTIFICATE).ok().ok_or_else(unreadable("merchant's certificate"))?;
        let (_, certificate) =
            X509Certificate::from_der(pem.contents()).ok().ok_or_else(unreadable("merchant's certificate"))?;
        Ok(Self {
            gateway: gateway.ok_or_else(unreadable("key"))?,
            merchant: certificate.public_key().subject_public_key.data.to_vec(),
            cert_id: certificate.serial.to_string(),
        })
    }

    /// What the merchant keeps as its secret.
    pub(super) fn merchant_secret(&self) -> Value {
        json!({
            "mer_id": MERCHANT,
            "cert_id": self.cert_id,
            "merchant_private_key": MERCHANT_KEY,
            "root_certificates": ROOT,
            "middle_certificates": MIDDLE,
        })
    }
}
