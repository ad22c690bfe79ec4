use crate::{App, reply::RepairReply};
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    problem::ProblemBody,
};
use heatpay_store::Cursor;
use serde::{Deserialize, Serialize};

/// How many a page has where the client does not say.
const PAGE: u8 = 20;

/// The most a page may have.
const LARGEST_PAGE: u8 = 100;

/// Longer than any cursor of ours.
const MAX_CURSOR: usize = 512;

/// Which page.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of repairs.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RepairPage {
    /// Newest first.
    items: Vec<RepairReply>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 报修列表
///
/// The repairs of a household, newest first.
#[utoipa::path(get, path = "/api/households/{account_no}/repairs", tag = "repairs", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), Paging),
    responses(
        (status = 200, description = "A page", body = RepairPage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_repairs(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<RepairPage>, Problem> {
    let account_no = resident.household(&account_no)?;
    let limit = paging.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::invalid("每页条数应为 1 至 100。"));
    }
    let cursor = match paging.cursor {
        Some(text) if text.is_empty() || text.len() > MAX_CURSOR => return Err(not_ours()),
        text => text.map(Cursor),
    };
    let page = app.repairs.of_household(account_no, i32::from(limit), cursor.as_ref()).await?.ok_or_else(not_ours)?;
    Ok(axum::Json(RepairPage {
        items: page.items.iter().map(RepairReply::of).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}

/// A cursor that no page of this listing gave.
fn not_ours() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "翻页位置无效,请从第一页重新查看。")
}
