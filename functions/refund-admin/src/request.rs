use crate::{
    App, given,
    reply::RefundReply,
    wanted::{Basis, ColdDays, StandbyDays, WantedPart, not_fitting},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heatpay_domain::{
    Fen, PaymentNo, RefundNo,
    bill::BillStatus,
    payment::Payment,
    refund::{CannotGiveBack, GivenBack, InvoiceStage, Refund, RefundClaim, RefundKind, RefundPart, StaffReason},
    staff::Permission,
};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use heatpay_store::{
    households::Home,
    operations::Operation,
    refund_requests::{Asked, StaffKey},
};
use jiff::Timestamp;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

/// How often a lost race is decided again.
const DECISIONS: usize = 3;

/// A refund to ask for. `parts` with an amount by bill, or, for reasons whose amount is computed, the days.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRefund {
    /// The paid payment.
    #[schema(schema_with = heatpay_runtime::described::payment_no)]
    payment_no: PaymentNo,
    /// What becomes of the bills; what is computed from days is always written down.
    #[schema(schema_with = heatpay_runtime::described::refund_kind)]
    kind: RefundKind,
    /// Why.
    #[schema(schema_with = heatpay_runtime::described::refund_reason)]
    reason: StaffReason,
    /// In the clerk's words; needed where the reason is `other`.
    #[schema(
        example = "与现场核实面积不符",
        min_length = 1,
        max_length = 200,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]*[^\s\u0000-\u001F\u007F-\u009F][^\u0000-\u001F\u007F-\u009F]*$"
    )]
    note: Option<String>,
    /// What goes back, by bill.
    #[schema(min_items = 1, max_items = 20)]
    parts: Option<Vec<WantedPart>>,
    /// For `low_temperature`.
    low_temperature: Option<ColdDays>,
    /// For `standby`.
    standby: Option<StandbyDays>,
    /// For `prepayment_return`: how much of what was paid ahead with the payment, in fen.
    #[schema(example = 50_000, minimum = 1)]
    prepaid_fen: Option<i64>,
}

/// 申请退款
///
/// Asks that money of a paid payment goes back, whole or in part, by bill. It is set aside at once, so that all refunds together
/// never pass what was paid, and goes out when a second person has approved. The same `Idempotency-Key` with the same body is the
/// same refund.
#[utoipa::path(post, path = "/api/staff/refunds", tag = "refunds", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::RefundRequest))),
    params(("Idempotency-Key" = String, Header, description = "幂等键: 8 to 64 letters, digits or `-`, new for every refund", min_length = 8, max_length = 64, pattern = "^[A-Za-z0-9-]{8,64}$", example = "5f0e8c1a-7a51-4c39-9d53-1f6c8a0a6b11")),
    request_body = NewRefund,
    responses(
        (status = 201, description = "Asked for; it waits for a second person", body = RefundReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it, a write-down needs its own; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such payment, or it did not pay that bill", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`payment_not_paid`; `over_refund` (with what is left); `prepayment_used` (with the balance), `day_refunded`; `bill_not_refundable`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`idempotency_key_reused` with another body; `does_not_fit_reason`: what the reason needs is missing, or too much is given; `nothing_to_refund`; `cannot_compute`: the tariff gives nothing for these days", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again with the same key", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn request_refund(
    State(app): State<App>,
    staff: Staff,
    headers: HeaderMap,
    Json(request): Json<NewRefund>,
) -> Result<(StatusCode, axum::Json<RefundReply>), Problem> {
    let key = staff_key(&staff, &headers, &request)?;
    let basis = Basis::of(
        request.reason,
        request.parts.as_deref(),
        request.low_temperature.as_ref(),
        request.standby.as_ref(),
        request.prepaid_fen,
    )?;
    let note = note(&request)?;
    if request.reason.is_computed() && request.kind != RefundKind::WriteDown {
        return Err(not_fitting("按天数计算的退费应为核减。"));
    }
    let returns_prepayment = request.reason == StaffReason::PrepaymentReturn;
    if returns_prepayment != (request.kind == RefundKind::Prepayment) {
        return Err(not_fitting("退预存款应选「退预存款」，其他退款不能。"));
    }
    if request.kind == RefundKind::WriteDown {
        staff.may(Permission::WriteDownRequest)?;
    }
    if let Some(before) = app.requests.asked_before(&key).await? {
        return repeat(&app, before).await;
    }
    let permission = if returns_prepayment { Permission::PrepaymentReturn } else { Permission::RefundRequest };
    for _ in 0..DECISIONS {
        let now = app.clock.now();
        let found = app.payments.find_with_given_back(&request.payment_no).await?;
        let (payment, given_back) = found.ok_or_else(|| Problem::missing("没有找到这笔支付。"))?;
        let home = app.households.home(&payment.account_no).await?;
        let home = home.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
        let branch = home.household.household.branch.clone();
        staff.may_in_branch(permission, &branch)?;
        let Set { reserved, parts, prepaid } = set_aside(&app, &basis, &payment, &given_back, &home).await?;
        let claim = RefundClaim {
            kind: request.kind,
            parts,
            prepaid,
            note: note.clone(),
            branch,
            requested_by: staff.staff_no().clone(),
            decided_by: None,
            declined_because: None,
            // No invoice is made of what is paid ahead.
            invoice: if returns_prepayment { InvoiceStage::InLine } else { InvoiceStage::ToClear },
        };
        let refund = new_refund(&app, &payment, request.reason, claim, now)?;
        let operation = Operation::new(staff.staff_no(), "refund_request", "refund", refund.refund_no.as_str(), now);
        let branch = refund.claim.as_ref().map_or("", |claim| claim.branch.as_str());
        let entry = app.operations.next(operation.in_branch(branch).after(&refund)).await?;
        match app.requests.ask(&refund, &payment, &reserved, &key, &entry).await? {
            Asked::Now => return Ok((StatusCode::CREATED, axum::Json(RefundReply::of(refund)))),
            before @ (Asked::Before(_) | Asked::OtherBody) => return repeat(&app, before).await,
            Asked::Raced => {}
        }
    }
    Err(Problem::conflict("changed_meanwhile", "内容刚刚有变化,请刷新后再试。"))
}

/// What a request sets aside.
struct Set {
    reserved: GivenBack,
    parts: Vec<RefundPart>,
    prepaid: Fen,
}

async fn set_aside(
    app: &App,
    basis: &Basis<'_>,
    payment: &Payment,
    given_back: &GivenBack,
    home: &Home,
) -> Result<Set, Problem> {
    if let Basis::Prepaid(amount) = *basis {
        let reserved = given_back.reserve_prepaid(payment, amount).map_err(not_given_back)?;
        let balance = home.household.prepaid;
        if amount > balance {
            let detail = format!("预存款余额只有 {} 元，其余已抵扣账单或正在退还。", balance.yuan_grouped());
            return Err(Problem::conflict("prepayment_used", detail).about(balance.0.to_string()));
        }
        return Ok(Set { reserved, parts: Vec::new(), prepaid: amount });
    }
    let wanted = basis.wanted(app, home).await?;
    let (reserved, parts) = given_back.reserve(payment, &wanted).map_err(not_given_back)?;
    refuse_dead_bills(home, &parts)?;
    Ok(Set { reserved, parts, prepaid: Fen::ZERO })
}

fn staff_key(staff: &Staff, headers: &HeaderMap, request: &NewRefund) -> Result<StaffKey, Problem> {
    let body = serde_json::to_vec(request).map_err(|e| Problem::internal(&e))?;
    Ok(StaffKey {
        staff_no: staff.staff_no().clone(),
        key: given::idempotency_key(headers)?,
        body_hash: hex::encode(digest(&SHA256, &body)),
    })
}

fn note(request: &NewRefund) -> Result<Option<String>, Problem> {
    match (&request.note, request.reason) {
        (Some(note), _) => given::text(note.clone(), "说明").map(Some),
        (None, StaffReason::Other) => Err(not_fitting("请说明退款原因。")),
        (
            None,
            StaffReason::BilledTooMuch
            | StaffReason::LowTemperature
            | StaffReason::Standby
            | StaffReason::PrepaymentReturn
            | StaffReason::PaidForWrongHousehold,
        ) => Ok(None),
    }
}

fn new_refund(
    app: &App,
    payment: &Payment,
    reason: StaffReason,
    claim: RefundClaim,
    now: Timestamp,
) -> Result<Refund, Problem> {
    let refund_no = RefundNo::from_ulid(&app.ids.ulid(now)).map_err(|e| Problem::internal(&e))?;
    Refund::of_payment(refund_no, payment, reason, claim, now).ok_or_else(|| not_given_back(CannotGiveBack::NotPaid))
}

/// A bill that was withdrawn is not owed again, nor is it made smaller.
fn refuse_dead_bills(home: &Home, parts: &[RefundPart]) -> Result<(), Problem> {
    let dead = |part: &&RefundPart| {
        home.bills.iter().filter(|bill| bill.bill_no == part.bill_no).any(|bill| match bill.status {
            BillStatus::Issued | BillStatus::Paid => false,
            BillStatus::Draft | BillStatus::Void => true,
        })
    };
    match parts.iter().find(dead) {
        Some(part) => {
            Err(Problem::conflict("bill_not_refundable", "这张账单已经撤销,不能退款。").about(part.bill_no.as_str()))
        }
        None => Ok(()),
    }
}

async fn repeat(app: &App, before: Asked) -> Result<(StatusCode, axum::Json<RefundReply>), Problem> {
    match before {
        Asked::Before(refund_no) => {
            let refund = app.refunds.find(&refund_no).await?.ok_or_else(given::no_such_refund)?;
            Ok((StatusCode::CREATED, axum::Json(RefundReply::of(refund))))
        }
        Asked::OtherBody => {
            let detail = "这个 Idempotency-Key 已用于另一个请求。";
            Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail))
        }
        Asked::Now | Asked::Raced => Err(Problem::conflict("changed_meanwhile", "内容刚刚有变化,请刷新后再试。")),
    }
}

/// 422: each value is right, but together they are no refund.
fn nothing(detail: &'static str) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "nothing_to_refund", detail)
}

fn not_given_back(why: CannotGiveBack) -> Problem {
    match why {
        CannotGiveBack::NotPaid => Problem::conflict("payment_not_paid", "这笔支付还没有完成,不能退款。"),
        CannotGiveBack::WrongBills => nothing("请选择 1 至 20 张账单,每张一次。"),
        CannotGiveBack::NotOfPayment(bill_no) => Problem::missing("这笔支付没有缴这张账单。").about(bill_no.as_str()),
        CannotGiveBack::Nothing(bill_no) => nothing("退款金额应大于零。").about(bill_no.as_str()),
        CannotGiveBack::TooMuch { bill_no, left } => {
            let (principal, late_fee) = (left.principal.yuan_grouped(), left.late_fee.yuan_grouped());
            let detail = format!("退款超过可退金额:本金还可退 {principal} 元,违约金还可退 {late_fee} 元。");
            Problem::conflict("over_refund", detail).about(bill_no.as_str())
        }
        CannotGiveBack::NotPrepaid { left } => {
            let detail = format!("退款超过可退金额:这笔预存还可退 {} 元。", left.yuan_grouped());
            Problem::conflict("over_refund", detail).about(left.0.to_string())
        }
        CannotGiveBack::DayTwice { on, .. } => {
            Problem::conflict("day_refunded", format!("{on} 已经退过费,或正在退费。")).about(on.to_string())
        }
    }
}
