//! ACS3-HMAC-SHA256, the signature of Aliyun's gateway.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::{digest, hmac};
use std::collections::BTreeMap;

/// RFC 3986: only `A-Z a-z 0-9 - _ . ~` stay as they are.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The algorithm's name, first word of everything.
pub const ALGORITHM: &str = "ACS3-HMAC-SHA256";

/// A request as it is signed: header names in lower case.
#[derive(Clone, Copy, Debug)]
pub struct Unsigned<'a> {
    /// `POST`.
    pub method: &'a str,
    /// `/`.
    pub path: &'a str,
    /// Names and values, not encoded.
    pub query: &'a BTreeMap<&'a str, String>,
    /// The headers to sign.
    pub headers: &'a BTreeMap<&'a str, String>,
    /// Hex SHA-256 of the body.
    pub body_sha256: &'a str,
}

/// One name or value, percent-encoded.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

/// The query string, sorted and encoded; also what goes out, so that both sides read the same.
pub fn canonical_query(query: &BTreeMap<&str, String>) -> String {
    let pairs: Vec<_> = query.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value))).collect();
    pairs.join("&")
}

/// The text whose hash is signed.
pub fn canonical_request(request: &Unsigned<'_>) -> String {
    let headers: String = request.headers.iter().map(|(name, value)| format!("{name}:{}\n", value.trim())).collect();
    format!(
        "{}\n{}\n{}\n{headers}\n{}\n{}",
        request.method,
        request.path,
        canonical_query(request.query),
        signed_headers(request),
        request.body_sha256
    )
}

/// The algorithm and the hash of the canonical request.
pub fn string_to_sign(canonical_request: &str) -> String {
    format!("{ALGORITHM}\n{}", sha256_hex(canonical_request.as_bytes()))
}

/// The signature over a string to sign.
pub fn signature(secret: &str, string_to_sign: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    hex::encode(hmac::sign(&key, string_to_sign.as_bytes()))
}

/// The `Authorization` header.
pub fn authorization(key_id: &str, secret: &str, request: &Unsigned<'_>) -> String {
    let signature = signature(secret, &string_to_sign(&canonical_request(request)));
    format!("{ALGORITHM} Credential={key_id},SignedHeaders={},Signature={signature}", signed_headers(request))
}

/// SHA-256 in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

fn signed_headers(request: &Unsigned<'_>) -> String {
    request.headers.keys().copied().collect::<Vec<_>>().join(";")
}
