use crate::{App, given, view::ReconciliationView};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{
    Problem,
    http::{Path, Query},
    paging,
    problem::ProblemBody,
    staff::Staff,
};
use serde::{Deserialize, Serialize};

/// Which page of which channel.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DaysWanted {
    /// The channel.
    #[param(schema_with = heatpay_runtime::described::open_channel)]
    channel: String,
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of days.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReconciliationPage {
    /// Newest first.
    items: Vec<ReconciliationView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 对账列表
///
/// A channel's reconciled days.
#[utoipa::path(get, path = "/api/staff/reconciliations", tag = "reconciliation", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::ReconcileView))), params(DaysWanted),
    responses(
        (status = 200, description = "A page", body = ReconciliationPage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_reconciliations(
    State(app): State<App>,
    _: Staff,
    Query(wanted): Query<DaysWanted>,
) -> Result<axum::Json<ReconciliationPage>, Problem> {
    let channel = given::channel(&wanted.channel)?;
    let (limit, cursor) = paging::page(wanted.limit, wanted.cursor)?;
    let page = app.days.page(channel, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    let items = page.items.into_iter().map(ReconciliationView::from).collect();
    Ok(axum::Json(ReconciliationPage { items, next: page.next.map(|cursor| cursor.0) }))
}

/// 对账结果
///
/// How the reconciliation of a channel's day stands.
#[utoipa::path(get, path = "/api/staff/reconciliations/{channel}/{day}", tag = "reconciliation", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::ReconcileView))),
    params(
        ("channel" = String, Path, description = "支付渠道", min_length = 6, max_length = 9, pattern = "^(wechatpay|alipay|unionpay)$", example = "wechatpay"),
        ("day" = String, Path, description = "对账日", min_length = 10, max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-22"),
    ),
    responses(
        (status = 200, description = "The day", body = ReconciliationView),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Never taken up", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_reconciliation(
    State(app): State<App>,
    _: Staff,
    Path((channel, day)): Path<(String, String)>,
) -> Result<axum::Json<ReconciliationView>, Problem> {
    let (channel, day) = given::of_path(&channel, &day)?;
    let stands = app.days.find(channel, day).await?.ok_or_else(given::unknown_day)?;
    Ok(axum::Json(stands.into()))
}
