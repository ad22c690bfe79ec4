use http::{HeaderMap, Method};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest;
use std::collections::BTreeMap;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The canonical request as the server rebuilds it: from the client's own list of signed headers, with the query decoded and
/// encoded again, since clients leave `* ~ ( )` as they are on the wire.
pub(super) fn canonical_request(
    method: &Method,
    path: &str,
    query: &BTreeMap<String, String>,
    headers: &HeaderMap,
    signed_headers: &str,
    body_sha256: &str,
) -> Option<String> {
    let encode = |text: &str| utf8_percent_encode(text, UNRESERVED).to_string();
    let query: Vec<_> = query.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    let mut lines = String::new();
    for name in signed_headers.split(';') {
        let value = headers.get(name)?.to_str().ok()?.trim();
        lines.push_str(&format!("{name}:{value}\n"));
    }
    Some(format!("{method}\n{path}\n{}\n{lines}\n{signed_headers}\n{body_sha256}", query.join("&")))
}

pub(super) fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}
