//! Which key signed: the one public key, or the certificate an answer names. Certificates are added while running.

use super::{
    Alipay, AlipaySettings, AlipaySettingsError,
    biz::{Call, json},
    certificates::{Trust, certificate_sn, root_sn},
    failure::unclear,
    signature::AlipayKey,
};
use crate::ChannelError;
use jiff::Timestamp;
use std::{
    collections::HashMap,
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

/// Alipay is asked for a certificate no oftener than this, in seconds.
const ASKED_AGAIN_AFTER: i64 = 60;

/// Why an answer is not believed.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unverified {
    #[error("signature does not match")]
    Wrong,
    #[error("signed with an unknown certificate")]
    UnknownCertificate,
}

/// The keys Alipay signs with.
pub(super) enum Verifier {
    /// 公钥模式
    PublicKey(AlipayKey),
    /// 证书模式
    Certificates(Box<Certified>),
}

/// The certificate mode.
pub(super) struct Certified {
    app_sn: String,
    root_sn: String,
    trust: Trust,
    keys: RwLock<HashMap<String, AlipayKey>>,
    asked_at: AtomicI64,
}

impl Verifier {
    pub(super) fn new(settings: &AlipaySettings) -> Result<Self, AlipaySettingsError> {
        if let Some(key) = &settings.alipay_public_key {
            let key = AlipayKey::read(key).ok_or(AlipaySettingsError::Key("Alipay public key"))?;
            return Ok(Self::PublicKey(key));
        }
        let files = settings.certificates().ok_or(AlipaySettingsError::Key("set of certificates"))?;
        let app_sn = certificate_sn(files.app).ok_or(AlipaySettingsError::Key("application's certificate"))?;
        let root_sn = root_sn(files.roots).ok_or(AlipaySettingsError::Key("root certificate"))?;
        let trust = Trust::new(files.roots, files.alipay).ok_or(AlipaySettingsError::Key("Alipay certificate"))?;
        let own = trust.own().ok_or(AlipaySettingsError::Key("Alipay certificate"))?;
        let keys = RwLock::new(HashMap::from([own]));
        let asked_at = AtomicI64::new(i64::MIN);
        Ok(Self::Certificates(Box::new(Certified { app_sn, root_sn, trust, keys, asked_at })))
    }

    /// The serials every request of the certificate mode names: the application's and the root's.
    pub(super) fn sns(&self) -> Option<(&str, &str)> {
        match self {
            Self::PublicKey(_) => None,
            Self::Certificates(certified) => Some((&certified.app_sn, &certified.root_sn)),
        }
    }

    fn check(&self, text: &str, sign: &str, certificate_sn: Option<&str>) -> Result<(), Unverified> {
        let verified = match (self, certificate_sn) {
            (Self::PublicKey(key), _) => key.verifies(text.as_bytes(), sign),
            (Self::Certificates(certified), Some(sn)) => {
                let keys = certified.keys.read().unwrap_or_else(PoisonError::into_inner);
                keys.get(sn).ok_or(Unverified::UnknownCertificate)?.verifies(text.as_bytes(), sign)
            }
            (Self::Certificates(_), None) => self.verifies_any(text.as_bytes(), sign),
        };
        if verified { Ok(()) } else { Err(Unverified::Wrong) }
    }

    /// Whether any key we know signed it: a notification does not say which.
    pub(super) fn verifies_any(&self, text: &[u8], sign: &str) -> bool {
        match self {
            Self::PublicKey(key) => key.verifies(text, sign),
            Self::Certificates(certified) => {
                let keys = certified.keys.read().unwrap_or_else(PoisonError::into_inner);
                keys.values().any(|key| key.verifies(text, sign))
            }
        }
    }
}

impl Certified {
    /// Whether the serial is worth asking for: it may be one, and we have not just asked.
    fn may_ask(&self, sn: &str, now: Timestamp) -> bool {
        let (may_be_one, now) = (sn.len() == 32 && sn.bytes().all(|b| b.is_ascii_hexdigit()), now.as_second());
        let due = |before: i64| (now >= before.saturating_add(ASKED_AGAIN_AFTER)).then_some(now);
        may_be_one && self.asked_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, due).is_ok()
    }

    /// Keeps a downloaded certificate, if it is Alipay's and the one asked for.
    fn keep(&self, pem: &str, sn: &str, now: Timestamp) -> Option<AlipayKey> {
        let key = self.trust.key_of(pem, sn, now)?;
        self.keys.write().unwrap_or_else(PoisonError::into_inner).insert(sn.to_owned(), key.clone());
        Some(key)
    }
}

impl Alipay {
    /// A success that Alipay did not sign is no success; neither is it a failure. An unknown certificate is fetched once.
    pub(super) async fn believe(
        &self,
        text: &str,
        sign: &str,
        certificate_sn: Option<&str>,
        now: Timestamp,
    ) -> Result<(), ChannelError> {
        match (self.verifier.check(text, sign, certificate_sn), &self.verifier, certificate_sn) {
            (Ok(()), _, _) => Ok(()),
            (Err(Unverified::UnknownCertificate), Verifier::Certificates(certified), Some(sn))
                if certified.may_ask(sn, now) =>
            {
                self.fetch_certificate(certified, sn, now).await?;
                self.verifier.check(text, sign, certificate_sn).map_err(unclear)
            }
            (Err(why), _, _) => Err(unclear(why)),
        }
    }

    /// The certificate is believed for its chain up to the root, not for the answer that brings it, which it signed itself.
    async fn fetch_certificate(&self, certified: &Certified, sn: &str, now: Timestamp) -> Result<(), ChannelError> {
        let content = json(&Wanted { alipay_cert_sn: sn });
        let call = Call::new("alipay.open.app.alipaycert.download", &content);
        let answer = self.exchange(&call, now).await?;
        let inner = super::cut(&answer.body, call.method).ok_or_else(|| unclear(Unverified::UnknownCertificate))?;
        let brought: Brought = serde_json::from_str(inner.signed).map_err(unclear)?;
        let pem = brought.pem().ok_or_else(|| unclear(Unverified::UnknownCertificate))?;
        certified.keep(&pem, sn, now).map(|_| ()).ok_or_else(|| unclear(Unverified::UnknownCertificate))
    }
}

#[derive(serde::Serialize)]
struct Wanted<'a> {
    alipay_cert_sn: &'a str,
}

#[derive(serde::Deserialize)]
struct Brought {
    alipay_cert_content: Option<String>,
}

impl Brought {
    fn pem(&self) -> Option<String> {
        use base64::{Engine, engine::general_purpose::STANDARD};
        String::from_utf8(STANDARD.decode(self.alipay_cert_content.as_deref()?).ok()?).ok()
    }
}
