use crate::{App, reply::StaffView};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{
    Problem,
    http::Query,
    paging::{self, Paging},
    problem::ProblemBody,
    staff::Staff,
};
use serde::Serialize;

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
    extensions(("x-permission" = json!(Permission::StaffManage))), params(Paging),
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
    Query(paging): Query<Paging>,
) -> Result<axum::Json<StaffPage>, Problem> {
    let (limit, cursor) = paging.read()?;
    let page = app.members.page(limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    let seen = page.items.into_iter().filter(|member| administrator.0.branches.cover(&member.branches));
    Ok(axum::Json(StaffPage { items: seen.map(StaffView::of).collect(), next: page.next.map(|cursor| cursor.0) }))
}
