//! Places the order at the channel. The call stands outside every transaction; whatever happens to the process around it, the
//! same payment number is placed again or asked about.

use crate::{App, reply::PaymentReply};
use axum::http::StatusCode;
use heatpay_channels::{ChannelError, OrderRequest};
use heatpay_domain::payment::{Payment, PaymentEvent, PaymentStatus};
use heatpay_runtime::{Problem, queue::causes};
use heatpay_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::time::Duration;

type Answer = Result<(StatusCode, axum::Json<PaymentReply>), Problem>;

/// After this time a payment still `submitting` was left by a process that died, and another request may take it on.
const TAKEN_ON_AFTER: SignedDuration = SignedDuration::from_secs(10);

/// The channel is first asked after this time, unless its callback comes before.
const FIRST_ASK: Duration = Duration::from_secs(15);

/// Goes on with a payment that the same request made before.
pub(crate) async fn resume(app: &App, payment: Payment, client_ip: Option<String>, now: Timestamp) -> Answer {
    match payment.status {
        PaymentStatus::Submitting if now < payment.created_at + TAKEN_ON_AFTER => {
            Err(Problem::conflict("in_progress", "正在处理,请稍候。").about(payment.payment_no.as_str()))
        }
        PaymentStatus::Submitting => place(app, payment, client_ip).await,
        PaymentStatus::Pending
        | PaymentStatus::Paid
        | PaymentStatus::Reversed
        | PaymentStatus::Closing
        | PaymentStatus::Closed
        | PaymentStatus::Rejected => Ok(created(app, &payment, now)),
    }
}

/// Places the order of a payment that is `submitting`.
pub(crate) async fn place(app: &App, payment: Payment, client_ip: Option<String>) -> Answer {
    let now = app.clock.now();
    let order = OrderRequest {
        payment_no: payment.payment_no.clone(),
        amount: payment.amount,
        description: description(&payment),
        placed_at: payment.created_at,
        scene: payment.scene,
        openid: payment.openid.clone(),
        client_ip,
        expires_at: payment.expires_at,
    };
    match send(app, &payment, &order, now).await {
        Ok(handle) => accepted(app, payment, handle, now).await,
        Err(ChannelError::Refused { code, message, .. }) => {
            tracing::warn!(payment_no = %payment.payment_no, code, message, "the channel refused the order");
            reject(app, payment).await
        }
        Err(error @ (ChannelError::OutcomeUnknown { .. } | ChannelError::TryLater { .. })) => {
            Err(unavailable_channel(&error, &payment))
        }
        Err(error @ ChannelError::Misconfigured { .. }) => {
            tracing::error!(reason = causes(&error), "the channel does not accept our credentials");
            Err(unavailable_channel(&error, &payment))
        }
    }
}

async fn send(app: &App, payment: &Payment, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
    app.channels.get(payment.channel)?.place_order(order, now).await
}

async fn accepted(app: &App, payment: Payment, handle: String, now: Timestamp) -> Answer {
    let after = Payment {
        status: payment.status.on(PaymentEvent::ChannelAccepted).map_err(|e| Problem::internal(&e))?,
        handle: Some(handle),
        version: payment.version + 1,
        ..payment
    };
    match app.payments.keep_open(&after, now + SignedDuration::from_secs(15)).await {
        Ok(()) => {}
        // Paid already, cancelled, or placed by a second request: tell how it stands.
        Err(StoreError::Raced) => {
            let found = app.payments.find(&after.payment_no).await?;
            return Ok(created(app, &found.unwrap_or(after), now));
        }
        Err(error) => return Err(error.into()),
    }
    // Without this message the schedule finds the payment, a few minutes later.
    if let Err(error) = app.watch.send(&json!({ "payment_no": after.payment_no }), FIRST_ASK).await {
        tracing::warn!(payment_no = %after.payment_no, reason = causes(&error), "the payment is left to the schedule");
    }
    Ok(created(app, &after, now))
}

async fn reject(app: &App, payment: Payment) -> Answer {
    let after = Payment {
        status: payment.status.on(PaymentEvent::ChannelRefused).map_err(|e| Problem::internal(&e))?,
        version: payment.version + 1,
        ..payment
    };
    match app.endings.end(&after).await {
        Ok(()) | Err(StoreError::Raced) => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "payment_refused",
            "支付渠道没有受理这笔支付,请稍后重试或联系客服。",
        )
        .about(after.payment_no.as_str())),
        Err(error) => Err(error.into()),
    }
}

fn unavailable_channel(error: &ChannelError, payment: &Payment) -> Problem {
    Problem::unavailable("channel_unavailable", "支付渠道暂时没有响应,请稍后再试,不会重复扣款。", error)
        .about(payment.payment_no.as_str())
}

fn created(app: &App, payment: &Payment, now: Timestamp) -> (StatusCode, axum::Json<PaymentReply>) {
    (StatusCode::CREATED, axum::Json(PaymentReply::of(app, payment, now)))
}

/// What the payer reads at the channel: the seasons he pays, or that he pays ahead.
fn description(payment: &Payment) -> String {
    if payment.prepaid.is_positive() {
        return format!("预存供热费 户号{}", payment.account_no);
    }
    let mut seasons: Vec<_> = payment.allocations.iter().map(|part| part.season).collect();
    seasons.sort_unstable();
    seasons.dedup();
    let named = match seasons.as_slice() {
        [one] => one.to_string(),
        [first, .., last] => format!("{first}至{last}"),
        [] => String::new(),
    };
    format!("{named}采暖季 供热费 户号{}", payment.account_no)
}
