//! Payment providers post here. The step verifies the notification, hands the evidence to the settlement queue, and only then
//! acknowledges: if the queue does not take it, the provider is told so and sends again. A file a provider.

mod alipay;
mod unionpay;
mod wechatpay;

use axum::{Router, body::Bytes, extract::rejection::BytesRejection, http::HeaderMap};
use heatpay_channels::{ChannelError, Channels, Notification, NotificationError};
use heatpay_domain::Channel;
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context,
    queue::{NotTaken, Queue, causes},
};
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
    OpenApiRouter::new()
        .routes(routes!(wechatpay::wechatpay))
        .routes(routes!(alipay::alipay))
        .routes(routes!(unionpay::unionpay))
        .routes(routes!(unionpay::returned))
}

/// Why a notification is not acknowledged.
enum Refused {
    /// Larger than any notification, or broken off.
    TooLarge,
    /// Not signed by the channel.
    NotAuthentic,
    /// Signed, but not for us.
    NotForUs,
    /// It cannot be verified now, or our queue did not take it: the channel should send again.
    TryLater,
}

/// Verifies a notification and hands it over. Only `Ok` may be acknowledged.
async fn take(
    app: &App,
    channel: Channel,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(), Refused> {
    let Ok(body) = body else {
        tracing::warn!("a notification is larger than any, or broke off");
        return Err(Refused::TooLarge);
    };
    let notification = match app.channels.get(channel) {
        Ok(channel) => channel.read_notification(headers, &body, app.clock.now()).await,
        Err(error) => Err(NotificationError::TryLater(error)),
    };
    match notification {
        Ok(notification) => hand_over(app, notification).await.map_err(|error| {
            tracing::error!(reason = causes(&error), "a notification could not be handed over");
            Refused::TryLater
        }),
        Err(error) => Err(not_believed(channel, &error)),
    }
}

async fn hand_over(app: &App, notification: Notification) -> Result<(), NotTaken> {
    match notification {
        Notification::Paid(evidence) => app.settlements.send(&evidence, Duration::ZERO).await,
        // The refund step asks the channel itself: the notification only says that it is worth asking.
        Notification::Refund { refund_no, .. } => {
            app.refunds.send(&json!({ "refund_no": refund_no }), Duration::ZERO).await
        }
        Notification::NoMoney => Ok(()),
    }
}

fn not_believed(channel: Channel, error: &NotificationError) -> Refused {
    let channel = channel.name();
    match error {
        NotificationError::NotAuthentic(why) => {
            tracing::warn!(channel, why, "a notification is not from the channel");
            Refused::NotAuthentic
        }
        NotificationError::NotForUs(why) => {
            tracing::error!(channel, why, "a signed notification is not for us");
            Refused::NotForUs
        }
        NotificationError::TryLater(cause @ ChannelError::Misconfigured { .. }) => {
            tracing::error!(channel, reason = causes(cause), "a notification cannot be verified with our settings");
            Refused::TryLater
        }
        NotificationError::TryLater(cause) => {
            tracing::warn!(channel, reason = causes(cause), "a notification cannot be verified now");
            Refused::TryLater
        }
    }
}
