//! Yuan with two decimals, as the partners write money.

use heatpay_domain::Fen;
use rust_decimal::Decimal;
use serde::Deserialize;

/// `2238.00` of 223800.
pub(crate) fn write(amount: Fen) -> String {
    Decimal::new(amount.0, 2).to_string()
}

/// Whole fen of `2238`, `2238.0` or `2238.00`; nothing of a fraction of a fen.
pub(crate) fn read(text: &str) -> Option<Fen> {
    let fen = text.trim().parse::<Decimal>().ok()?.checked_mul(Decimal::ONE_HUNDRED)?;
    if fen.fract().is_zero() { i64::try_from(fen.trunc()).ok().map(Fen) } else { None }
}

/// An amount that arrives as a string or as a JSON number (then by its digits, never as a float).
pub(crate) fn amount<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Fen>, D::Error> {
    let text = match Option::<serde_json::Value>::deserialize(from)? {
        None => return Ok(None),
        Some(serde_json::Value::String(text)) if text.is_empty() => return Ok(None),
        Some(serde_json::Value::String(text)) => text,
        Some(other) => other.to_string(),
    };
    read(&text).map(Some).ok_or_else(|| serde::de::Error::custom(format!("not an amount: {text}")))
}
