//! Personal data (PIPL): encrypted in the tables, found by a keyed hash, masked wherever it is shown.

use base64::{Engine, engine::general_purpose::STANDARD};
use heatpay_ports::Ids;
use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    hmac,
};
use serde::Deserialize;

/// The secret: any text of at least 32 characters. The keys for sealing and for look-up are both derived from it.
#[derive(Deserialize)]
pub struct PersonalDataSecret {
    /// The key of keys.
    pub master_key: String,
}

/// Sealed text cannot be opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("sealed personal data cannot be opened")]
pub struct CannotOpen;

/// The secret's key is too short.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("master_key has fewer than 32 characters")]
pub struct KeyTooShort;

/// Seals, opens and hashes.
pub struct PersonalData {
    seal: LessSafeKey,
    lookup: hmac::Key,
}

impl PersonalData {
    /// From the secret.
    pub fn new(secret: &PersonalDataSecret) -> Result<Self, KeyTooShort> {
        if secret.master_key.len() < 32 {
            return Err(KeyTooShort);
        }
        let master = hmac::Key::new(hmac::HMAC_SHA256, secret.master_key.as_bytes());
        let derived = |purpose: &str| hmac::sign(&master, purpose.as_bytes());
        let seal = UnboundKey::new(&AES_256_GCM, derived("heatpay seal").as_ref()).map_err(|_| KeyTooShort)?;
        let lookup = hmac::Key::new(hmac::HMAC_SHA256, derived("heatpay lookup").as_ref());
        Ok(Self { seal: LessSafeKey::new(seal), lookup })
    }

    /// Encrypts `text` for the place `owner` (an account number with the field's name): it opens only there.
    pub fn seal(&self, ids: &dyn Ids, owner: &str, text: &str) -> String {
        let mut nonce = [0; 12];
        ids.fill(&mut nonce);
        let mut bytes = text.as_bytes().to_vec();
        self.seal
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::from(owner.as_bytes()), &mut bytes)
            .expect("AES-GCM takes texts of this size");
        let mut sealed = nonce.to_vec();
        sealed.append(&mut bytes);
        STANDARD.encode(sealed)
    }

    /// Decrypts what was sealed for `owner`.
    pub fn open(&self, owner: &str, sealed: &str) -> Result<String, CannotOpen> {
        let bytes = STANDARD.decode(sealed).map_err(|_| CannotOpen)?;
        let (nonce, rest) = bytes.split_at_checked(12).ok_or(CannotOpen)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CannotOpen)?;
        let mut rest = rest.to_vec();
        let text = self.seal.open_in_place(nonce, Aad::from(owner.as_bytes()), &mut rest).map_err(|_| CannotOpen)?;
        String::from_utf8(text.to_vec()).map_err(|_| CannotOpen)
    }

    /// The keyed hash by which `text` is found or compared, within `purpose`.
    pub fn lookup(&self, purpose: &str, text: &str) -> String {
        let mut context = hmac::Context::with_key(&self.lookup);
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(text.as_bytes());
        hex::encode(&context.sign().as_ref()[..16])
    }

    /// Whether `text` has this hash, in a time that does not tell how close it came.
    pub fn matches(&self, purpose: &str, text: &str, hash: &str) -> bool {
        let found = self.lookup(purpose, text);
        let different = found.bytes().zip(hash.bytes()).fold(0_u8, |all, (a, b)| all | (a ^ b));
        found.len() == hash.len() && different == 0
    }
}
