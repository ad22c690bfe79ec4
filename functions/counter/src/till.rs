use crate::{App, reply::Tenders};
use axum::extract::State;
use heatpay_domain::{Channel, calendar::civil_date, staff::Permission};
use heatpay_runtime::{Problem, problem::ProblemBody, staff::Staff};
use heatpay_store::counter::{TillDay, TillRow};
use jiff::{Timestamp, civil::Date};
use serde::Serialize;

/// One's own till today.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TillReply {
    /// The day in China.
    #[schema(value_type = String, format = Date, example = "2026-11-26")]
    day: Date,
    /// What was recorded, less what was taken back.
    recorded: Tenders,
    /// When the day was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
    /// Every payment.
    payments: Vec<TillPayment>,
}

/// A payment in a till.
#[derive(Serialize, utoipa::ToSchema)]
struct TillPayment {
    /// Its number.
    #[schema(schema_with = heatpay_runtime::described::payment_no)]
    payment_no: String,
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: String,
    /// What it was paid with.
    #[schema(schema_with = heatpay_runtime::described::tender)]
    channel: Channel,
    /// Its voucher.
    #[schema(schema_with = heatpay_runtime::described::voucher_no)]
    voucher_no: String,
    /// How much, in fen.
    #[schema(example = 223_800)]
    amount_fen: i64,
    /// When it was recorded.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// When it was taken back.
    #[schema(value_type = Option<String>, format = DateTime)]
    reversed_at: Option<Timestamp>,
}

/// 今日柜台
///
/// What the signed-in cashier recorded today.
#[utoipa::path(get, path = "/api/staff/counter/till", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::DayClose))),
    responses(
        (status = 200, description = "The till", body = TillReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_till(State(app): State<App>, staff: Staff) -> Result<axum::Json<TillReply>, Problem> {
    let today = civil_date(app.clock.now());
    let day = app.tills.day(staff.staff_no(), today).await?;
    Ok(axum::Json(match day {
        Some(day) => TillReply::of(day),
        None => TillReply {
            day: today,
            recorded: Tenders { cash_fen: 0, pos_fen: 0, cheque_fen: 0, transfer_fen: 0 },
            closed_at: None,
            payments: Vec::new(),
        },
    }))
}

impl TillReply {
    pub(crate) fn of(day: TillDay) -> Self {
        Self {
            day: day.day,
            recorded: Tenders::of(&day.till),
            closed_at: day.closed_at,
            payments: day.rows.into_iter().map(TillPayment::of).collect(),
        }
    }
}

impl TillPayment {
    fn of(row: TillRow) -> Self {
        Self {
            payment_no: row.payment_no.to_string(),
            account_no: row.account_no.to_string(),
            channel: row.channel,
            voucher_no: row.voucher_no.to_string(),
            amount_fen: row.amount.0,
            recorded_at: row.recorded_at,
            reversed_at: row.reversed_at,
        }
    }
}
