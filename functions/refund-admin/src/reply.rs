use heatpay_domain::{
    AccountNo, Channel,
    refund::{InvoiceStage, OtherPayout, Refund, RefundClaim, RefundKind, RefundPart, RefundStatus, RefundStep},
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

/// A refund as staff sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RefundReply {
    /// Its number.
    #[schema(example = "R01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    refund_no: String,
    /// The payment whose money goes back.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    payment_no: Option<String>,
    /// That payment's household.
    #[schema(value_type = Option<String>, example = "1000000001")]
    account_no: Option<AccountNo>,
    /// The channel it came by, and goes back by.
    #[schema(schema_with = heatpay_runtime::described::channel)]
    channel: Channel,
    /// What goes back, in fen.
    #[schema(example = 70_000)]
    amount_fen: i64,
    /// Why: one of the reasons staff can give, or of those a rule sends strays back for.
    #[schema(example = "billed_too_much")]
    reason: &'static str,
    /// What the payer reads.
    #[schema(example = "供热费多收，多收部分原路退回")]
    reason_text: &'static str,
    /// Where it stands.
    #[schema(schema_with = heatpay_runtime::described::refund_status)]
    status: RefundStatus,
    /// What staff asked for; absent where a rule opened it.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<ClaimReply>,
    /// How else the payer got the money, once somebody says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    otherwise: Option<OtherwiseReply>,
    /// How many numbers it has had at the channel.
    #[schema(example = 1)]
    attempt: u32,
    /// What stands in the way.
    error: Option<String>,
    /// Where it has stood, oldest first.
    steps: Vec<StepReply>,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// When the payer had the money.
    #[schema(value_type = Option<String>, format = DateTime)]
    refunded_at: Option<Timestamp>,
}

/// What staff asked for.
#[derive(Serialize, utoipa::ToSchema)]
struct ClaimReply {
    /// What becomes of the bills.
    #[schema(schema_with = heatpay_runtime::described::refund_kind)]
    kind: RefundKind,
    /// What goes back, by bill.
    parts: Vec<PartReply>,
    /// What goes back of what was paid ahead, in fen.
    #[schema(example = 0)]
    prepaid_fen: i64,
    /// The clerk's words.
    note: Option<String>,
    /// The household's branch.
    #[schema(example = "城东分公司")]
    branch: String,
    /// Who asked.
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    requested_by: String,
    /// Who approved or declined.
    #[schema(example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    decided_by: Option<String>,
    /// Why it was declined or given up.
    declined_because: Option<String>,
    /// The payment's invoice: `to_clear` before money goes out, `cleared`, `in_line` with what is kept.
    #[schema(value_type = String, example = "to_clear")]
    invoice: InvoiceStage,
}

/// What goes back of one bill.
#[derive(Serialize, utoipa::ToSchema)]
struct PartReply {
    /// The bill.
    #[schema(example = "B2026S1000000001")]
    bill_no: String,
    /// Its season.
    #[schema(example = "2026-2027")]
    season: String,
    /// Principal, in fen.
    principal_fen: i64,
    /// Late fee, in fen.
    late_fee_fen: i64,
    /// The discount's share, in fen: it was never paid.
    discount_fen: i64,
    /// How the money comes about.
    #[schema(example = "本金 700.00 元 = 700.00 元")]
    explanation: String,
}

/// How else the payer got the money.
#[derive(Serialize, utoipa::ToSchema)]
struct OtherwiseReply {
    /// The voucher's number.
    voucher_no: String,
    /// The day it was paid.
    #[schema(value_type = String, format = Date)]
    paid_on: Date,
    /// How.
    note: String,
    /// Who says so.
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    said_by: String,
}

/// Where it stood, and since when.
#[derive(Serialize, utoipa::ToSchema)]
struct StepReply {
    /// Where.
    #[schema(schema_with = heatpay_runtime::described::refund_status)]
    status: RefundStatus,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

impl RefundReply {
    pub(crate) fn of(refund: Refund) -> Self {
        Self {
            refund_no: refund.refund_no.to_string(),
            payment_no: refund.payment_no.map(|payment_no| payment_no.to_string()),
            account_no: refund.account_no,
            channel: refund.channel,
            amount_fen: refund.amount.0,
            reason: refund.reason.name(),
            reason_text: refund.reason.text(),
            status: refund.status,
            claim: refund.claim.map(ClaimReply::of),
            otherwise: refund.otherwise.map(OtherwiseReply::of),
            attempt: refund.attempt,
            error: refund.error,
            steps: refund.steps.into_iter().map(StepReply::of).collect(),
            requested_at: refund.created_at,
            refunded_at: refund.refunded_at,
        }
    }
}

impl ClaimReply {
    fn of(claim: RefundClaim) -> Self {
        Self {
            kind: claim.kind,
            prepaid_fen: claim.prepaid.0,
            parts: claim.parts.iter().map(PartReply::of).collect(),
            note: claim.note,
            branch: claim.branch,
            requested_by: claim.requested_by.to_string(),
            decided_by: claim.decided_by.map(|staff_no| staff_no.to_string()),
            declined_because: claim.declined_because,
            invoice: claim.invoice,
        }
    }
}

impl PartReply {
    fn of(part: &RefundPart) -> Self {
        Self {
            bill_no: part.bill_no.to_string(),
            season: part.season.to_string(),
            principal_fen: part.principal.0,
            late_fee_fen: part.late_fee.0,
            discount_fen: part.discount.0,
            explanation: part.sentence(),
        }
    }
}

impl OtherwiseReply {
    fn of(said: OtherPayout) -> Self {
        let OtherPayout { voucher_no, paid_on, note, said_by } = said;
        Self { voucher_no, paid_on, note, said_by: said_by.to_string() }
    }
}

impl StepReply {
    fn of(step: RefundStep) -> Self {
        Self { status: step.status, at: step.at }
    }
}
