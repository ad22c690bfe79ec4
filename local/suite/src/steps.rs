//! The functions the suite hosts: the very code that is deployed, by the name of its folder.

use axum::Router;
use heatpay_runtime::{BootError, Context, Step};
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// A booted function.
pub enum Hosted {
    /// Answers requests.
    Http(Router),
    /// Takes messages, runs on schedules.
    Step(Arc<dyn Step>),
}

/// The names of all functions there is code for.
pub const NAMES: &[&str] = &[
    "audit",
    "bill-generate",
    "bill-query",
    "books-audit",
    "counter",
    "invoice-issue",
    "invoice-request",
    "notification-send",
    "overdue-reminder",
    "payment-callback",
    "payment-create",
    "payment-settle",
    "payment-watch",
    "prepayment-draw",
    "reconcile",
    "reconcile-review",
    "refund-admin",
    "refund-execute",
    "repair-request",
    "session",
    "staff-session",
];

/// Boots the function of that name; `None` if there is no such code.
pub async fn boot(name: &str, context: Context) -> Result<Option<Hosted>, BootError> {
    Ok(Some(match name {
        "audit" => Hosted::Http(audit::router(context).await?),
        "bill-generate" => Hosted::Step(bill_generate::step(context).await?),
        "bill-query" => Hosted::Http(bill_query::router(context).await?),
        "books-audit" => Hosted::Step(books_audit::step(context).await?),
        "counter" => Hosted::Http(counter::router(context).await?),
        "invoice-issue" => Hosted::Step(invoice_issue::step(context).await?),
        "invoice-request" => Hosted::Http(invoice_request::router(context).await?),
        "notification-send" => Hosted::Step(notification_send::step(context).await?),
        "overdue-reminder" => Hosted::Step(overdue_reminder::step(context).await?),
        "payment-callback" => Hosted::Http(payment_callback::router(context).await?),
        "payment-create" => Hosted::Http(payment_create::router(context).await?),
        "payment-settle" => Hosted::Step(payment_settle::step(context).await?),
        "payment-watch" => Hosted::Step(payment_watch::step(context).await?),
        "prepayment-draw" => Hosted::Step(prepayment_draw::step(context).await?),
        "reconcile" => Hosted::Step(reconcile::step(context).await?),
        "reconcile-review" => Hosted::Http(reconcile_review::router(context).await?),
        "refund-admin" => Hosted::Http(refund_admin::router(context).await?),
        "refund-execute" => Hosted::Step(refund_execute::step(context).await?),
        "repair-request" => Hosted::Http(repair_request::router(context).await?),
        "session" => Hosted::Http(session::router(context).await?),
        "staff-session" => Hosted::Http(staff_session::router(context).await?),
        _ => return Ok(None),
    }))
}

/// What the functions' routes take and answer, in the order of their names.
pub fn openapis() -> Vec<(&'static str, OpenApi)> {
    vec![
        ("audit", audit::openapi()),
        ("bill-query", bill_query::openapi()),
        ("counter", counter::openapi()),
        ("invoice-request", invoice_request::openapi()),
        ("payment-callback", payment_callback::openapi()),
        ("payment-create", payment_create::openapi()),
        ("reconcile-review", reconcile_review::openapi()),
        ("repair-request", repair_request::openapi()),
        ("refund-admin", refund_admin::openapi()),
        ("session", session::openapi()),
        ("staff-session", staff_session::openapi()),
    ]
}
