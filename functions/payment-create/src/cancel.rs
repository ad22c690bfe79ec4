use crate::{App, read::find_payment_of_resident, reply::PaymentReply};
use axum::extract::State;
use heatpay_channels::{ChannelError, CloseOutcome, OrderRef};
use heatpay_domain::payment::{Payment, PaymentEvent, PaymentStatus};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody, queue::causes};
use heatpay_store::StoreError;
use jiff::Timestamp;
use serde_json::json;
use std::time::Duration;

/// 取消支付
///
/// Asks the channel to refuse the payer from now on. `closed`: the bills are free again. `closing`: the channel has not
/// confirmed yet, ask again. A payment that was paid meanwhile stays paid.
#[utoipa::path(post, path = "/api/payments/{payment_no}/cancel", tag = "payments", security(("token" = [])),
    params(("payment_no" = String, Path, description = "缴费单号, the payment's number", min_length = 8, max_length = 32, pattern = "^P[A-Za-z0-9]{7,31}$", example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "How it stands now", body = PaymentReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such payment of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn cancel_payment(
    State(app): State<App>,
    resident: Resident,
    Path(payment_no): Path<String>,
) -> Result<axum::Json<PaymentReply>, Problem> {
    let payment = find_payment_of_resident(&app, &resident, payment_no).await?;
    let now = app.clock.now();
    let after = match payment.status {
        PaymentStatus::Submitting | PaymentStatus::Pending | PaymentStatus::Closing => {
            close(&app, payment, now).await?
        }
        PaymentStatus::Paid | PaymentStatus::Reversed | PaymentStatus::Closed | PaymentStatus::Rejected => payment,
    };
    Ok(axum::Json(PaymentReply::of(&app, &after, now)))
}

/// First our own record says `closing`, so that nobody places the order again; then the channel is asked.
async fn close(app: &App, payment: Payment, now: Timestamp) -> Result<Payment, StoreError> {
    let closing = match payment.status {
        PaymentStatus::Closing => payment,
        _ => {
            let status = payment.status.on(PaymentEvent::CloseAsked).unwrap_or(payment.status);
            let closing = Payment { status, version: payment.version + 1, ..payment };
            match app.payments.keep_open(&closing, now).await {
                Ok(()) => closing,
                Err(StoreError::Raced) => return reread(app, closing).await,
                Err(error) => return Err(error),
            }
        }
    };
    match ask_to_close(app, &closing, now).await {
        Ok(CloseOutcome::Closed) => return end(app, closing).await,
        Ok(CloseOutcome::AlreadyPaid | CloseOutcome::Unknown | CloseOutcome::StillOpen) => {}
        Err(error) => {
            tracing::warn!(payment_no = %closing.payment_no, reason = causes(&error), "the channel did not confirm the close");
        }
    }
    // Paid meanwhile, still open at the channel, or no answer: the watch finds out which.
    if let Err(error) = app.watch.send(&json!({ "payment_no": closing.payment_no }), Duration::ZERO).await {
        tracing::warn!(payment_no = %closing.payment_no, reason = causes(&error), "the payment is left to the schedule");
    }
    Ok(closing)
}

async fn ask_to_close(app: &App, payment: &Payment, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
    app.channels.get(payment.channel)?.close_order(&OrderRef::of(payment), now).await
}

async fn end(app: &App, closing: Payment) -> Result<Payment, StoreError> {
    let status = closing.status.on(PaymentEvent::CloseConfirmed).unwrap_or(closing.status);
    let closed = Payment { status, version: closing.version + 1, ..closing };
    match app.endings.end(&closed).await {
        Ok(()) => Ok(closed),
        Err(StoreError::Raced) => reread(app, closed).await,
        Err(error) => Err(error),
    }
}

async fn reread(app: &App, payment: Payment) -> Result<Payment, StoreError> {
    Ok(app.payments.find(&payment.payment_no).await?.unwrap_or(payment))
}
