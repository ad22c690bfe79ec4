//! Who signed an answer or a notification: the key is chosen by the serial, out of all that are valid.

use super::{
    WechatpaySettings, WechatpaySettingsError,
    signature::{PublicKey, answer_message},
};
use http::HeaderMap;
use jiff::Timestamp;
use std::{
    collections::HashMap,
    fmt,
    ops::RangeInclusive,
    sync::{PoisonError, RwLock},
};
use x509_parser::prelude::{FromDer, X509Certificate};

/// How far WeChat's clock and ours may differ, in seconds.
const SKEW_SECONDS: i64 = 300;

/// The headers a signature comes in.
pub(super) struct Signed<'a> {
    timestamp: &'a str,
    nonce: &'a str,
    signature: &'a str,
    pub(super) serial: &'a str,
}

/// Why a signature is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unverified {
    Headers,
    Stale,
    UnknownSerial,
    Wrong,
}

impl Unverified {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Headers => "signature headers missing or malformed",
            Self::Stale => "timestamp more than five minutes off",
            Self::UnknownSerial => "unknown key serial",
            Self::Wrong => "signature does not match",
        }
    }
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Unverified {}

impl<'a> Signed<'a> {
    pub(super) fn from_headers(headers: &'a HeaderMap) -> Result<Self, Unverified> {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).ok_or(Unverified::Headers);
        let kind = headers.get("wechatpay-signature-type").map(http::HeaderValue::as_bytes);
        if kind.is_some_and(|kind| kind != b"WECHATPAY2-SHA256-RSA2048") {
            return Err(Unverified::Headers);
        }
        Ok(Self {
            timestamp: text("wechatpay-timestamp")?,
            nonce: text("wechatpay-nonce")?,
            signature: text("wechatpay-signature")?,
            serial: text("wechatpay-serial")?,
        })
    }
}

struct Certificate {
    key: PublicKey,
    /// From when to when it is in force, in Unix seconds.
    valid: RangeInclusive<i64>,
}

/// All keys WeChat may sign with. Platform certificates are added while running.
pub(super) struct Verifier {
    public_keys: HashMap<String, PublicKey>,
    certificates: RwLock<HashMap<String, Certificate>>,
}

impl Verifier {
    pub(super) fn new(settings: &WechatpaySettings) -> Result<Self, WechatpaySettingsError> {
        let public_keys = settings
            .public_keys
            .iter()
            .map(|(id, pem)| Some((id.clone(), PublicKey::from_pem(pem)?)))
            .collect::<Option<_>>()
            .ok_or(WechatpaySettingsError::Key("WeChat Pay public key"))?;
        let verifier = Self { public_keys, certificates: RwLock::default() };
        for pem in &settings.platform_certificates {
            let (serial, certificate) =
                read_certificate(pem).ok_or(WechatpaySettingsError::Key("platform certificate"))?;
            verifier.insert(serial, certificate);
        }
        Ok(verifier)
    }

    /// Without any key.
    pub(super) fn empty() -> Self {
        Self { public_keys: HashMap::new(), certificates: RwLock::default() }
    }

    /// Keeps a platform certificate, in force as long as WeChat's list says.
    pub(super) fn keep_certificate(&self, pem: &str, serial: &str, valid: RangeInclusive<i64>) -> bool {
        match read_certificate(pem) {
            Some((own_serial, certificate)) if own_serial == serial => {
                self.insert(own_serial, Certificate { valid, ..certificate });
                true
            }
            Some(_) | None => false,
        }
    }

    fn insert(&self, serial: String, certificate: Certificate) {
        self.certificates.write().unwrap_or_else(PoisonError::into_inner).insert(serial, certificate);
    }

    /// Checks the signature over the raw body.
    pub(super) fn check(&self, signed: &Signed<'_>, body: &[u8], now: Timestamp) -> Result<(), Unverified> {
        let at: i64 = signed.timestamp.parse().map_err(|_| Unverified::Headers)?;
        if now.as_second().abs_diff(at) > SKEW_SECONDS.unsigned_abs() {
            return Err(Unverified::Stale);
        }
        let message = answer_message(signed.timestamp, signed.nonce, body);
        if let Some(key) = self.public_keys.get(signed.serial) {
            return if key.verifies(&message, signed.signature) { Ok(()) } else { Err(Unverified::Wrong) };
        }
        let certificates = self.certificates.read().unwrap_or_else(PoisonError::into_inner);
        match certificates.get(signed.serial) {
            Some(certificate) if !certificate.valid.contains(&now.as_second()) => Err(Unverified::UnknownSerial),
            Some(certificate) if certificate.key.verifies(&message, signed.signature) => Ok(()),
            Some(_) => Err(Unverified::Wrong),
            None => Err(Unverified::UnknownSerial),
        }
    }
}

/// A certificate's serial (upper-case hexadecimal), key and validity.
fn read_certificate(text: &str) -> Option<(String, Certificate)> {
    let pem = pem::parse(text).ok().filter(|pem| pem.tag() == "CERTIFICATE")?;
    let (_, certificate) = X509Certificate::from_der(pem.contents()).ok()?;
    let validity = certificate.validity();
    let key = PublicKey::of_bit_string(&certificate.public_key().subject_public_key.data);
    let serial = hex::encode_upper(certificate.raw_serial());
    let read = Certificate { key, valid: validity.not_before.timestamp()..=validity.not_after.timestamp() };
    Some((serial.trim_start_matches("00").to_owned(), read))
}
