//! Payment providers post here. The step verifies the notification, hands the evidence to the settlement queue, and only then
//! acknowledges: if the queue does not take it, the provider is told so and sends again.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use heatpay_channels::{Channels, Notification, NotificationError};
use heatpay_domain::Channel;
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context,
    queue::{NotTaken, Queue, causes},
};
use serde::Serialize;
use serde_json::json;
use std::{sync::Arc, time::Duration};
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
struct App {
    channels: Channels,
    settlements: Queue,
    refunds: Queue,
    clock: Arc<dyn Clock>,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let channels = Channels::of(&context).await?;
    router_with(context, channels).await
}

/// The same with given channels.
pub async fn router_with(context: Context, channels: Channels) -> Result<Router, BootError> {
    let app = App {
        channels,
        settlements: Queue::of(&context, "SETTLEMENT_QUEUE_URL")?,
        refunds: Queue::of(&context, "REFUND_QUEUE_URL")?,
        clock: context.clock,
    };
    Ok(Router::from(routes()).with_state(app))
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(wechatpay))
}

/// 微信支付的通知
///
/// Payments and refunds. Acknowledged with 204 after our queue has taken it; anything else makes WeChat Pay send again.
#[utoipa::path(post, path = "/callbacks/wechatpay", tag = "callbacks",
    request_body(content = String, content_type = "application/json", description = "The notification, signed in its headers"),
    responses(
        (status = 204, description = "Taken"),
        (status = 413, description = "Larger than any notification", body = Refusal),
        (status = 401, description = "Not signed by WeChat Pay", body = Refusal),
        (status = 422, description = "Signed, but not for this merchant", body = Refusal),
        (status = 503, description = "Our queue did not take it: send again", body = Refusal),
    ))]
async fn wechatpay(State(app): State<App>, headers: HeaderMap, body: Result<Bytes, BytesRejection>) -> Response {
    let Ok(body) = body else {
        tracing::warn!("a notification is larger than any, or broke off");
        return refusal(StatusCode::PAYLOAD_TOO_LARGE, "too large");
    };
    let channel = match app.channels.get(Channel::Wechatpay) {
        Ok(channel) => channel,
        Err(error) => return refuse(&NotificationError::TryLater(error)),
    };
    let notification = match channel.read_notification(&headers, &body, app.clock.now()).await {
        Ok(notification) => notification,
        Err(error) => return refuse(&error),
    };
    match hand_over(&app, notification).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => {
            tracing::error!(reason = causes(&error), "a notification could not be handed over");
            refusal(StatusCode::SERVICE_UNAVAILABLE, "the queue did not take it")
        }
    }
}

async fn hand_over(app: &App, notification: Notification) -> Result<(), NotTaken> {
    match notification {
        Notification::Paid(evidence) => app.settlements.send(&evidence, Duration::ZERO).await,
        // The refund step asks the channel itself: the notification only says that it is worth asking.
        Notification::Refund { refund_no, .. } => {
            app.refunds.send(&json!({ "refund_no": refund_no }), Duration::ZERO).await
        }
    }
}

/// What WeChat Pay expects when a notification is not taken.
#[derive(Serialize, utoipa::ToSchema)]
struct Refusal {
    /// Always `FAIL`.
    code: &'static str,
    /// Why.
    message: &'static str,
}

fn refuse(error: &NotificationError) -> Response {
    match error {
        NotificationError::NotAuthentic(why) => {
            tracing::warn!(why, "a notification is not from the channel");
            refusal(StatusCode::UNAUTHORIZED, "signature not accepted")
        }
        NotificationError::NotForUs(why) => {
            tracing::error!(why, "a signed notification is not for us");
            refusal(StatusCode::UNPROCESSABLE_ENTITY, "not for this merchant")
        }
        NotificationError::TryLater(cause) => {
            tracing::warn!(reason = causes(cause), "a notification cannot be verified now");
            refusal(StatusCode::SERVICE_UNAVAILABLE, "cannot be verified now")
        }
    }
}

fn refusal(status: StatusCode, message: &'static str) -> Response {
    (status, Json(Refusal { code: "FAIL", message })).into_response()
}
