//! Which page of a listing a client wants: one rule for all of them.

use crate::problem::Problem;
use axum::http::StatusCode;
use serde::Deserialize;

/// How many a page has where the client does not say.
const PAGE: u8 = 20;
/// The most a page may have.
const LARGEST_PAGE: u8 = 100;
/// Longer than any cursor of ours.
const MAX_CURSOR: usize = 512;

/// Where a page ended; a client hands it back to go on. Opaque text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// Which page.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Paging {
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

impl Paging {
    /// How many, and where they start.
    pub fn read(self) -> Result<(i32, Option<Cursor>), Problem> {
        page(self.limit, self.cursor)
    }
}

/// The same, where a listing is asked for more than a page of it.
pub fn page(limit: Option<u8>, cursor: Option<String>) -> Result<(i32, Option<Cursor>), Problem> {
    let limit = limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::invalid("每页条数应为 1 至 100。"));
    }
    match cursor {
        Some(text) if text.is_empty() || text.len() > MAX_CURSOR => Err(not_ours()),
        text => Ok((i32::from(limit), text.map(Cursor))),
    }
}

/// 400: a cursor that no page of this listing gave.
pub fn not_ours() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "翻页位置无效,请从第一页重新查看。")
}
