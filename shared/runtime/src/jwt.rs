//! JSON Web Tokens (RFC 7519) with HS256, and no other algorithm.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::hmac;
use serde::{Serialize, de::DeserializeOwned};

const HEADER: &str = r#"{"alg":"HS256","typ":"JWT"}"#;

/// A token for the claims.
pub(crate) fn sign(key: &hmac::Key, claims: &impl Serialize) -> String {
    let claims = serde_json::to_vec(claims).expect("claims are plain JSON");
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(HEADER), URL_SAFE_NO_PAD.encode(claims));
    let tag = hmac::sign(key, signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(tag))
}

/// The claims, if the key signed them. Whether they are over is for the caller to say.
pub(crate) fn verified<T: DeserializeOwned>(key: &hmac::Key, token: &str) -> Option<T> {
    let (signed, tag) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    hmac::verify(key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(tag).ok()?).ok()?;
    if header != URL_SAFE_NO_PAD.encode(HEADER) {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()
}
