//! A resident asks for the e-invoice of a payment, lists the invoices of a household and fetches the files. Making the invoice
//! is `invoice-issue`'s work.

mod file;
mod list;
mod read;
mod reply;
mod request;

use axum::{Router, extract::FromRef};
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, auth::Tokens, files::Files, queue::Queue};
use heatpay_store::{households::Households, invoices::Invoices, payments::Payments, titles::Titles};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: Tokens,
    payments: Payments,
    households: Households,
    titles: Titles,
    invoices: Invoices,
    files: Files,
    issue: Queue,
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
        payments: Payments::of(&context)?,
        households: Households::of(&context)?,
        titles: Titles::of(&context).await?,
        invoices: Invoices::of(&context).await?,
        files: Files::of(&context)?,
        issue: Queue::of(&context, "INVOICE_QUEUE_URL")?,
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
        .routes(routes!(request::request_invoice))
        .routes(routes!(list::list_invoices))
        .routes(routes!(read::read_invoice))
        .routes(routes!(file::read_invoice_file))
}
