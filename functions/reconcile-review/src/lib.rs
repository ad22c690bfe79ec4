//! Reconciliations as the finance department sees them: the days, their differences, a reason for each, and a run on demand.

mod cases;
mod days;
mod given;
mod resolve;
mod run;
mod view;

use axum::Router;
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context,
    queue::Queue,
    staff::{StaffTokens, guarded},
};
use heatpay_store::{
    operations::Operations,
    reconcile::{ReconcileCases, ReconcileDays},
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    days: ReconcileDays,
    cases: ReconcileCases,
    operations: Operations,
    to_match: Queue,
    clock: Arc<dyn Clock>,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let app = App {
        days: ReconcileDays::of(&context)?,
        cases: ReconcileCases::of(&context)?,
        operations: Operations::of(&context).await?,
        to_match: Queue::of(&context, "RECONCILE_QUEUE_URL")?,
        clock: context.clock.clone(),
    };
    let tokens = StaffTokens::of(&context).await?;
    let (router, api) = routes().split_for_parts();
    guarded(router.with_state(app), &api, tokens)
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(days::list_reconciliations, run::run_reconciliation))
        .routes(routes!(days::show_reconciliation))
        .routes(routes!(cases::list_reconciliation_cases))
        .routes(routes!(resolve::resolve_reconciliation_case))
}
