use super::{Wechatpay, exchange::Exchanged};
use crate::{ChannelError, CloseOutcome};
use heatpay_domain::PaymentNo;
use http::Method;
use jiff::Timestamp;
use serde::Serialize;

#[derive(Serialize)]
struct Close<'a> {
    mchid: &'a str,
}

impl Wechatpay {
    pub(super) async fn close(&self, payment_no: &PaymentNo, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        let path = format!("/v3/pay/transactions/out-trade-no/{payment_no}/close");
        let body = Close { mchid: &self.settings.mchid };
        match self.call_empty(Method::POST, &path, Some(&body), now).await? {
            Exchanged::Done(()) => Ok(CloseOutcome::Closed),
            Exchanged::Failed(failure) if failure.is_unknown_order() => Ok(CloseOutcome::Unknown),
            Exchanged::Failed(failure) if failure.is_already_paid() => Ok(CloseOutcome::AlreadyPaid),
            Exchanged::Failed(failure) if failure.is_closed() => Ok(CloseOutcome::Closed),
            Exchanged::Failed(failure) => Err(failure.into_error()),
        }
    }
}
