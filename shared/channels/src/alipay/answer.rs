//! A synchronous answer, cut open without touching what is signed: the inner object's bytes exactly as they came.

use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// The parts of an answer.
#[derive(Debug)]
pub struct Inner<'a> {
    /// The object that is signed, as it came.
    pub signed: &'a str,
    /// Whether it is the gateway's own error and no answer of the method.
    pub is_error: bool,
    /// The signature, base64; none where the gateway refused before it knew who asks.
    pub sign: Option<String>,
    /// Which certificate signed, in certificate mode.
    pub certificate_sn: Option<String>,
}

/// Cuts the answer to a method out of a body. Strings may hold braces and the word `"sign"`; only JSON's own grammar tells.
pub fn cut<'a>(body: &'a [u8], method: &str) -> Option<Inner<'a>> {
    let parts: BTreeMap<&str, &'a RawValue> = serde_json::from_slice(body).ok()?;
    let text = |name: &str| parts.get(name).and_then(|raw| serde_json::from_str::<String>(raw.get()).ok());
    let own = format!("{}_response", method.replace('.', "_"));
    let (inner, is_error) = match (parts.get(own.as_str()), parts.get("error_response")) {
        (Some(inner), None) => (inner, false),
        (None, Some(inner)) => (inner, true),
        (Some(_), Some(_)) | (None, None) => return None,
    };
    Some(Inner { signed: inner.get(), is_error, sign: text("sign"), certificate_sn: text("alipay_cert_sn") })
}
