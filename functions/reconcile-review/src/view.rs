use heatpay_domain::{
    CaseNo, Channel,
    reconcile::{
        Case, CaseState, Counts, DayState, DifferenceClass, ProposedAction, ReconcileDay, Resolver, RunProblem, Tally,
    },
    statement::StatementKind,
};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

/// The reconciliation of a channel's day.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct ReconciliationView {
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::channel)]
    channel: Channel,
    /// The statement's day.
    #[schema(schema_with = heatpay_runtime::described::statement_day)]
    day: Date,
    /// Where it stands.
    #[schema(schema_with = heatpay_runtime::described::day_state)]
    state: DayState,
    /// The channel says that nothing happened.
    nothing_happened: bool,
    /// Money that came.
    payments: TallyView,
    /// Money that went back.
    refunds: TallyView,
    /// What the channel keeps, in fen.
    #[schema(example = 1_343)]
    fee_fen: i64,
    /// Money of ours that may still come in the next day's statement.
    held: u64,
    /// Payments that only the channel has, on their way to be settled.
    to_settle: u64,
    /// All differences.
    differences: DifferenceCounts,
    /// Differences beyond those that are named.
    unnamed: u64,
    /// Cases that are open.
    open_cases: u64,
    /// The statement's SHA-256.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 64, max_length = 64)]
    statement_sha256: Option<String>,
    /// The result's SHA-256: the same books and the same statement give the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 64, max_length = 64)]
    result_sha256: Option<String>,
    /// Why the last run came to nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = heatpay_runtime::described::run_problem)]
    problem: Option<RunProblem>,
    /// When it was last run.
    #[schema(value_type = String, format = DateTime)]
    ran_at: Timestamp,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

/// Payments or refunds of a statement.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TallyView {
    /// Lines of the statement.
    lines: u64,
    /// What they come to, in fen.
    amount_fen: i64,
    /// How many of ours the channel has with the same amount.
    matched: u64,
    /// What they come to, in fen.
    matched_fen: i64,
}

/// How many differences of each class.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct DifferenceCounts {
    channel_only: u64,
    ours_only: u64,
    amount_differs: u64,
    duplicate: u64,
}

impl From<Tally> for TallyView {
    fn from(tally: Tally) -> Self {
        let Tally { lines, amount, matched, matched_amount } = tally;
        Self { lines, amount_fen: amount.0, matched, matched_fen: matched_amount.0 }
    }
}

impl From<Counts> for DifferenceCounts {
    fn from(counts: Counts) -> Self {
        let Counts { channel_only, ours_only, amount_differs, duplicate } = counts;
        Self { channel_only, ours_only, amount_differs, duplicate }
    }
}

impl From<ReconcileDay> for ReconciliationView {
    fn from(day: ReconcileDay) -> Self {
        Self {
            channel: day.channel,
            day: day.day,
            state: day.state,
            nothing_happened: day.nothing_happened,
            payments: day.payments.into(),
            refunds: day.refunds.into(),
            fee_fen: day.fee.0,
            held: day.held,
            to_settle: day.to_settle,
            differences: day.counts.into(),
            unnamed: day.unnamed,
            open_cases: day.open_cases,
            statement_sha256: day.file.map(|file| file.sha256),
            result_sha256: day.result.map(|result| result.sha256),
            problem: day.problem,
            ran_at: day.ran_at,
            closed_at: day.closed_at,
        }
    }
}

/// A difference that somebody has to explain.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct CaseView {
    /// 差异编号
    #[schema(value_type = String, pattern = "^D[A-Za-z0-9]{7,31}$", example = "D01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    case_no: CaseNo,
    /// What kind.
    #[schema(schema_with = heatpay_runtime::described::difference_class)]
    class: DifferenceClass,
    /// Of money that came, or went back.
    #[schema(schema_with = heatpay_runtime::described::statement_kind)]
    kind: StatementKind,
    /// What the money is known by: the channel's transaction of a payment, our number of a refund.
    number: String,
    /// The order number.
    #[serde(skip_serializing_if = "Option::is_none")]
    order_no: Option<String>,
    /// What the channel says, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_fen: Option<i64>,
    /// What our books say, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    our_fen: Option<i64>,
    /// How many lines it is.
    times: u32,
    /// What might be done.
    #[schema(schema_with = heatpay_runtime::described::proposed_action)]
    action: ProposedAction,
    /// Where it stands.
    #[schema(schema_with = heatpay_runtime::described::case_state)]
    state: CaseState,
    /// When it was found.
    #[schema(value_type = String, format = DateTime)]
    opened_at: Timestamp,
    /// Who explained it; absent where it was no more when the day was matched again.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_by: Option<String>,
    /// Why it is all right now.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// When it was explained.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    resolved_at: Option<Timestamp>,
}

impl From<Case> for CaseView {
    fn from(case: Case) -> Self {
        let by = case.resolution.as_ref().and_then(|resolution| match &resolution.by {
            Resolver::Staff(staff_no) => Some(staff_no.to_string()),
            Resolver::Rerun => None,
        });
        Self {
            case_no: case.case_no,
            class: case.difference.class,
            kind: case.difference.kind,
            number: case.difference.number,
            order_no: case.difference.order_no,
            channel_fen: case.difference.channel_amount.map(|fen| fen.0),
            our_fen: case.difference.our_amount.map(|fen| fen.0),
            times: case.difference.times,
            action: case.action,
            state: case.state,
            opened_at: case.opened_at,
            resolved_by: by,
            resolved_at: case.resolution.as_ref().map(|resolution| resolution.at),
            reason: case.resolution.map(|resolution| resolution.reason),
        }
    }
}
