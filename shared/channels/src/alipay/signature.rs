//! RSA2: what is signed, and how. RSA PKCS#1 v1.5 with SHA-256, base64.

use super::AlipaySettingsError;
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};
use std::collections::BTreeMap;
use x509_parser::{prelude::FromDer, x509::SubjectPublicKeyInfo};

/// What a request is signed over: every parameter but `sign` that is not empty, by name, values as they are.
pub fn request_text<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let sorted: BTreeMap<_, _> =
        parameters.into_iter().filter(|(name, value)| *name != "sign" && !value.is_empty()).collect();
    joined(sorted)
}

/// What a notification is signed over: every parameter but `sign` and `sign_type`, also empty ones.
pub fn notification_text(parameters: &BTreeMap<String, String>) -> String {
    let signed = parameters.iter().filter(|(name, _)| !matches!(name.as_str(), "sign" | "sign_type"));
    joined(signed.map(|(name, value)| (name.as_str(), value.as_str())))
}

fn joined<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<_> = parameters.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    pairs.join("&")
}

/// The bytes of a key: PEM, or its base64 alone.
fn der(text: &str) -> Option<Vec<u8>> {
    match pem::parse(text) {
        Ok(pem) => Some(pem.into_contents()),
        Err(_) => STANDARD.decode(text.split_whitespace().collect::<String>()).ok(),
    }
}

/// The application's private key.
pub struct AppKey(KeyPair);

impl AppKey {
    /// From PEM or bare base64, PKCS#8 or PKCS#1.
    pub fn read(text: &str) -> Result<Self, AlipaySettingsError> {
        let unreadable = || AlipaySettingsError::Key("application's private key");
        let der = der(text).ok_or_else(unreadable)?;
        let key = KeyPair::from_pkcs8(&der).or_else(|_| KeyPair::from_der(&der));
        key.map(Self).map_err(|_| unreadable())
    }

    /// Signs the text; base64.
    pub fn sign(&self, text: &[u8]) -> String {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // Fails only for a buffer of another length.
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature)
            .expect("the buffer has the modulus's length");
        STANDARD.encode(signature)
    }
}

/// A public key of Alipay.
#[derive(Clone, Debug)]
pub struct AlipayKey(Vec<u8>);

impl AlipayKey {
    /// From an SPKI, in PEM or bare base64.
    pub fn read(text: &str) -> Option<Self> {
        let der = der(text)?;
        let (_, spki) = SubjectPublicKeyInfo::from_der(&der).ok()?;
        Some(Self::of_bit_string(&spki.subject_public_key.data))
    }

    /// The key of a certificate's SPKI: the PKCS#1 `RSAPublicKey` inside.
    pub(super) fn of_bit_string(bits: &[u8]) -> Self {
        Self(bits.to_vec())
    }

    /// Whether the base64 signature is this key's over the text.
    pub fn verifies(&self, text: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        self.verifies_raw(text, &signature)
    }

    /// The same with the signature's own bytes.
    pub(super) fn verifies_raw(&self, text: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(text, signature).is_ok()
    }
}
