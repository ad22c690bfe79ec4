//! 对账: every morning each channel's statement of the day before is matched with our receipts and refunds, line by line. A run may
//! be killed anywhere and is repeated with the same result: the file is kept before it is read, cases and postings have numbers
//! that their causes give, and the day is written last.

mod due;
mod matched;
mod record;
mod run;
mod statement;

use async_trait::async_trait;
use heatpay_channels::Channels;
use heatpay_domain::Channel;
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, Step, StepError, files::Files, queue::Queue, telemetry::Metrics};
use heatpay_store::{
    by_day::MoneyByDay,
    reconcile::{Fees, ReconcileCases, ReconcileDays},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

struct Reconcile {
    channels: Channels,
    money: MoneyByDay,
    days: ReconcileDays,
    cases: ReconcileCases,
    fees: Fees,
    files: Files,
    settlement: Queue,
    own: Queue,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
}

/// A day to match: from the schedule, or from a person.
#[derive(Debug, Serialize, Deserialize)]
struct DayToMatch {
    channel: Channel,
    day: Date,
    /// Fetch the statement even where one is kept: the channel made it anew.
    #[serde(default)]
    fetch_again: bool,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let channels = Channels::of(&context).await?;
    step_with(context, channels).await
}

/// The same with given channels.
pub async fn step_with(context: Context, channels: Channels) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(Reconcile {
        channels,
        money: MoneyByDay::of(&context)?,
        days: ReconcileDays::of(&context)?,
        cases: ReconcileCases::of(&context)?,
        fees: Fees::of(&context)?,
        files: Files::of(&context)?,
        settlement: Queue::of(&context, "SETTLEMENT_QUEUE_URL")?,
        own: Queue::of(&context, "RECONCILE_QUEUE_URL")?,
        metrics: Metrics::of(&context)?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for Reconcile {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let wanted: DayToMatch = serde_json::from_str(body).map_err(StepError::reject)?;
        self.run(&wanted).await
    }

    /// Takes up the days whose statement is due, and tells how many keep people waiting.
    async fn scheduled(&self) -> Result<(), StepError> {
        self.take_up_due_days().await
    }
}
