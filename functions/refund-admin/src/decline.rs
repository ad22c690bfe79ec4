use crate::{
    App,
    approve::second,
    found::find,
    give_up::keep_the_money,
    given::{self, Because},
    moved::refused,
    reply::RefundReply,
};
use axum::extract::State;
use heatpay_domain::{
    refund::{RefundEvent, RefundStatus},
    staff::Permission,
};
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};

/// 驳回退款
///
/// The second person does not agree: nothing goes out, and what was set aside is free again.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/decline", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundApprove))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    request_body = Because,
    responses(
        (status = 200, description = "Declined", body = RefundReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`same_person`: who asked cannot decline; `forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: it does not wait for that; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn decline_refund(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
    Json(because): Json<Because>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let because = given::text(because.reason, "驳回理由")?;
    let (before, _) = find(&app, &staff, refund_no).await?;
    before.status.on(RefundEvent::Decline).map_err(refused)?;
    second(&staff, &before)?;
    let after = keep_the_money(&app, &staff, &before, ("refund_decline", RefundEvent::Decline), because, now).await?;
    debug_assert_eq!(after.status, RefundStatus::Declined);
    Ok(axum::Json(RefundReply::of(after)))
}
