//! What is said to the channel, and what its answer does to the refund.

use crate::{Execute, RefundExecute};
use heatpay_channels::{ChannelError, MoneyRefunded, RefundRequest, RefundState};
use heatpay_domain::{
    Channel,
    refund::{Refund, RefundEvent},
};
use heatpay_runtime::{StepError, queue::causes};
use heatpay_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// Seconds until the channel is asked again, by how often it was asked.
const SECONDS: [i64; 5] = [10, 60, 180, 300, 600];

/// The longest wait: what a queue can delay a message.
const LONGEST_SECONDS: i64 = 900;

impl RefundExecute {
    pub(crate) async fn send(&self, refund: Refund) -> Result<(), StepError> {
        // The counter's money is with us: a person pays it back there, and says so at the desk.
        if refund.channel.is_counter() {
            return self.end(refund, RefundEvent::ChannelAbnormal, "paid at the counter").await;
        }
        let now = self.clock.now();
        // What was drawn goes back into the balance, which is ours: nobody is to be asked.
        if refund.channel == Channel::Prepayment {
            let money = MoneyRefunded {
                refund_no: refund.number_at_channel().to_string(),
                channel_refund_no: refund.refund_no.to_string(),
                amount: refund.amount,
                refunded_at: Some(now),
                raw: String::new(),
            };
            return self.succeed(refund, money, now).await;
        }
        let answer = match self.channels.get(refund.channel) {
            Ok(channel) => channel.refund(&RefundRequest::of(&refund), now).await,
            Err(error) => Err(error),
        };
        self.take(refund, answer, now).await
    }

    pub(crate) async fn ask(&self, refund: Refund) -> Result<(), StepError> {
        let now = self.clock.now();
        let answer = match self.channels.get(refund.channel) {
            Ok(channel) => channel.query_refund(&RefundRequest::of(&refund), now).await,
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
                self.later(Refund { version: refund.version + 1, ..refund }, now).await
            }
            Err(ChannelError::Refused { code, message, .. }) => {
                self.end(refund, RefundEvent::ChannelClosed, &format!("{code} {message}")).await
            }
            Err(error @ ChannelError::Misconfigured { .. }) => Err(StepError::reject(error)),
        }
    }

    /// Still open, in the state the channel's answer leads to.
    async fn keep(&self, refund: Refund, event: RefundEvent, now: Timestamp) -> Result<(), StepError> {
        let after = refund.after(event, now).map_err(StepError::reject)?;
        self.later(after, now).await
    }

    /// Writes the refund, its version one up, and comes back to it by the ladder.
    pub(crate) async fn later(&self, after: Refund, now: Timestamp) -> Result<(), StepError> {
        let rung = usize::try_from(after.asked).ok().and_then(|asked| SECONDS.get(asked)).copied();
        let seconds = rung.unwrap_or(LONGEST_SECONDS);
        let after = Refund { asked: after.asked + 1, ..after };
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
    pub(crate) async fn end(&self, refund: Refund, event: RefundEvent, why: &str) -> Result<(), StepError> {
        tracing::error!(refund_no = %refund.refund_no, why, "a refund did not go through");
        let after = refund.after(event, self.clock.now()).map_err(StepError::reject)?;
        Ok(self.refunds.end(&Refund { error: Some(why.to_owned()), ..after }).await?)
    }
}
