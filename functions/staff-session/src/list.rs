use crate::{App, reply::StaffView};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::staff::Permission;
use heatpay_runtime::{Problem, http::Query, problem::ProblemBody, staff::Staff};
use heatpay_store::Cursor;
use serde::{Deserialize, Serialize};

/// How many a page has where the client does not say.
const PAGE: u8 = 50;
const LARGEST_PAGE: u8 = 100;
/// Longer than any cursor of ours.
const MAX_CURSOR: usize = 512;

/// Which page.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaffPaging {
    /// How many, 1 to 100; 50 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of staff.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffPage {
    /// In the order of their entry. Those of branches that are not the administrator's are left out.
    items: Vec<StaffView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 员工列表
///
/// The company's people, those who left too.
#[utoipa::path(get, path = "/api/staff/members", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::StaffManage))), params(StaffPaging),
    responses(
        (status = 200, description = "A page", body = StaffPage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_staff(
    State(app): State<App>,
    administrator: Staff,
    Query(paging): Query<StaffPaging>,
) -> Result<axum::Json<StaffPage>, Problem> {
    let limit = paging.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::invalid("每页条数应为 1 至 100。"));
    }
    let cursor = match paging.cursor {
        Some(text) if text.is_empty() || text.len() > MAX_CURSOR => return Err(not_ours()),
        text => text.map(Cursor),
    };
    let page = app.members.page(i32::from(limit), cursor.as_ref()).await?.ok_or_else(not_ours)?;
    let seen = page.items.into_iter().filter(|member| administrator.0.branches.cover(&member.branches));
    Ok(axum::Json(StaffPage { items: seen.map(StaffView::of).collect(), next: page.next.map(|cursor| cursor.0) }))
}

/// A cursor that no page of this listing gave.
fn not_ours() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "invalid_cursor", "翻页位置无效,请从第一页重新查看。")
}
