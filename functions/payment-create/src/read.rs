use crate::{App, reply::PaymentReply};
use axum::extract::State;
use heatpay_domain::{PaymentNo, payment::Payment};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};

/// 查询支付
///
/// How a payment stands. Clients ask this until the status is final; the channel's word on the phone proves nothing.
#[utoipa::path(get, path = "/api/payments/{payment_no}", tag = "payments", security(("token" = [])),
    params(("payment_no" = String, Path, description = "缴费单号, the payment's number", min_length = 8, max_length = 32, pattern = "^P[A-Za-z0-9]{7,31}$", example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "How it stands", body = PaymentReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such payment of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read_payment(
    State(app): State<App>,
    resident: Resident,
    Path(payment_no): Path<String>,
) -> Result<axum::Json<PaymentReply>, Problem> {
    let payment = find_payment_of_resident(&app, &resident, payment_no).await?;
    Ok(axum::Json(PaymentReply::of(&app, &payment, app.clock.now())))
}

/// A payment of one of the resident's households; what is not his is not there.
pub(crate) async fn find_payment_of_resident(
    app: &App,
    resident: &Resident,
    payment_no: String,
) -> Result<Payment, Problem> {
    let missing = || Problem::missing("没有找到这笔支付。");
    let payment_no = PaymentNo::parse(payment_no).map_err(|_| missing())?;
    app.payments
        .find(&payment_no)
        .await?
        .filter(|payment| resident.household(payment.account_no.as_str()).is_ok())
        .ok_or_else(missing)
}
