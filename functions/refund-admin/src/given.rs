//! What a client gave, read once at the edge.

use axum::http::HeaderMap;
use heatpay_domain::RefundNo;
use heatpay_runtime::Problem;
use serde::Deserialize;

/// The most letters of a note or a reason.
pub(crate) const MAX_TEXT: usize = 200;

/// Why something does not go back.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Because {
    /// In words the requester and the resident may read.
    #[schema(
        example = "测温单未签字",
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    pub(crate) reason: String,
}

/// A number that is none is nobody's.
pub(crate) fn refund_no(text: String) -> Result<RefundNo, Problem> {
    RefundNo::parse(text).map_err(|_| no_such_refund())
}

pub(crate) fn no_such_refund() -> Problem {
    Problem::missing("没有找到这笔退款。")
}

/// A text of 1 to `MAX_TEXT` letters, not only blanks, without control characters.
pub(crate) fn text(text: String, what: &str) -> Result<String, Problem> {
    let fits = text.chars().count() <= MAX_TEXT && !text.trim().is_empty() && !text.contains(char::is_control);
    if fits { Ok(text) } else { Err(Problem::invalid(format!("{what}应为 1 至 {MAX_TEXT} 个字。"))) }
}

pub(crate) fn idempotency_key(headers: &HeaderMap) -> Result<String, Problem> {
    let key = headers
        .get("idempotency-key")
        .and_then(|value| value.to_str().ok())
        .filter(|key| (8..=64).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    key.map(str::to_owned).ok_or_else(|| Problem::invalid("缺少 Idempotency-Key,或格式不正确(8–64 位字母、数字或 -)。"))
}
