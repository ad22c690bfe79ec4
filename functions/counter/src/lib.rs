//! 柜台收款: staff records cash, POS, cheque or transfer with its voucher. The record is the evidence and goes the way of all
//! money, through the settlement queue. What was recorded by mistake is taken back the same day; a cashier closes the day with
//! the money counted, and it must agree.

mod close;
mod days;
mod prepay;
mod record;
mod reply;
mod reverse;
mod taking;
mod till;

use axum::Router;
use heatpay_domain::Fen;
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context,
    queue::Queue,
    settings::prepayment_limit,
    staff::{StaffTokens, guarded},
};
use heatpay_store::{
    bills::Bills, counter::Tills, households::Households, invoices::Invoices, operations::Operations,
    payments::Payments,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    households: Households,
    bills: Bills,
    payments: Payments,
    invoices: Invoices,
    tills: Tills,
    operations: Operations,
    settlements: Queue,
    clock: Arc<dyn Clock>,
    prepayment_limit: Fen,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let tokens = StaffTokens::of(&context).await?;
    let app = App {
        households: Households::of(&context)?,
        bills: Bills::of(&context)?,
        payments: Payments::of(&context)?,
        invoices: Invoices::of(&context).await?,
        tills: Tills::of(&context)?,
        operations: Operations::of(&context).await?,
        settlements: Queue::of(&context, "SETTLEMENT_QUEUE_URL")?,
        prepayment_limit: prepayment_limit(&context.settings)?,
        clock: context.clock,
    };
    let (router, api) = routes().split_for_parts();
    guarded(router.with_state(app), &api, tokens)
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(record::record_payment))
        .routes(routes!(prepay::record_prepayment))
        .routes(routes!(reverse::reverse_payment))
        .routes(routes!(till::show_till))
        .routes(routes!(close::close_till))
        .routes(routes!(days::list_tills))
}
