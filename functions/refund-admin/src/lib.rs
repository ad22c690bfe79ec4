//! Staff gives money back: one person asks, another approves, and the desk decides about what the channel did not pay out. Nothing
//! here speaks to a channel; that is `refund-execute`, which sees a refund once it is approved.

mod approve;
mod confirm_otherwise;
mod decline;
mod found;
mod give_up;
mod given;
mod list;
mod moved;
mod reply;
mod request;
mod retry;
mod say_otherwise;
mod show;
mod wanted;

use axum::Router;
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{
    BootError, Context,
    events::PaymentEvents,
    staff::{StaffTokens, guarded},
};
use heatpay_store::{
    bills::Bills, households::Households, operations::Operations, payments::Payments, refund_books::RefundBooks,
    refund_requests::RefundRequests, refunds::Refunds, staff::Presence, tariffs::Tariffs,
};
use std::sync::Arc;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    presence: Presence,
    operations: Operations,
    households: Households,
    bills: Bills,
    payments: Payments,
    tariffs: Tariffs,
    refunds: Refunds,
    requests: RefundRequests,
    books: RefundBooks,
    events: PaymentEvents,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let tokens = StaffTokens::of(&context).await?;
    let app = App {
        presence: Presence::of(&context)?,
        operations: Operations::of(&context).await?,
        households: Households::of(&context)?,
        bills: Bills::of(&context)?,
        payments: Payments::of(&context)?,
        tariffs: Tariffs::of(&context)?,
        refunds: Refunds::of(&context)?,
        requests: RefundRequests::of(&context)?,
        books: RefundBooks::of(&context)?,
        events: PaymentEvents::of(&context)?,
        clock: context.clock,
        ids: context.ids,
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
        .routes(routes!(list::list_staff_refunds, request::request_refund))
        .routes(routes!(show::show_refund))
        .routes(routes!(approve::approve_refund))
        .routes(routes!(decline::decline_refund))
        .routes(routes!(retry::retry_refund))
        .routes(routes!(give_up::give_up_refund))
        .routes(routes!(say_otherwise::say_paid_otherwise))
        .routes(routes!(confirm_otherwise::confirm_paid_otherwise))
}
