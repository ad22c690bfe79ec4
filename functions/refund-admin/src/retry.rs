use crate::{
    App,
    found::find,
    moved::{self, Besides, Move, publish, refused},
    reply::RefundReply,
};
use axum::extract::State;
use heatpay_domain::{refund::RefundStatus, staff::Permission};
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::Operation;

/// 重试退款
///
/// What the channel closed goes out again under another number. About what it found abnormal it is asked again under the same
/// number: it may still pay that out, so another number could pay twice.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/retry", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundResolve))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "It goes out, or is asked about", body = RefundReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: it is neither failed nor abnormal; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn retry_refund(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let (before, branch) = find(&app, &staff, refund_no).await?;
    app.presence.confirm(&staff.0, now).await?;
    if before.status == RefundStatus::Abnormal {
        let operation = Operation::new(staff.staff_no(), "refund_ask_again", "refund", before.refund_no.as_str(), now);
        app.operations.append(branch.iter().fold(operation, |operation, branch| operation.in_branch(branch))).await?;
        let busy = |error| Problem::unavailable("unavailable", "系统繁忙,请稍后再试。", &error);
        publish(&app, &before).await.map_err(busy)?;
        return Ok(axum::Json(RefundReply::of(before)));
    }
    let after = before.retried(now).map_err(refused)?;
    let moving = Move { staff: &staff, what: "refund_retry", before: &before, branch: branch.as_deref() };
    moved::write(&app, moving, &after, Besides::default(), now).await?;
    Ok(axum::Json(RefundReply::of(after)))
}
