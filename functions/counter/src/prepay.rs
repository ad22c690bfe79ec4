use crate::{
    App,
    reply::CounterPaymentReply,
    taking::{For, Taking, take},
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{AccountNo, Channel, Fen, VoucherNo, staff::Permission};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use serde::{Deserialize, Serialize};

/// What was paid ahead at the counter.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCounterPrepayment {
    /// The household.
    #[schema(schema_with = heatpay_runtime::described::account_no)]
    account_no: AccountNo,
    /// What it was paid with.
    #[schema(schema_with = heatpay_runtime::described::tender)]
    channel: Channel,
    /// 凭证号: of the receipt book, the POS slip, the cheque or the bank's transfer; used once in a branch.
    #[schema(schema_with = heatpay_runtime::described::voucher_no)]
    voucher_no: VoucherNo,
    /// How much money it was, in fen: 1 yuan at least.
    #[schema(example = 200_000, minimum = 100, maximum = 1_000_000_000)]
    amount_fen: i64,
}

/// 柜台预存
///
/// Records money that a household pays ahead at the counter. Its next bills draw on it when they are issued. The same voucher again
/// gives the same payment.
#[utoipa::path(post, path = "/api/staff/counter/prepayments", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::CounterRecord))), request_body = NewCounterPrepayment,
    responses(
        (status = 201, description = "Recorded", body = CounterPaymentReply),
        (status = 200, description = "Recorded before", body = CounterPaymentReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such household", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`bills_owed`: a bill is paid first; `prepayment_over_limit`, `voucher_used`, `day_closed`, `bill_changed`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn record_prepayment(
    State(app): State<App>,
    staff: Staff,
    Json(request): Json<NewCounterPrepayment>,
) -> Result<(StatusCode, axum::Json<CounterPaymentReply>), Problem> {
    let taking = Taking {
        account_no: &request.account_no,
        channel: request.channel,
        voucher_no: &request.voucher_no,
        amount: Fen(request.amount_fen),
        paid: For::BillsToCome,
    };
    take(&app, &staff, taking, &request).await
}
