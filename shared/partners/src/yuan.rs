//! Yuan as the partners write them.

use heatpay_domain::Fen;
use serde::Deserialize;

/// An amount that arrives as a string or as a JSON number (then by its digits, never as a float).
pub(crate) fn amount<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Fen>, D::Error> {
    let text = match Option::<serde_json::Value>::deserialize(from)? {
        None => return Ok(None),
        Some(serde_json::Value::String(text)) if text.is_empty() => return Ok(None),
        Some(serde_json::Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    Fen::parse_yuan(&text).map(Some).map_err(serde::de::Error::custom)
}
