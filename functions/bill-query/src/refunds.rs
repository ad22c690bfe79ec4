use crate::App;
use axum::extract::State;
use heatpay_domain::{
    Channel,
    refund::{Refund, RefundKind, RefundPart, RefundStatus, RefundStep},
};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    paging::{self, Paging},
    problem::ProblemBody,
};
use jiff::Timestamp;
use serde::Serialize;

/// A page of refunds.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RefundPage {
    /// Newest first.
    items: Vec<RefundView>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// Money that goes back to where it came from.
#[derive(Serialize, utoipa::ToSchema)]
struct RefundView {
    /// Its number.
    #[schema(example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    refund_no: String,
    /// The payment whose money goes back.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_no: Option<String>,
    /// The channel it goes back by; `prepayment`: into what the household has paid ahead.
    #[schema(schema_with = heatpay_runtime::described::channel)]
    channel: Channel,
    /// What goes back, in fen.
    #[schema(example = 223_800)]
    amount_fen: i64,
    /// Where it stands.
    #[schema(schema_with = heatpay_runtime::described::refund_status)]
    status: RefundStatus,
    /// Why, in words for the resident.
    #[schema(example = "供热费重复支付，多付款项原路退回")]
    reason: &'static str,
    /// What becomes of the bills, where staff gives back: `reopen` (owed again) or `write_down` (核减).
    #[schema(schema_with = heatpay_runtime::described::refund_kind)]
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<RefundKind>,
    /// What goes back of which bill, and how the amount comes about; empty for money that had no place.
    bills: Vec<RefundedBill>,
    /// Why it does not go back after all.
    #[schema(example = "测温单未签字")]
    #[serde(skip_serializing_if = "Option::is_none")]
    declined_because: Option<String>,
    /// Where it has stood, oldest first.
    steps: Vec<RefundStepView>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// When the payer had the money; absent until then.
    #[schema(value_type = Option<String>, format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    finished_at: Option<Timestamp>,
}

/// What goes back of one bill.
#[derive(Serialize, utoipa::ToSchema)]
struct RefundedBill {
    /// The bill.
    #[schema(example = "B2026S1000000001")]
    bill_no: String,
    /// Its season.
    #[schema(example = "2026-2027")]
    season: String,
    /// The money, in fen.
    #[schema(example = 3884)]
    amount_fen: i64,
    /// How it comes about.
    #[schema(
        example = "热费 2,238.00 元 ÷ 121 天 × 3 天（低于 16 ℃）× 50 % = 27.74 元，四舍五入到分；本金 27.74 元 = 27.74 元"
    )]
    explanation: String,
}

/// Where a refund stood, and since when.
#[derive(Serialize, utoipa::ToSchema)]
struct RefundStepView {
    /// Where.
    #[schema(schema_with = heatpay_runtime::described::refund_status)]
    status: RefundStatus,
    /// In words for the resident.
    #[schema(example = "已提交退款申请，等待复核")]
    text: &'static str,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// 退款进度
///
/// A household's refunds, whoever had paid.
#[utoipa::path(get, path = "/api/households/{account_no}/refunds", tag = "bills", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), Paging),
    responses(
        (status = 200, description = "A page of refunds", body = RefundPage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_refunds(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<RefundPage>, Problem> {
    let account_no = resident.household(&account_no)?;
    let (limit, cursor) = paging.read()?;
    let page = app.refunds.of_household(account_no, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    Ok(axum::Json(RefundPage {
        items: page.items.into_iter().map(RefundView::of).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}

impl RefundView {
    fn of(row: Refund) -> Self {
        Self {
            refund_no: row.refund_no.to_string(),
            payment_no: row.payment_no.map(|payment_no| payment_no.to_string()),
            channel: row.channel,
            amount_fen: row.amount.0,
            status: row.status,
            reason: row.reason.text(),
            kind: row.claim.as_ref().map(|claim| claim.kind),
            bills: row.claim.iter().flat_map(|claim| &claim.parts).map(RefundedBill::of).collect(),
            declined_because: row.claim.and_then(|claim| claim.declined_because),
            steps: row.steps.into_iter().map(RefundStepView::of).collect(),
            requested_at: row.created_at,
            finished_at: row.refunded_at,
        }
    }
}

impl RefundedBill {
    fn of(part: &RefundPart) -> Self {
        Self {
            bill_no: part.bill_no.to_string(),
            season: part.season.to_string(),
            amount_fen: part.amount().map_or(0, |amount| amount.0),
            explanation: part.sentence(),
        }
    }
}

impl RefundStepView {
    fn of(step: RefundStep) -> Self {
        let text = match step.status {
            RefundStatus::Requested => "已提交退款申请，等待复核",
            RefundStatus::Approved => "已确认退款，即将原路退回",
            RefundStatus::Processing => "支付渠道正在退款",
            RefundStatus::Succeeded => "退款已到账",
            RefundStatus::Failed => "原路退回未成功，工作人员正在处理",
            RefundStatus::Abnormal => "收款账户异常，工作人员正在处理",
            RefundStatus::PaidOtherwise => "已通过其他方式退款",
            RefundStatus::Declined => "退款申请未通过",
        };
        Self { status: step.status, text, at: step.at }
    }
}
