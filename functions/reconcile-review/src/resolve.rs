use crate::{App, given, view::CaseView};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};
use heatpay_store::operations::Operation;
use serde::Deserialize;

/// The longest reason, in characters.
const MAX_REASON: usize = 200;

/// Why a difference is all right now.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolutionWanted {
    /// For whoever reads the books later.
    #[schema(
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$",
        example = "微信支付已于 11 月 24 日补款"
    )]
    reason: String,
}

/// 处理对账差异
///
/// A person explains a difference. With the last one the day is closed.
#[utoipa::path(post, path = "/api/staff/reconciliations/{channel}/{day}/cases/{case_no}/resolution", tag = "reconciliation",
    security(("staff" = [])), extensions(("x-permission" = json!(Permission::ReconcileResolve))),
    params(
        ("channel" = String, Path, description = "支付渠道", min_length = 6, max_length = 9, pattern = "^(wechatpay|alipay|unionpay)$", example = "wechatpay"),
        ("day" = String, Path, description = "对账日", min_length = 10, max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-22"),
        ("case_no" = String, Path, description = "差异编号", min_length = 8, max_length = 32, pattern = "^D[A-Za-z0-9]{7,31}$", example = "D01KB1Q2Z3A4B5C6D7E8F9G0H1J"),
    ), request_body = ResolutionWanted,
    responses(
        (status = 200, description = "Resolved", body = CaseView),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`already_resolved`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn resolve_reconciliation_case(
    State(app): State<App>,
    staff: Staff,
    Path((channel, day, case_no)): Path<(String, String, String)>,
    Json(wanted): Json<ResolutionWanted>,
) -> Result<axum::Json<CaseView>, Problem> {
    let (channel, day) = given::of_path(&channel, &day)?;
    let case_no = given::case_no(case_no)?;
    let reason = wanted.reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON || reason.contains(char::is_control) {
        return Err(Problem::invalid("处理说明应为 1 至 200 个字。"));
    }
    let now = app.clock.now();
    let before = app.cases.find(channel, day, &case_no).await?;
    let before = before.ok_or_else(|| Problem::missing("没有这条差异。"))?;
    let stands = app.days.find(channel, day).await?.ok_or_else(given::unknown_day)?;
    let after = before.resolve(staff.staff_no().clone(), reason.to_owned(), now);
    let after = after.map_err(|_| Problem::conflict("already_resolved", "这条差异已经处理。"))?;
    let operation = Operation::new(staff.staff_no(), "resolve_reconciliation", "case", case_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.cases.resolve(&after, &stands.case_resolved(now), &app.days, &entry).await?;
    Ok(axum::Json(after.into()))
}
