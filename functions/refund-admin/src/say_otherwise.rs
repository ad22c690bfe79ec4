use crate::{
    App,
    found::find,
    given,
    moved::{self, Besides, Move, refused},
    reply::RefundReply,
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{
    calendar::civil_date,
    refund::{OtherPayout, Refund, RefundEvent},
    staff::Permission,
};
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};
use jiff::civil::Date;
use serde::Deserialize;

/// Evidence that the payer got the money another way.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Otherwise {
    /// 凭证号: the bank's or the cash book's.
    #[schema(example = "20261125-0031", min_length = 1, max_length = 40, pattern = "^[A-Za-z0-9._-]{1,40}$")]
    voucher_no: String,
    /// The day it was paid; not in the future.
    #[schema(value_type = String, format = Date, example = "2026-11-25")]
    paid_on: Date,
    /// How. Of an account number at most the last four digits.
    #[schema(
        example = "网银转账至本人尾号 6688 的账户",
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    note: String,
}

/// 登记另行退付
///
/// What the channel closed or found abnormal was paid out another way, by voucher. It counts when a second person has confirmed it.
#[utoipa::path(post, path = "/api/staff/refunds/{refund_no}/paid-otherwise", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundResolve))),
    params(("refund_no" = String, Path, description = "退款单号", min_length = 8, max_length = 32, pattern = "^R[A-Za-z0-9]{7,31}$", example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    request_body = Otherwise,
    responses(
        (status = 200, description = "Said; it waits for a second person", body = RefundReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such refund", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`refund_status`: it is neither failed nor abnormal; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`not_paid_yet`: the day is in the future", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn say_paid_otherwise(
    State(app): State<App>,
    staff: Staff,
    Path(refund_no): Path<String>,
    Json(said): Json<Otherwise>,
) -> Result<axum::Json<RefundReply>, Problem> {
    let now = app.clock.now();
    let Otherwise { voucher_no, paid_on, note } = said;
    let number = voucher_no.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
    if !number || !(1..=40).contains(&voucher_no.len()) {
        return Err(Problem::invalid("凭证号应为 1 至 40 位字母、数字、点或横线。"));
    }
    if paid_on > civil_date(now) {
        let detail = "付款日期不能晚于今天。";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not_paid_yet", detail));
    }
    let note = given::text(note, "说明")?;
    let (before, branch) = find(&app, &staff, refund_no).await?;
    before.status.on(RefundEvent::PaidOtherwise).map_err(refused)?;
    app.presence.confirm(&staff.0, now).await?;
    let said_by = staff.staff_no().clone();
    let otherwise = Some(OtherPayout { voucher_no, paid_on, note, said_by });
    let after = Refund { otherwise, version: before.version + 1, ..before.clone() };
    let moving = Move { staff: &staff, what: "refund_say_otherwise", before: &before, branch: branch.as_deref() };
    moved::write(&app, moving, &after, Besides::default(), now).await?;
    Ok(axum::Json(RefundReply::of(after)))
}
