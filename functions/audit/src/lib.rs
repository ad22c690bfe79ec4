//! The operation log, for whoever must know who did what: read by day, by object or by person, and verified. Reads only.

mod entries;
mod verification;

use axum::Router;
use heatpay_runtime::{
    BootError, Context,
    staff::{StaffTokens, guarded},
};
use heatpay_store::operations::Operations;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    operations: Operations,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let app = App { operations: Operations::of(&context).await? };
    let tokens = StaffTokens::of(&context).await?;
    let (router, api) = routes().split_for_parts();
    guarded(router.with_state(app), &api, tokens)
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(entries::list_operations)).routes(routes!(verification::verify_operations))
}
