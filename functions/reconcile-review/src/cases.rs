use crate::{App, given, view::CaseView};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{
    Problem,
    http::{Path, Query},
    paging::{self, Paging},
    problem::ProblemBody,
    staff::Staff,
};
use serde::Serialize;

/// A page of differences.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CasePage {
    /// In the order of their numbers.
    items: Vec<CaseView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 对账差异
///
/// The differences of a channel's day, those that are explained too.
#[utoipa::path(get, path = "/api/staff/reconciliations/{channel}/{day}/cases", tag = "reconciliation", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::ReconcileView))),
    params(
        ("channel" = String, Path, description = "支付渠道", min_length = 6, max_length = 9, pattern = "^(wechatpay|alipay|unionpay)$", example = "wechatpay"),
        ("day" = String, Path, description = "对账日", min_length = 10, max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-22"),
        Paging,
    ),
    responses(
        (status = 200, description = "A page", body = CasePage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_reconciliation_cases(
    State(app): State<App>,
    _: Staff,
    Path((channel, day)): Path<(String, String)>,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<CasePage>, Problem> {
    let (channel, day) = given::of_path(&channel, &day)?;
    let (limit, cursor) = paging.read()?;
    let page = app.cases.page(channel, day, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    let items = page.items.into_iter().map(CaseView::from).collect();
    Ok(axum::Json(CasePage { items, next: page.next.map(|cursor| cursor.0) }))
}
