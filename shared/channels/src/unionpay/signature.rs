//! What is signed, and how: SHA-256 of the fields' text, in hexadecimal, signed with RSA PKCS#1 v1.5 and SHA-256 (so hashed
//! twice), base64.

use super::{UnionpaySettingsError, fields::Fields};
use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    rsa::KeyPair,
    signature::{RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey},
};

/// The 64 hexadecimal digits that are signed.
pub fn hashed(fields: &Fields) -> String {
    hex::encode(digest(&SHA256, fields.signed_text().as_bytes()))
}

/// The merchant's private key.
pub struct MerchantKey(KeyPair);

impl MerchantKey {
    /// From PKCS#8 PEM.
    pub fn from_pem(text: &str) -> Result<Self, UnionpaySettingsError> {
        let unreadable = UnionpaySettingsError::Key("merchant's private key");
        let Ok(pem) = pem::parse(text) else { return Err(unreadable) };
        KeyPair::from_pkcs8(pem.contents()).map(Self).map_err(|_| unreadable)
    }

    /// The fields with their signature.
    pub fn sign(&self, fields: Fields) -> Fields {
        let mut signature = vec![0; self.0.public().modulus_len()];
        // Fails only for a buffer of another length.
        self.0
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), hashed(&fields).as_bytes(), &mut signature)
            .expect("the buffer has the modulus's length");
        fields.with([("signature", STANDARD.encode(signature).as_str())])
    }
}

/// A public RSA key, PKCS#1.
#[derive(Clone, Debug)]
pub(super) struct PublicKey(pub(super) Vec<u8>);

impl PublicKey {
    /// Whether the fields carry this key's signature over them.
    pub(super) fn signed(&self, fields: &Fields) -> bool {
        let signature = fields.get("signature").and_then(|text| STANDARD.decode(text.trim()).ok());
        signature.is_some_and(|signature| self.verifies(hashed(fields).as_bytes(), &signature))
    }

    /// Whether the signature is this key's over the message, hashed once.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.0).verify(message, signature).is_ok()
    }
}
