//! A resident pays: the payment is written and holds its bills, the order is placed at the channel, and the client gets what
//! it hands to the channel. Also: how a payment stands, and cancelling it.

mod cancel;
mod create;
mod place;
mod prepay;
mod read;
mod reply;

use axum::{Router, extract::FromRef};
use heatpay_channels::Channels;
use heatpay_domain::Fen;
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{BootError, Context, auth::Tokens, queue::Queue, settings::prepayment_limit};
use heatpay_store::{
    bills::Bills, close::Endings, create::NewPayments, households::Households, payments::Payments, titles::Titles,
};
use jiff::SignedDuration;
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: Tokens,
    bills: Bills,
    households: Households,
    payments: Payments,
    new_payments: NewPayments,
    endings: Endings,
    titles: Titles,
    channels: Channels,
    watch: Queue,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    lifetime: SignedDuration,
    prepayment_limit: Fen,
}

impl FromRef<App> for Tokens {
    fn from_ref(app: &App) -> Self {
        app.tokens.clone()
    }
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let channels = Channels::of(&context).await?;
    router_with(context, channels).await
}

/// The same with given channels.
pub async fn router_with(context: Context, channels: Channels) -> Result<Router, BootError> {
    let app = App {
        tokens: Tokens::of(&context).await?,
        bills: Bills::of(&context)?,
        households: Households::of(&context)?,
        payments: Payments::of(&context)?,
        new_payments: NewPayments::of(&context)?,
        endings: Endings::of(&context)?,
        titles: Titles::of(&context).await?,
        channels,
        watch: Queue::of(&context, "WATCH_QUEUE_URL")?,
        lifetime: SignedDuration::from_mins(context.settings.parsed_or("PAYMENT_MINUTES", 15)?),
        prepayment_limit: prepayment_limit(&context.settings)?,
        clock: context.clock,
        ids: context.ids,
    };
    Ok(Router::from(routes()).with_state(app))
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(create::create_payment))
        .routes(routes!(prepay::create_prepayment))
        .routes(routes!(read::read_payment))
        .routes(routes!(cancel::cancel_payment))
}
