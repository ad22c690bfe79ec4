//! Sends money back to where it came from: what arrived without a place, and what staff gives back. The same refund keeps its
//! number at the channel until the channel says how it ended; only then is it booked. An invoice of what staff gives back is
//! reversed before the money goes out, and what the company keeps is invoiced anew afterwards.

mod book;
mod channel;
mod invoice;

use async_trait::async_trait;
use heatpay_channels::Channels;
use heatpay_domain::{
    RefundNo,
    refund::{InvoiceStage, Refund, RefundStatus},
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    events::{PaymentEvent, PaymentEvents},
    queue::Queue,
};
use heatpay_store::{
    bills::Bills, invoices::Invoices, payments::Payments, refund_books::RefundBooks, refunds::Refunds,
    reinvoice::Reinvoicing,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// How many lost refunds one run of the schedule takes up, a shard.
const LEFT_OPEN_PER_SHARD: i32 = 25;

struct RefundExecute {
    refunds: Refunds,
    payments: Payments,
    bills: Bills,
    books: RefundBooks,
    invoices: Invoices,
    reinvoicing: Reinvoicing,
    channels: Channels,
    again: Queue,
    invoicing: Queue,
    events: PaymentEvents,
    clock: Arc<dyn Clock>,
}

/// From the topic (`refund.requested`), from a channel's notification, or our own reminder.
#[derive(Serialize, Deserialize)]
struct Execute {
    refund_no: String,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let channels = Channels::of(&context).await?;
    step_with(context, channels).await
}

/// The same with given channels.
pub async fn step_with(context: Context, channels: Channels) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(RefundExecute {
        refunds: Refunds::of(&context)?,
        payments: Payments::of(&context)?,
        bills: Bills::of(&context)?,
        books: RefundBooks::of(&context)?,
        invoices: Invoices::of(&context).await?,
        reinvoicing: Reinvoicing::of(&context).await?,
        channels,
        again: Queue::of(&context, "REFUND_QUEUE_URL")?,
        invoicing: Queue::of(&context, "INVOICE_QUEUE_URL")?,
        events: PaymentEvents::of(&context)?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for RefundExecute {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let Execute { refund_no } = serde_json::from_str(body).map_err(StepError::reject)?;
        // A channel names the number of one attempt; it leads back to the refund.
        let refund_no = RefundNo::parse(refund_no).map_err(StepError::reject)?.of_attempt();
        let refund = self.find(&refund_no).await?;
        if refund.status == RefundStatus::Succeeded {
            // The delivery that booked it may have died before it could say so.
            self.say_paid_out(&refund_no).await?;
        }
        match (refund.status, refund.invoice_stage()) {
            (RefundStatus::Approved, Some(InvoiceStage::ToClear)) => self.clear_invoice(refund).await,
            (RefundStatus::Approved, Some(InvoiceStage::Cleared | InvoiceStage::InLine) | None) => {
                self.send(refund).await
            }
            (RefundStatus::Processing | RefundStatus::Abnormal, _) => self.ask(refund).await,
            (
                RefundStatus::Succeeded | RefundStatus::PaidOtherwise | RefundStatus::Declined,
                Some(InvoiceStage::Cleared),
            ) => self.line_up_invoice(refund).await,
            (
                RefundStatus::Succeeded | RefundStatus::PaidOtherwise | RefundStatus::Declined,
                Some(InvoiceStage::ToClear | InvoiceStage::InLine) | None,
            )
            | (RefundStatus::Requested | RefundStatus::Failed, _) => Ok(()),
        }
    }

    /// Refunds whose message got lost.
    async fn scheduled(&self) -> Result<(), StepError> {
        let lost_before = self.clock.now() - SignedDuration::from_secs(60);
        for refund_no in self.refunds.left_open(lost_before, LEFT_OPEN_PER_SHARD).await? {
            let execute = Execute { refund_no: refund_no.to_string() };
            self.again.send(&execute, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        Ok(())
    }
}

impl RefundExecute {
    /// For whoever tells the payer.
    async fn say_paid_out(&self, refund_no: &RefundNo) -> Result<(), StepError> {
        let refund_no = refund_no.clone();
        self.events.publish(&PaymentEvent::RefundPaidOut { refund_no }).await.map_err(StepError::retry)
    }

    async fn find(&self, refund_no: &RefundNo) -> Result<Refund, StepError> {
        let refund = self.refunds.find(refund_no).await?;
        refund.ok_or_else(|| StepError::reject("no such refund"))
    }
}
