use heatpay_runtime::Problem;
use heatpay_store::Cursor;

/// How many a page has unless the client says.
const DEFAULT_LIMIT: i32 = 20;
const MAX_LIMIT: i32 = 50;
/// Longer than any cursor of ours.
const MAX_CURSOR: usize = 512;

/// How many the client wants on a page.
pub(crate) fn limit(wanted: Option<i32>) -> Result<i32, Problem> {
    match wanted {
        None => Ok(DEFAULT_LIMIT),
        Some(limit) if (1..=MAX_LIMIT).contains(&limit) => Ok(limit),
        Some(_) => Err(Problem::invalid("每页条数应在 1 至 50 之间。")),
    }
}

/// Where the client wants to go on.
pub(crate) fn cursor(text: Option<String>) -> Result<Option<Cursor>, Problem> {
    match text {
        Some(text) if text.is_empty() || text.len() > MAX_CURSOR => Err(not_ours()),
        text => Ok(text.map(Cursor)),
    }
}

/// A cursor that no page of this listing gave.
pub(crate) fn not_ours() -> Problem {
    Problem::new(axum::http::StatusCode::BAD_REQUEST, "invalid_cursor", "翻页位置无效,请从第一页重新查看。")
}
