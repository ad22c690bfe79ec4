//! What a household owes and why: the home page in one read, its bills with how each figure was computed, its payments and refunds. Reads
//! only. Amounts are those of today in China, computed from dates; nothing is kept that would be wrong tomorrow.

mod bill;
mod bills;
mod due;
mod explain;
mod home;
mod payments;
mod refunds;

use axum::{Router, extract::FromRef};
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, auth::Tokens};
use heatpay_store::{households::Households, payments::Payments, refunds::Refunds};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: Tokens,
    households: Households,
    payments: Payments,
    refunds: Refunds,
    clock: Arc<dyn Clock>,
}

impl FromRef<App> for Tokens {
    fn from_ref(app: &App) -> Self {
        app.tokens.clone()
    }
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let app = App {
        tokens: Tokens::of(&context).await?,
        households: Households::of(&context)?,
        payments: Payments::of(&context)?,
        refunds: Refunds::of(&context)?,
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
        .routes(routes!(home::show_home))
        .routes(routes!(bills::list_bills))
        .routes(routes!(bill::show_bill))
        .routes(routes!(payments::list_payments))
        .routes(routes!(refunds::list_refunds))
}
