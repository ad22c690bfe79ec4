use crate::{App, found::find, reply::RefundReply};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};

/// 退款详情
///
/// One refund, with how it came to stand where it stands.
#[utoipa::path(get, path = "/api/staff/refunds/{refund_no}", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundView))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "The refund", body = RefundReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_refund(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let (refund, _) = find(&app, &staff, refund_no).await?;
    Ok(axum::Json(RefundReply::of(refund)))
}
