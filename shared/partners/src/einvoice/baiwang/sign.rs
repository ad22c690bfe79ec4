//! The signature and the password hashes.

use super::TokenVersion;
use md5::{Digest, Md5};
use ring::digest;
use std::collections::BTreeMap;

/// `UPPER(hex(MD5(secret + Σ key+value sorted by key + body + secret)))`; `sign` itself and empty values are left out.
/// `body` is the exact bytes posted, which must be compact JSON.
pub fn sign(app_secret: &str, query: &BTreeMap<&str, String>, body: &[u8]) -> String {
    let mut md5 = Md5::new();
    md5.update(app_secret);
    for (key, value) in query.iter().filter(|(key, value)| **key != "sign" && !value.is_empty()) {
        md5.update(key);
        md5.update(value);
    }
    md5.update(body);
    md5.update(app_secret);
    hex::encode_upper(md5.finalize())
}

/// The password as the token call wants it, in lower-case hex.
pub fn password_hash(version: TokenVersion, password: &str, salt: &str) -> String {
    let salted = format!("{password}{salt}");
    match version {
        TokenVersion::V7 => hex::encode(digest::digest(&digest::SHA256, salted.as_bytes())),
        TokenVersion::V6 => {
            let inner = hex::encode(Md5::digest(salted));
            hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, inner.as_bytes()))
        }
    }
}
