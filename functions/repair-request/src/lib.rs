//! A resident reports a fault with photos and its place, follows it, takes it back, says what he thinks of the work. Giving it
//! to somebody and mending it is the company's work.

mod cancel;
mod list;
mod photo;
mod picture;
mod rate;
mod read;
mod reply;
mod report;

use axum::{Router, extract::DefaultBodyLimit, extract::FromRef};
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, auth::Tokens, files::Files};
use heatpay_store::{repairs::Repairs, sessions::Throttles};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: Tokens,
    repairs: Repairs,
    throttles: Throttles,
    files: Files,
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
        repairs: Repairs::of(&context)?,
        throttles: Throttles::of(&context)?,
        files: Files::of(&context)?,
        clock: context.clock,
    };
    Ok(Router::from(routes()).with_state(app))
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    let photos =
        OpenApiRouter::new().routes(routes!(photo::add_photo)).layer(DefaultBodyLimit::max(photo::MAX_FORM_BYTES));
    OpenApiRouter::new()
        .routes(routes!(report::report_fault))
        .routes(routes!(list::list_repairs))
        .routes(routes!(read::read_repair))
        .routes(routes!(cancel::cancel_repair))
        .routes(routes!(rate::rate_repair))
        .routes(routes!(photo::read_photo))
        .merge(photos)
}
