//! The encrypted resource in notifications and certificates: AES-256-GCM under the APIv3 key.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use serde::Deserialize;

/// The encrypted part as it comes.
#[derive(Debug, Deserialize)]
pub struct Resource {
    /// `AEAD_AES_256_GCM`
    pub algorithm: String,
    /// base64 of the cipher text and its tag of 16 bytes.
    pub ciphertext: String,
    /// Authenticated along with it; empty if absent.
    #[serde(default)]
    pub associated_data: Option<String>,
    /// 12 bytes.
    pub nonce: String,
    /// `transaction`, `refund`; none in certificates.
    #[serde(default)]
    pub original_type: Option<String>,
}

impl Resource {
    /// The plain text, if the tag is right.
    pub fn open(&self, apiv3_key: &str) -> Option<Vec<u8>> {
        if self.algorithm != "AEAD_AES_256_GCM" {
            return None;
        }
        let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, apiv3_key.as_bytes()).ok()?);
        let nonce = Nonce::try_assume_unique_for_key(self.nonce.as_bytes()).ok()?;
        let aad = Aad::from(self.associated_data.as_deref().unwrap_or_default().as_bytes());
        let mut text = STANDARD.decode(&self.ciphertext).ok()?;
        let plain = key.open_in_place(nonce, aad, &mut text).ok()?.len();
        text.truncate(plain);
        Some(text)
    }
}
