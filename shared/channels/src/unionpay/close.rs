use super::Unionpay;
use crate::{ChannelError, CloseOutcome, OrderRef, OrderState};
use jiff::Timestamp;

impl Unionpay {
    /// UnionPay has no call that closes an order: only its time does, which it was told when the order was made. From then on
    /// what a query says is final.
    pub(super) async fn close(&self, order: &OrderRef, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        if now < order.expires_at {
            return Ok(CloseOutcome::StillOpen);
        }
        Ok(match self.ask(order, now).await? {
            OrderState::Closed => CloseOutcome::Closed,
            OrderState::Paid(_) => CloseOutcome::AlreadyPaid,
            OrderState::Waiting => CloseOutcome::StillOpen,
            OrderState::Unknown => CloseOutcome::Unknown,
        })
    }
}
