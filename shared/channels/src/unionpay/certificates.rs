//! Who signed: every message brings its certificate, which is believed if UnionPay's root says so through a middle one, if it
//! is in force, and if it is UnionPay's own by its name. The same authority certifies every merchant: without the name any of
//! them could speak for UnionPay.

use super::{UnionpaySettings, UnionpaySettingsError, fields::Fields, settings::Environment, signature::PublicKey};
use jiff::Timestamp;
use std::{
    collections::HashMap,
    fmt,
    ops::RangeInclusive,
    sync::{PoisonError, RwLock},
};
use x509_parser::{
    oid_registry::OID_PKCS1_SHA256WITHRSA,
    prelude::{FromDer, X509Certificate},
};

/// More certificates than UnionPay ever signs with at a time.
const KEPT: usize = 16;

/// Why a message is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unverified {
    /// It has no readable certificate.
    NoCertificate,
    /// The certificate does not lead to UnionPay's root.
    Stranger,
    /// The certificate is somebody else's.
    AnotherName,
    /// The certificate, or one it hangs on, is not in force.
    NotInForce,
    /// The signature does not match.
    Wrong,
}

impl Unverified {
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::NoCertificate => "there is no readable signPubKeyCert",
            Self::Stranger => "the certificate does not lead to UnionPay's root",
            Self::AnotherName => "the certificate is not UnionPay's own",
            Self::NotInForce => "the certificate is not in force",
            Self::Wrong => "the signature does not match",
        }
    }
}

impl fmt::Display for Unverified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.reason())
    }
}

impl std::error::Error for Unverified {}

/// A certificate that certifies others.
struct Authority {
    subject: Vec<u8>,
    key: PublicKey,
    valid: RangeInclusive<i64>,
}

/// A signing certificate that was believed.
#[derive(Clone)]
struct Believed {
    key: PublicKey,
    valid: RangeInclusive<i64>,
}

/// UnionPay's authorities, and the certificates believed so far.
pub(super) struct Verifier {
    middles: Vec<Authority>,
    environment: Environment,
    believed: RwLock<HashMap<String, Believed>>,
}

impl Verifier {
    pub(super) fn new(settings: &UnionpaySettings) -> Result<Self, UnionpaySettingsError> {
        let roots =
            authorities(&settings.root_certificates, &[]).ok_or(UnionpaySettingsError::Key("root certificate"))?;
        let middles = authorities(&settings.middle_certificates, &roots)
            .ok_or(UnionpaySettingsError::Key("middle certificate, certified by the root,"))?;
        Ok(Self { middles, environment: settings.environment, believed: RwLock::default() })
    }

    /// Checks that the fields are signed by UnionPay.
    pub(super) fn check(&self, fields: &Fields, now: Timestamp) -> Result<(), Unverified> {
        let text = fields.get("signPubKeyCert").ok_or(Unverified::NoCertificate)?;
        let known = self.believed.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        let Believed { key, valid } = match known {
            Some(known) => known,
            None => self.believe(text)?,
        };
        if !valid.contains(&now.as_second()) {
            return Err(Unverified::NotInForce);
        }
        if key.signed(fields) { Ok(()) } else { Err(Unverified::Wrong) }
    }

    /// Believes a certificate and keeps it.
    fn believe(&self, text: &str) -> Result<Believed, Unverified> {
        let pem = pem::parse(text).ok().filter(|pem| pem.tag() == "CERTIFICATE").ok_or(Unverified::NoCertificate)?;
        let (_, certificate) = X509Certificate::from_der(pem.contents()).map_err(|_| Unverified::NoCertificate)?;
        let authority = certifies(&self.middles, &certificate).ok_or(Unverified::Stranger)?;
        let name = certificate.subject().iter_common_name().next().and_then(|name| name.as_str().ok());
        let own = name.and_then(|name| name.split('@').nth(2)).is_some_and(|name| self.environment.accepts(name));
        if !own {
            return Err(Unverified::AnotherName);
        }
        let believed = Believed {
            key: PublicKey(certificate.public_key().subject_public_key.data.to_vec()),
            valid: both(&in_force(&certificate), &authority.valid),
        };
        let mut kept = self.believed.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(text.to_owned(), believed.clone());
        Ok(believed)
    }
}

/// The authorities of a text with one certificate or several; each certified by one of the given, if there are any. `None` if
/// one of them is not, or if there is none.
fn authorities(text: &str, above: &[Authority]) -> Option<Vec<Authority>> {
    let certificates = pem::parse_many(text).ok()?;
    let read = |pem: &pem::Pem| {
        let (_, certificate) = X509Certificate::from_der(pem.contents()).ok()?;
        let valid = if above.is_empty() {
            in_force(&certificate)
        } else {
            both(&in_force(&certificate), &certifies(above, &certificate)?.valid)
        };
        Some(Authority {
            subject: certificate.subject().as_raw().to_vec(),
            key: PublicKey(certificate.public_key().subject_public_key.data.to_vec()),
            valid,
        })
    };
    let read: Vec<_> = certificates.iter().map(read).collect::<Option<_>>()?;
    (!read.is_empty()).then_some(read)
}

/// The authority that certified it.
fn certifies<'a>(authorities: &'a [Authority], certificate: &X509Certificate<'_>) -> Option<&'a Authority> {
    if certificate.signature_algorithm.algorithm != OID_PKCS1_SHA256WITHRSA {
        return None;
    }
    let (content, signature) = (certificate.tbs_certificate.as_ref(), &certificate.signature_value.data);
    authorities
        .iter()
        .filter(|authority| authority.subject == certificate.issuer().as_raw())
        .find(|authority| authority.key.verifies(content, signature))
}

/// From when to when a certificate is in force, in Unix seconds.
fn in_force(certificate: &X509Certificate<'_>) -> RangeInclusive<i64> {
    let validity = certificate.validity();
    validity.not_before.timestamp()..=validity.not_after.timestamp()
}

fn both(one: &RangeInclusive<i64>, other: &RangeInclusive<i64>) -> RangeInclusive<i64> {
    *one.start().max(other.start())..=*one.end().min(other.end())
}
