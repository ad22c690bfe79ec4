use crate::App;
use axum::extract::State;
use heatpay_domain::{
    Channel,
    payment::{Allocation, PaymentStatus},
    refund::{GivenBack, Sums},
};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    paging::{self, Paging},
    problem::ProblemBody,
};
use heatpay_store::payments::PaymentRow;
use jiff::Timestamp;
use serde::Serialize;

/// A page of payments.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PaymentsReply {
    /// The payments, newest first.
    payments: Vec<PaymentView>,
    /// How to get the next page, if there is one.
    next: Option<String>,
}

/// A payment in the history.
#[derive(Serialize, utoipa::ToSchema)]
struct PaymentView {
    /// Its number.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    payment_no: String,
    /// `submitting`, `pending`, `closing` (open) or `paid`, `closed`, `rejected` (final).
    #[schema(schema_with = heatpay_runtime::described::payment_status)]
    status: PaymentStatus,
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::channel)]
    channel: Channel,
    /// The sum, in fen.
    #[schema(example = 223_800)]
    amount_fen: i64,
    /// What of it is paid ahead (预存), in fen.
    #[schema(example = 0)]
    prepaid_fen: i64,
    /// What of that went back, in fen.
    #[schema(example = 0)]
    prepaid_refunded_fen: i64,
    /// What of that is on its way back, or asked for, in fen.
    #[schema(example = 0)]
    prepaid_refunding_fen: i64,
    /// What it pays; nothing where it is paid ahead.
    bills: Vec<PaidPart>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When the channel took the money.
    #[schema(value_type = Option<String>, format = DateTime)]
    paid_at: Option<Timestamp>,
}

/// What a payment pays of one bill.
#[derive(Serialize, utoipa::ToSchema)]
struct PaidPart {
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
    /// Early-payment discount, in fen.
    discount_fen: i64,
    /// Money of it that went back to the payer, in fen.
    refunded_fen: i64,
    /// Money of it that is on its way back, or asked for, in fen.
    refunding_fen: i64,
}

/// 缴费记录
///
/// A household's payments, whoever made them.
#[utoipa::path(get, path = "/api/households/{account_no}/payments", tag = "bills", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), Paging),
    responses(
        (status = 200, description = "A page of payments", body = PaymentsReply),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_payments(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<PaymentsReply>, Problem> {
    let account_no = resident.household(&account_no)?;
    let (limit, cursor) = paging.read()?;
    let page = app.payments.of_household(account_no, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    Ok(axum::Json(PaymentsReply {
        payments: page.items.into_iter().map(PaymentView::of).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}

impl PaymentView {
    fn of(row: PaymentRow) -> Self {
        Self {
            payment_no: row.payment_no.to_string(),
            status: row.status,
            channel: row.channel,
            amount_fen: row.amount.0,
            prepaid_fen: row.prepaid.0,
            prepaid_refunded_fen: row.given_back.prepaid_gone.0,
            prepaid_refunding_fen: row.given_back.prepaid_going.0,
            bills: row.allocations.iter().map(|part| PaidPart::of(part, &row.given_back)).collect(),
            created_at: row.created_at,
            paid_at: row.paid_at,
        }
    }
}

impl PaidPart {
    fn of(part: &Allocation, given_back: &GivenBack) -> Self {
        let back = given_back.of(&part.bill_no);
        let money = |sums: Option<Sums>| sums.and_then(Sums::money).map_or(0, |money| money.0);
        Self {
            refunded_fen: money(back.map(|back| back.gone)),
            refunding_fen: money(back.map(|back| back.going)),
            bill_no: part.bill_no.to_string(),
            season: part.season.to_string(),
            principal_fen: part.principal.0,
            late_fee_fen: part.late_fee.0,
            discount_fen: part.discount.0,
        }
    }
}
