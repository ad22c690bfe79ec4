use super::{
    Wechatpay,
    exchange::{incomplete, unclear},
    failure::Failure,
};
use crate::{ChannelError, MoneyRefunded, RefundRequest, RefundState};
use heatpay_domain::{Fen, RefundNo};
use heatpay_ports::OutboundResponse;
use http::Method;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Refund<'a> {
    transaction_id: &'a str,
    out_refund_no: &'a str,
    reason: String,
    notify_url: &'a str,
    amount: Amount,
}

#[derive(Serialize)]
struct Amount {
    refund: i64,
    total: i64,
    currency: &'static str,
}

#[derive(Deserialize)]
struct Answer {
    refund_id: String,
    out_refund_no: String,
    status: String,
    success_time: Option<Timestamp>,
    amount: RefundedAmount,
}

#[derive(Deserialize)]
pub(super) struct RefundedAmount {
    pub(super) refund: i64,
}

impl Wechatpay {
    /// An answer of 200 says "accepted"; its status says how far it is.
    pub(super) async fn send_refund(
        &self,
        refund: &RefundRequest,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        let body = Refund {
            transaction_id: &refund.channel_txn,
            out_refund_no: refund.refund_no.as_str(),
            // At most 80 characters.
            reason: refund.reason.chars().take(80).collect(),
            notify_url: &self.notify_url,
            amount: Amount { refund: refund.amount.0, total: refund.order_amount.0, currency: "CNY" },
        };
        let answer = self.exchange(Method::POST, "/v3/refund/domestic/refunds", Some(&body), now).await?;
        if answer.status.as_u16() != 200 {
            return match Failure::of(&answer).into_error() {
                refused @ ChannelError::Refused { .. } => self.refused_refund(refused, &refund.refund_no, now).await,
                error => Err(error),
            };
        }
        self.read_refund(&answer, &refund.refund_no, now).await
    }

    /// A number that came before with another body is refused with the code of any bad parameter. The money may be on its
    /// way all the same, so a refusal counts only when the channel knows no refund of that number.
    async fn refused_refund(
        &self,
        refused: ChannelError,
        refund_no: &RefundNo,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        match self.ask_refund(refund_no, now).await? {
            RefundState::Unknown => Err(refused),
            stands => Ok(stands),
        }
    }

    pub(super) async fn ask_refund(&self, refund_no: &RefundNo, now: Timestamp) -> Result<RefundState, ChannelError> {
        let path = format!("/v3/refund/domestic/refunds/{refund_no}");
        let answer = self.exchange(Method::GET, &path, None::<&()>, now).await?;
        if answer.status.as_u16() != 200 {
            let failure = Failure::of(&answer);
            return if failure.is_unknown_order() { Ok(RefundState::Unknown) } else { Err(failure.into_error()) };
        }
        self.read_refund(&answer, refund_no, now).await
    }

    async fn read_refund(
        &self,
        answer: &OutboundResponse,
        refund_no: &RefundNo,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        self.believe(answer, now).await?;
        let read: Answer = serde_json::from_slice(&answer.body).map_err(unclear)?;
        if read.out_refund_no != refund_no.as_str() {
            return Err(incomplete("refund that was asked for"));
        }
        let raw = String::from_utf8_lossy(&answer.body).into_owned();
        let money = MoneyRefunded {
            refund_no: read.out_refund_no,
            channel_refund_no: read.refund_id,
            amount: Fen(read.amount.refund),
            refunded_at: read.success_time,
            raw,
        };
        state(&read.status, money).ok_or_else(|| incomplete("known refund status"))
    }
}

/// The state a status names.
pub(super) fn state(status: &str, money: MoneyRefunded) -> Option<RefundState> {
    match status {
        "SUCCESS" => Some(RefundState::Succeeded(money)),
        "PROCESSING" => Some(RefundState::Processing),
        "CLOSED" => Some(RefundState::Closed),
        "ABNORMAL" => Some(RefundState::Abnormal),
        _ => None,
    }
}
