//! Certificates: the serials Alipay names them by, and the chain from its certificate up to its root.

use super::signature::AlipayKey;
use jiff::Timestamp;
use md5::{Digest, Md5};
use pem::Pem;
use x509_parser::{
    certificate::X509Certificate,
    oid_registry::{
        OID_PKCS1_SHA256WITHRSA, OID_X509_COMMON_NAME, OID_X509_COUNTRY_NAME, OID_X509_LOCALITY_NAME,
        OID_X509_ORGANIZATION_NAME, OID_X509_ORGANIZATIONAL_UNIT, OID_X509_STATE_OR_PROVINCE_NAME, Oid,
    },
    prelude::FromDer,
    x509::X509Name,
};

/// A chain is no longer than this.
const MAX_CHAIN: usize = 5;

/// The prefix of all RSA signatures: SM2 and ECC certificates stand in the root's file too and do not count.
const RSA_SIGNATURES: &str = "1.2.840.113549.1.1.";

fn pems(text: &str) -> Vec<Pem> {
    let all = pem::parse_many(text).unwrap_or_default();
    all.into_iter().filter(|pem| pem.tag() == "CERTIFICATE").collect()
}

fn certificate(pem: &Pem) -> Option<X509Certificate<'_>> {
    X509Certificate::from_der(pem.contents()).ok().map(|(_, certificate)| certificate)
}

/// The serial of a certificate, the first of a PEM file: MD5 of its issuer and its number.
pub fn certificate_sn(text: &str) -> Option<String> {
    sn(&certificate(pems(text).first()?)?)
}

/// The serial of the root file: those of its RSA certificates, joined with `_`.
pub fn root_sn(text: &str) -> Option<String> {
    let pems = pems(text);
    let rsa = |certificate: &X509Certificate<'_>| {
        certificate.signature_algorithm.algorithm.to_id_string().starts_with(RSA_SIGNATURES)
    };
    let sns: Option<Vec<_>> = pems.iter().filter_map(certificate).filter(rsa).map(|one| sn(&one)).collect();
    sns.filter(|sns| !sns.is_empty()).map(|sns| sns.join("_"))
}

fn sn(certificate: &X509Certificate<'_>) -> Option<String> {
    let named = format!("{}{}", reversed(certificate.issuer())?, certificate.tbs_certificate.serial);
    Some(hex::encode(Md5::digest(named.as_bytes())))
}

/// `CN=…,OU=…,O=…,C=CN`: the parts from the last to the first.
fn reversed(name: &X509Name<'_>) -> Option<String> {
    let parts: Option<Vec<_>> = name
        .iter_attributes()
        .map(|part| Some(format!("{}={}", short(part.attr_type()), part.as_str().ok()?)))
        .collect();
    let mut parts = parts?;
    parts.reverse();
    Some(parts.join(","))
}

fn short(kind: &Oid<'_>) -> String {
    let known = [
        (OID_X509_COMMON_NAME, "CN"),
        (OID_X509_ORGANIZATIONAL_UNIT, "OU"),
        (OID_X509_ORGANIZATION_NAME, "O"),
        (OID_X509_COUNTRY_NAME, "C"),
        (OID_X509_STATE_OR_PROVINCE_NAME, "ST"),
        (OID_X509_LOCALITY_NAME, "L"),
    ];
    let found = known.iter().find(|(oid, _)| oid == kind);
    found.map_or_else(|| kind.to_id_string(), |(_, short)| (*short).to_owned())
}

/// What a certificate of Alipay's is believed by.
pub(super) struct Trust {
    roots: Vec<Pem>,
    /// Alipay's certificate of the settings, and those between it and the root.
    alipay: Vec<Pem>,
}

impl Trust {
    pub(super) fn new(roots: &str, alipay: &str) -> Option<Self> {
        let (roots, alipay) = (pems(roots), pems(alipay));
        (!roots.is_empty() && !alipay.is_empty()).then_some(Self { roots, alipay })
    }

    /// The certificate of the settings: its serial and key.
    pub(super) fn own(&self) -> Option<(String, AlipayKey)> {
        let own = certificate(self.alipay.first()?)?;
        Some((sn(&own)?, key(&own)))
    }

    /// The key of a downloaded certificate: the one of that serial, issued to the same organisation, in force, and signed by
    /// our root or by whom it signed.
    pub(super) fn key_of(&self, text: &str, wanted: &str, now: Timestamp) -> Option<AlipayKey> {
        let brought = pems(text);
        let leaf = certificate(brought.first()?)?;
        let own = certificate(self.alipay.first()?)?;
        let between: Vec<_> = brought.iter().chain(&self.alipay).filter_map(certificate).collect();
        let same = sn(&leaf)? == wanted && organisation(&leaf) == organisation(&own);
        (same && self.reaches_root(&leaf, &between, now)).then(|| key(&leaf))
    }

    fn reaches_root(&self, leaf: &X509Certificate<'_>, between: &[X509Certificate<'_>], now: Timestamp) -> bool {
        let roots: Vec<_> = self.roots.iter().filter_map(certificate).collect();
        let mut at = leaf;
        for _ in 0..MAX_CHAIN {
            if !in_force(at, now) {
                return false;
            }
            if let Some(root) = roots.iter().find(|root| signed_by(at, root)) {
                return in_force(root, now);
            }
            match between.iter().find(|one| one.is_ca() && signed_by(at, one)) {
                Some(issuer) => at = issuer,
                None => return false,
            }
        }
        false
    }
}

fn key(certificate: &X509Certificate<'_>) -> AlipayKey {
    AlipayKey::of_bit_string(&certificate.public_key().subject_public_key.data)
}

fn organisation<'a>(certificate: &'a X509Certificate<'_>) -> Option<&'a str> {
    certificate.subject().iter_organization().next().and_then(|part| part.as_str().ok())
}

fn in_force(certificate: &X509Certificate<'_>, now: Timestamp) -> bool {
    let validity = certificate.validity();
    (validity.not_before.timestamp()..=validity.not_after.timestamp()).contains(&now.as_second())
}

fn signed_by(certificate: &X509Certificate<'_>, issuer: &X509Certificate<'_>) -> bool {
    certificate.issuer().as_raw() == issuer.subject().as_raw()
        && certificate.signature_algorithm.algorithm == OID_PKCS1_SHA256WITHRSA
        && key(issuer).verifies_raw(certificate.tbs_certificate.as_ref(), &certificate.signature_value.data)
}
