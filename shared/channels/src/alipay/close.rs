use super::{
    Alipay,
    biz::{Call, json},
    exchange::Exchanged,
    query::Named,
};
use crate::{ChannelError, CloseOutcome};
use heatpay_domain::PaymentNo;
use jiff::Timestamp;
use serde::de::IgnoredAny;

impl Alipay {
    pub(super) async fn close(&self, payment_no: &PaymentNo, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        let content = json(&Named { out_trade_no: payment_no.as_str() });
        match self.call::<IgnoredAny>(&Call::new("alipay.trade.close", &content), now).await? {
            Exchanged::Done(..) => Ok(CloseOutcome::Closed),
            // The payer may still have the page open: the caller waits until the order's own time is over.
            Exchanged::Failed(failure) if failure.is_unknown_trade() => Ok(CloseOutcome::Unknown),
            Exchanged::Failed(failure) if failure.is(&["TRADE_HAS_CLOSE"]) => Ok(CloseOutcome::Closed),
            // It no longer waits for the payer: paid, or closed before, which a query tells.
            Exchanged::Failed(failure)
                if failure.is(&[
                    "TRADE_HAS_SUCCESS",
                    "TRADE_HAS_FINISHED",
                    "TRADE_STATUS_ERROR",
                    "REASON_TRADE_STATUS_INVALID",
                ]) =>
            {
                Ok(CloseOutcome::AlreadyPaid)
            }
            Exchanged::Failed(failure) => Err(failure.into_error()),
        }
    }
}
