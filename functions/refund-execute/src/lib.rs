//! Sends money back to where it came from: what arrived without a place. The same refund keeps its number at the channel until
//! the channel says how it ended; only then is it posted.

use async_trait::async_trait;
use heatpay_channels::{ChannelError, Channels, MoneyRefunded, RefundRequest, RefundState};
use heatpay_domain::{
    RefundNo,
    ledger::settle_refund,
    refund::{Refund, RefundEvent, RefundStatus},
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    queue::{Queue, causes},
};
use heatpay_store::{
    StoreError,
    refunds::{DoneRefunds, Refunds},
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// Seconds until the channel is asked again, by how often it was asked.
const SECONDS: [i64; 5] = [10, 60, 180, 300, 600];

/// The longest wait: what a queue can delay a message.
const LONGEST_SECONDS: i64 = 900;

/// How many lost refunds one run of the schedule takes up, a shard.
const LEFT_OPEN_PER_SHARD: i32 = 25;

struct RefundExecute {
    refunds: Refunds,
    done: DoneRefunds,
    channels: Channels,
    again: Queue,
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
        done: DoneRefunds::of(&context)?,
        channels,
        again: Queue::of(&context, "REFUND_QUEUE_URL")?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for RefundExecute {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let Execute { refund_no } = serde_json::from_str(body).map_err(StepError::reject)?;
        // A channel names the number of one attempt; it leads back to the refund.
        let refund_no = RefundNo::parse(refund_no).map_err(StepError::reject)?.of_attempt();
        let refund = self.refunds.find(&refund_no).await?;
        let refund = refund.ok_or_else(|| StepError::reject("no such refund"))?;
        match refund.status {
            RefundStatus::Approved => self.send(refund).await,
            RefundStatus::Processing | RefundStatus::Abnormal => self.ask(refund).await,
            RefundStatus::Requested | RefundStatus::Succeeded | RefundStatus::Failed => Ok(()),
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
    async fn send(&self, refund: Refund) -> Result<(), StepError> {
        let now = self.clock.now();
        let request = RefundRequest {
            refund_no: refund.number_at_channel(),
            channel_txn: refund.channel_txn.clone(),
            amount: refund.amount,
            order_amount: refund.order_amount,
            reason: refund.reason.text().to_owned(),
        };
        let answer = match self.channels.get(refund.channel) {
            Ok(channel) => channel.refund(&request, now).await,
            Err(error) => Err(error),
        };
        self.take(refund, answer, now).await
    }

    async fn ask(&self, refund: Refund) -> Result<(), StepError> {
        let now = self.clock.now();
        let answer = match self.channels.get(refund.channel) {
            Ok(channel) => channel.query_refund(&refund.number_at_channel(), now).await,
            Err(error) => Err(error),
        };
        self.take(refund, answer, now).await
    }

    async fn take(
        &self,
        refund: Refund,
        answer: Result<RefundState, ChannelError>,
        now: Timestamp,
    ) -> Result<(), StepError> {
        match answer {
            Ok(RefundState::Succeeded(money)) => self.succeed(refund, money, now).await,
            Ok(RefundState::Processing) => self.keep(refund, RefundEvent::ChannelProcesses, now).await,
            Ok(RefundState::Unknown) => self.keep(refund, RefundEvent::ChannelSaysUnknown, now).await,
            Ok(RefundState::Closed) => self.end(refund, RefundEvent::ChannelClosed, "closed by the channel").await,
            Ok(RefundState::Abnormal) => {
                self.end(refund, RefundEvent::ChannelAbnormal, "the card cannot take it").await
            }
            Err(error @ (ChannelError::OutcomeUnknown { .. } | ChannelError::TryLater { .. })) => {
                tracing::warn!(refund_no = %refund.refund_no, reason = causes(&error), "the refund is not certain yet");
                self.later(refund, now).await
            }
            Err(ChannelError::Refused { code, message, .. }) => {
                self.end(refund, RefundEvent::ChannelClosed, &format!("{code} {message}")).await
            }
            Err(error @ ChannelError::Misconfigured { .. }) => Err(StepError::reject(error)),
        }
    }

    async fn succeed(&self, refund: Refund, money: MoneyRefunded, now: Timestamp) -> Result<(), StepError> {
        if money.amount != refund.amount {
            return self.end(refund, RefundEvent::ChannelAbnormal, "the channel sent back another amount").await;
        }
        let after = Refund {
            status: refund.status.on(RefundEvent::ChannelSucceeded).map_err(StepError::reject)?,
            channel_refund_no: Some(money.channel_refund_no),
            refunded_at: Some(money.refunded_at.unwrap_or(now)),
            version: refund.version + 1,
            ..refund
        };
        Ok(self.done.succeed(&after, &settle_refund(&after, now)).await?)
    }

    /// Still open, in the state the channel's answer leads to.
    async fn keep(&self, refund: Refund, event: RefundEvent, now: Timestamp) -> Result<(), StepError> {
        let status = refund.status.on(event).map_err(StepError::reject)?;
        self.later(Refund { status, ..refund }, now).await
    }

    async fn later(&self, refund: Refund, now: Timestamp) -> Result<(), StepError> {
        let rung = usize::try_from(refund.asked).ok().and_then(|asked| SECONDS.get(asked)).copied();
        let seconds = rung.unwrap_or(LONGEST_SECONDS);
        let after = Refund { asked: refund.asked + 1, version: refund.version + 1, ..refund };
        match self.refunds.keep_open(&after, now + SignedDuration::from_secs(seconds)).await {
            Ok(()) => {}
            Err(StoreError::Raced) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let execute = Execute { refund_no: after.refund_no.to_string() };
        let delay = Duration::from_secs(seconds.unsigned_abs());
        self.again.send(&execute, delay).await.map_err(StepError::retry)
    }

    /// Ended without money moved: a person looks at it.
    async fn end(&self, refund: Refund, event: RefundEvent, why: &str) -> Result<(), StepError> {
        tracing::error!(refund_no = %refund.refund_no, why, "a refund did not go through");
        let after = Refund {
            status: refund.status.on(event).map_err(StepError::reject)?,
            error: Some(why.to_owned()),
            version: refund.version + 1,
            ..refund
        };
        Ok(self.refunds.end(&after).await?)
    }
}
