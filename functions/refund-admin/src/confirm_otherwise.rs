use crate::{
    App,
    found::find,
    moved::{self, Besides, Move, refused},
    reply::RefundReply,
};
use axum::extract::State;
use heatpay_domain::{
    bill::Bill,
    payment::Payment,
    refund::{GivenBack, Refund, RefundEvent, paid_out},
    staff::{Permission, second_person},
};
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};

/// 复核另行退付
///
/// A second person has seen the voucher: booked from the company's bank account. Never the one who said so.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/paid-otherwise/confirm", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundApprove))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Booked", body = RefundReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`same_person`: who said so cannot confirm; `forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: nobody says that it was paid another way; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn confirm_paid_otherwise(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let (before, branch) = find(&app, &staff, refund_no).await?;
    let after = before.after(RefundEvent::PaidOtherwise, now).map_err(refused)?;
    let said = before.otherwise.as_ref();
    let said = said.ok_or_else(|| Problem::conflict("refund_status", "还没有登记另行退付。"))?;
    second_person(&said.said_by, staff.person(), Permission::RefundApprove, branch.as_deref())?;
    app.presence.confirm(&staff.0, now).await?;
    let after = Refund { refunded_at: Some(now), error: None, ..after };
    let read = payment_and_bills(&app, &after).await?;
    let nothing = (GivenBack::default(), Vec::new());
    let (given_back, bills) =
        read.as_ref().map_or((&nothing.0, &nothing.1), |(_, given_back, bills)| (given_back, bills));
    let booked = paid_out(&after, given_back, bills, now).map_err(|e| Problem::internal(&e))?;
    let payment = read.as_ref().map(|(payment, ..)| payment).zip(booked.back.as_ref());
    let besides = Besides { payment, paid_out: Some(&booked), prepaid: booked.prepaid.as_ref() };
    let moving = Move { staff: &staff, what: "refund_confirm_otherwise", before: &before, branch: branch.as_deref() };
    moved::write(&app, moving, &after, besides, now).await?;
    Ok(axum::Json(RefundReply::of(after)))
}

/// What a refund of staff changes besides itself. A GetItem and a BatchGetItem.
async fn payment_and_bills(app: &App, refund: &Refund) -> Result<Option<(Payment, GivenBack, Vec<Bill>)>, Problem> {
    let (Some(_), Some(payment_no)) = (&refund.claim, &refund.payment_no) else { return Ok(None) };
    let found = app.payments.find_with_given_back(payment_no).await?;
    let (payment, given_back) = found.ok_or_else(|| Problem::missing("没有找到这笔支付。"))?;
    let bills = app.bills.of_payment(&payment).await?;
    Ok(Some((payment, given_back, bills)))
}
