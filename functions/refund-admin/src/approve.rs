use crate::{
    App,
    found::find,
    moved::{self, Besides, Move, refused},
    reply::RefundReply,
};
use axum::extract::State;
use heatpay_domain::{
    refund::{Refund, RefundClaim, RefundEvent, RefundKind},
    staff::{Permission, second_person},
};
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};

/// 审批退款
///
/// The second person agrees: the money goes out. Never the one who asked.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/approve", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundApprove))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Approved", body = RefundReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`same_person`: who asked cannot approve; `forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: it does not wait for that; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn approve_refund(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let (before, branch) = find(&app, &staff, refund_no).await?;
    let after = before.after(RefundEvent::Approve, now).map_err(refused)?;
    let claim = second(&staff, &before)?;
    app.presence.confirm(&staff.0, now).await?;
    let claim = RefundClaim { decided_by: Some(staff.staff_no().clone()), ..claim.clone() };
    let after = Refund { claim: Some(claim), ..after };
    let moving = Move { staff: &staff, what: "refund_approve", before: &before, branch: branch.as_deref() };
    moved::write(&app, moving, &after, Besides::default(), now).await?;
    Ok(axum::Json(RefundReply::of(after)))
}

/// Whether he can be the second person of what somebody asked for.
pub(crate) fn second<'a>(staff: &Staff, refund: &'a Refund) -> Result<&'a RefundClaim, Problem> {
    let claim = refund.claim.as_ref();
    let claim = claim.ok_or_else(|| Problem::conflict("refund_status", "自动退款不需要审批。"))?;
    second_person(&claim.requested_by, staff.person(), Permission::RefundApprove, Some(&claim.branch))?;
    match claim.kind {
        RefundKind::Reopen | RefundKind::Prepayment => {}
        RefundKind::WriteDown => staff.may(Permission::WriteDownApprove)?,
    }
    Ok(claim)
}
