//! The real handlers, booted once a worker over the world's wire and channel.

use crate::{channel::PlayedChannel, queues::Queue, town::Town, wire};
use axum::Router;
use heatpay_channels::{Channels, PaymentChannel};
use heatpay_ports::{NoProbe, Outbound};
use heatpay_runtime::{BootError, Context, Step, auth::Tokens, aws::Aws, settings::Settings, staff::StaffTokens};
use heatpay_store::billing::NewBills;
use std::sync::Arc;

/// The handlers.
#[derive(Clone)]
pub struct Handlers {
    /// Signs what `session` would.
    pub tokens: Tokens,
    /// Signs what `staff-session` would.
    pub staff_tokens: StaffTokens,
    /// `payment-create`.
    pub create: Router,
    /// `payment-callback`.
    pub callback: Router,
    /// `payment-settle`.
    pub settle: Arc<dyn Step>,
    /// `payment-watch`.
    pub watch: Arc<dyn Step>,
    /// `refund-execute`.
    pub refund: Arc<dyn Step>,
    /// `prepayment-draw`.
    pub draw: Arc<dyn Step>,
    /// Writes bills as `bill-generate` does.
    pub new_bills: NewBills,
    /// `counter`.
    pub counter: Router,
    /// `reconcile`.
    pub reconcile: Arc<dyn Step>,
    /// `refund-admin`.
    pub refund_admin: Router,
}

impl Handlers {
    /// Boots them.
    pub async fn boot(town: &Town) -> Result<Self, BootError> {
        let context = context(town)?;
        let played: Arc<dyn PaymentChannel> = Arc::new(PlayedChannel(town.clone()));
        let channels = Channels::new([played]);
        Ok(Self {
            tokens: Tokens::of(&context).await?,
            staff_tokens: StaffTokens::of(&context).await?,
            create: payment_create::router_with(context.clone(), channels.clone()).await?,
            callback: payment_callback::router_with(context.clone(), channels.clone()).await?,
            settle: payment_settle::step(context.clone()).await?,
            watch: payment_watch::step_with(context.clone(), channels.clone()).await?,
            draw: prepayment_draw::step(context.clone()).await?,
            new_bills: NewBills::of(&context)?,
            counter: counter::router(context.clone()).await?,
            reconcile: reconcile::step_with(context.clone(), channels.clone()).await?,
            refund_admin: refund_admin::router(context.clone()).await?,
            refund: refund_execute::step_with(context, channels).await?,
        })
    }
}

/// What every handler is handed.
pub fn context(town: &Town) -> Result<Context, BootError> {
    let settings = [
        ("HOUSEHOLDS_TABLE", "households"),
        ("PAYMENTS_TABLE", "payments"),
        ("REFUNDS_TABLE", "refunds"),
        ("RECEIPTS_TABLE", "receipts"),
        ("POSTINGS_TABLE", "postings"),
        ("IDEMPOTENCY_TABLE", "idempotency"),
        ("INVOICES_TABLE", "invoices"),
        ("TILLS_TABLE", "tills"),
        ("RECONCILE_DAYS_TABLE", "reconcile_days"),
        ("RECONCILE_CASES_TABLE", "reconcile_cases"),
        ("FILES_BUCKET", "files"),
        ("METRICS_NAMESPACE", "Heatpay/history"),
        ("OPERATIONS_TABLE", "operations"),
        ("STAFF_TABLE", "staff"),
        ("SESSIONS_TABLE", "sessions"),
        // Of days without heat nothing is computed here.
        ("TARIFFS_TABLE", "tariffs"),
        ("INVOICE_QUEUE_URL", "http://127.0.0.1/invoices"),
        ("SESSION_SECRET_ID", "session"),
        ("PERSONAL_DATA_SECRET_ID", "personal-data"),
        ("STAFF_SESSION_SECRET_ID", "staff-session"),
        ("OPERATIONS_SECRET_ID", "operations"),
        ("PAYMENT_EVENTS_TOPIC_ARN", "arn:aws:sns:cn-north-1:0:payment-events"),
    ];
    let queues = [
        ("SETTLEMENT_QUEUE_URL", Queue::Settlement),
        ("WATCH_QUEUE_URL", Queue::Watch),
        ("REFUND_QUEUE_URL", Queue::Refund),
        ("RECONCILE_QUEUE_URL", Queue::Reconcile),
        ("PREPAYMENT_QUEUE_URL", Queue::Prepayment),
    ];
    let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let queues = queues.map(|(name, queue)| (name.to_owned(), queue.url()));
    Ok(Context {
        settings: Settings::from_pairs(settings.into_iter().chain(queues)),
        aws: Aws::in_process(wire::http_client(town)),
        outbound: Outbound::new(Arc::new(NoProbe)).map_err(|error| BootError::Outbound(Box::new(error)))?,
        clock: Arc::new(town.clone()),
        ids: Arc::new(town.clone()),
    })
}
