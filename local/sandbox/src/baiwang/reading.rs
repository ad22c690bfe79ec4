use super::rejection::{BREAKS_A_RULE, MISSING, Rejection, rejected};
use rust_decimal::Decimal;
use serde_json::Value;

/// A text that must be there.
pub(super) fn required<'a>(body: &'a Value, name: &str) -> Result<&'a str, Rejection> {
    match optional(body, name) {
        "" => Err(rejected(MISSING, format!("缺少必填参数:{name}"))),
        text => Ok(text),
    }
}

/// A text, empty when it is not there.
pub(super) fn optional<'a>(body: &'a Value, name: &str) -> &'a str {
    body[name].as_str().unwrap_or_default()
}

/// A yuan amount: a text with two decimals at most.
pub(super) fn amount(body: &Value, name: &str) -> Result<Decimal, Rejection> {
    let read = decimal(body, name)?;
    if read.normalize().scale() > 2 {
        return Err(rejected(BREAKS_A_RULE, format!("{name} 最多两位小数")));
    }
    Ok(read)
}

/// A number written as a text.
pub(super) fn decimal(body: &Value, name: &str) -> Result<Decimal, Rejection> {
    let text = required(body, name)?;
    text.parse().map_err(|_| rejected(BREAKS_A_RULE, format!("{name} 不是数字:{text}")))
}
