use crate::{
    App,
    found::find,
    given::{self, Because},
    moved::{self, Besides, Move, refused},
    reply::RefundReply,
};
use axum::extract::State;
use heatpay_domain::{
    payment::Prepaid,
    refund::{Refund, RefundClaim, RefundEvent},
    staff::Permission,
};
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};
use jiff::Timestamp;

/// 放弃退款
///
/// What the channel closed does not go back after all: the payment keeps its money, and an invoice that was reversed for it is made
/// anew. Money that had no place cannot be given up: it is not the company's.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/give-up", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundResolve))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    request_body = Because,
    responses(
        (status = 200, description = "Given up", body = RefundReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: the channel did not close it; `not_ours`: the money is the payer's; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn give_up_refund(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
    Json(because): Json<Because>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let because = given::text(because.reason, "理由")?;
    let (before, _) = find(&app, &staff, refund_no).await?;
    let after = keep_the_money(&app, &staff, &before, ("refund_give_up", RefundEvent::GivenUp), because, now).await?;
    Ok(axum::Json(RefundReply::of(after)))
}

/// The refund ends without money, and what it had set aside of the payment is free again.
pub(crate) async fn keep_the_money(
    app: &App,
    staff: &Staff,
    before: &Refund,
    (what, event): (&'static str, RefundEvent),
    because: String,
    now: Timestamp,
) -> Result<Refund, Problem> {
    let after = before.after(event, now).map_err(refused)?;
    let (Some(claim), Some(payment_no)) = (&before.claim, &before.payment_no) else {
        return Err(Problem::conflict("not_ours", "这笔款项不属于公司,必须退还付款人。"));
    };
    app.presence.confirm(&staff.0, now).await?;
    let found = app.payments.find_with_given_back(payment_no).await?;
    let (payment, given_back) = found.ok_or_else(|| Problem::missing("没有找到这笔支付。"))?;
    let released = given_back.release(claim);
    // What was to go back of the balance is in it again.
    let prepaid = Prepaid { account_no: payment.account_no.clone(), amount: claim.prepaid };
    let claim = RefundClaim { declined_because: Some(because), ..claim.clone() };
    let claim = RefundClaim { decided_by: Some(staff.staff_no().clone()), ..claim };
    let after = Refund { claim: Some(claim), ..after };
    let branch = after.claim.as_ref().map(|claim| claim.branch.as_str());
    let prepaid = Some(&prepaid).filter(|prepaid| prepaid.amount.is_positive());
    let besides = Besides { payment: Some((&payment, &released)), paid_out: None, prepaid };
    moved::write(app, Move { staff, what, before, branch }, &after, besides, now).await?;
    if prepaid.is_some() {
        moved::publish_prepaid(app, &payment).await;
    }
    Ok(after)
}
