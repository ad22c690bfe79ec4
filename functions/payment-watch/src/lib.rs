//! Asks the channel about payments that stay open, and closes the expired ones there. Nothing is closed by our clock alone:
//! the channel confirms first. "No answer" keeps the payment open and is asked again.

mod ladder;

use async_trait::async_trait;
use heatpay_channels::{ChannelError, Channels, CloseOutcome, OrderRef, OrderState};
use heatpay_domain::{
    Evidence, PaymentNo, counter,
    payment::{Payment, PaymentEvent, PaymentStatus},
    prepayment,
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    queue::{Queue, causes},
};
use heatpay_store::{StoreError, close::Endings, payments::Payments};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// An order the channel does not know can still be on its way there, until it would be refused as expired. A minute more
/// for clocks that differ.
const ON_ITS_WAY: SignedDuration = SignedDuration::from_secs(60);

/// How many lost payments one run of the schedule takes up, a shard.
const LEFT_OPEN_PER_SHARD: i32 = 25;

struct PaymentWatch {
    payments: Payments,
    endings: Endings,
    channels: Channels,
    settlements: Queue,
    watch: Queue,
    clock: Arc<dyn Clock>,
}

#[derive(Serialize, Deserialize)]
struct Watch {
    payment_no: PaymentNo,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let channels = Channels::of(&context).await?;
    step_with(context, channels).await
}

/// The same with given channels.
pub async fn step_with(context: Context, channels: Channels) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(PaymentWatch {
        payments: Payments::of(&context)?,
        endings: Endings::of(&context)?,
        channels,
        settlements: Queue::of(&context, "SETTLEMENT_QUEUE_URL")?,
        watch: Queue::of(&context, "WATCH_QUEUE_URL")?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for PaymentWatch {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let Watch { payment_no } = serde_json::from_str(body).map_err(StepError::reject)?;
        let payment = self.payments.find(&payment_no).await?;
        let payment = payment.ok_or_else(|| StepError::reject("no such payment"))?;
        // There is nobody to ask about what staff recorded, or what was drawn: the record is the evidence, and here it was not
        // handed over yet.
        let recorded = counter::evidence(&payment).or_else(|| prepayment::evidence(&payment));
        if let Some(evidence) = recorded.filter(|_| payment.status.is_open()) {
            return self.hand_over(&evidence).await;
        }
        match payment.status {
            PaymentStatus::Submitting | PaymentStatus::Pending | PaymentStatus::Closing => self.look(payment).await,
            PaymentStatus::Paid | PaymentStatus::Reversed | PaymentStatus::Closed | PaymentStatus::Rejected => Ok(()),
        }
    }

    /// Payments whose message got lost, or whose process died before it sent one.
    async fn scheduled(&self) -> Result<(), StepError> {
        // A minute late is not lost: its message is just being handled.
        let lost_before = self.clock.now() - SignedDuration::from_secs(60);
        for payment_no in self.payments.left_open(lost_before, LEFT_OPEN_PER_SHARD).await? {
            self.watch.send(&Watch { payment_no }, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        Ok(())
    }
}

impl PaymentWatch {
    async fn look(&self, payment: Payment) -> Result<(), StepError> {
        let now = self.clock.now();
        match self.ask(&payment, now).await {
            Ok(OrderState::Paid(evidence)) => self.hand_over(&evidence).await,
            Ok(OrderState::Closed) => self.end(payment).await,
            Ok(OrderState::Waiting | OrderState::Unknown)
                if payment.status == PaymentStatus::Closing || now >= payment.expires_at =>
            {
                self.close(payment, now).await
            }
            Ok(OrderState::Waiting | OrderState::Unknown) => self.again(payment, now).await,
            Err(error) => self.no_answer(payment, &error, now).await,
        }
    }

    async fn ask(&self, payment: &Payment, now: Timestamp) -> Result<OrderState, ChannelError> {
        self.channels.get(payment.channel)?.query_order(&OrderRef::of(payment), now).await
    }

    async fn ask_to_close(&self, payment: &Payment, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        self.channels.get(payment.channel)?.close_order(&OrderRef::of(payment), now).await
    }

    async fn close(&self, payment: Payment, now: Timestamp) -> Result<(), StepError> {
        match self.ask_to_close(&payment, now).await {
            Ok(CloseOutcome::Closed) => self.end(payment).await,
            // Paid between our two questions, or the channel closes nothing before its time.
            Ok(CloseOutcome::AlreadyPaid | CloseOutcome::StillOpen) => self.again(payment, now).await,
            Ok(CloseOutcome::Unknown) if now >= payment.expires_at + ON_ITS_WAY => self.end(payment).await,
            Ok(CloseOutcome::Unknown) => self.again(payment, now).await,
            Err(error) => self.no_answer(payment, &error, now).await,
        }
    }

    async fn hand_over(&self, evidence: &Evidence) -> Result<(), StepError> {
        self.settlements.send(evidence, Duration::ZERO).await.map_err(StepError::retry)
    }

    /// The channel confirmed: the payment is closed and its bills are free.
    async fn end(&self, payment: Payment) -> Result<(), StepError> {
        let status = payment.status.on(PaymentEvent::CloseConfirmed).map_err(StepError::reject)?;
        let closed = Payment { status, version: payment.version + 1, ..payment };
        Ok(self.endings.end(&closed).await?)
    }

    async fn no_answer(&self, payment: Payment, error: &ChannelError, now: Timestamp) -> Result<(), StepError> {
        let reason = causes(error);
        match error {
            ChannelError::OutcomeUnknown { .. } | ChannelError::TryLater { .. } => {
                tracing::warn!(payment_no = %payment.payment_no, reason, "the channel has no answer");
            }
            ChannelError::Refused { .. } | ChannelError::Misconfigured { .. } => {
                tracing::error!(payment_no = %payment.payment_no, reason, "the channel refuses to be asked");
            }
        }
        self.again(payment, now).await
    }

    /// Asks again later, by the ladder. The record comes first: if the message is lost, the schedule finds the payment.
    async fn again(&self, payment: Payment, now: Timestamp) -> Result<(), StepError> {
        let delay = ladder::next(payment.asked, now, payment.expires_at);
        let payment_no = payment.payment_no.clone();
        let asked = Payment { asked: payment.asked + 1, version: payment.version + 1, ..payment };
        match self.payments.keep_open(&asked, now + delay).await {
            Ok(()) => {}
            // Settled, cancelled or watched by another delivery meanwhile: that one goes on.
            Err(StoreError::Raced) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let delay = Duration::try_from(delay).unwrap_or(Queue::MAX_DELAY);
        self.watch.send(&Watch { payment_no }, delay).await.map_err(StepError::retry)
    }
}
