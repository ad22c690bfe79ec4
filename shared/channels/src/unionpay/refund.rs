use super::{
    Unionpay,
    query::Transaction,
    response::{Class, unreadable},
    times::{settlement_day, txn_time},
};
use crate::{ChannelError, MoneyRefunded, RefundRequest, RefundState};
use jiff::Timestamp;

impl Unionpay {
    /// Sends the refund, dated when its number was fixed: the same number and date again are the same refund. All of the money
    /// on the day it came is an undo, which costs nothing and leaves no trace on the payer's card.
    pub(super) async fn send_refund(
        &self,
        refund: &RefundRequest,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        let same_day = settlement_day(refund.paid_at) == settlement_day(now);
        let undo = refund.amount == refund.order_amount && same_day;
        let request = self.request([
            ("txnType", if undo { "31" } else { "04" }),
            ("txnSubType", "00"),
            ("bizType", "000201"),
            ("channelType", "07"),
            ("orderId", refund.refund_no.as_str()),
            ("txnTime", &txn_time(refund.numbered_at)),
            ("txnAmt", &refund.amount.0.to_string()),
            ("origQryId", &refund.channel_txn),
            ("backUrl", &self.notify_url),
        ]);
        let answer = self.call(format!("{}/gateway/api/backTransReq.do", self.base_url), request, now).await?;
        match answer.class() {
            // Accepted; whether it came through only its own query tells.
            Class::Done => self.accepted(answer.need("orderId")?, refund),
            Class::Pending => Ok(RefundState::Processing),
            Class::Duplicate => self.ask_refund(refund, now).await,
            // Refused counts only where no refund of that number stands.
            Class::Refused | Class::Card | Class::Conflict | Class::NotFound => {
                match self.ask_refund(refund, now).await? {
                    RefundState::Unknown if answer.class() == Class::Conflict => Ok(RefundState::Abnormal),
                    RefundState::Unknown => Err(answer.error()),
                    stands => Ok(stands),
                }
            }
            Class::PaidLate | Class::Busy | Class::NotReady | Class::Ours | Class::Unclear => Err(answer.error()),
        }
    }

    fn accepted(&self, order_id: &str, refund: &RefundRequest) -> Result<RefundState, ChannelError> {
        if order_id == refund.refund_no.as_str() {
            Ok(RefundState::Processing)
        } else {
            Err(unreadable("refund that was sent"))
        }
    }

    pub(super) async fn ask_refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError> {
        match self.find(refund.refund_no.as_str(), &txn_time(refund.numbered_at), now).await? {
            Some(transaction) => refund_state(transaction, refund.refund_no.as_str()),
            None => Ok(RefundState::Unknown),
        }
    }
}

/// How the refund stands that a query shows.
fn refund_state(transaction: Transaction, refund_no: &str) -> Result<RefundState, ChannelError> {
    match transaction.class() {
        Class::Done | Class::PaidLate => Ok(RefundState::Succeeded(MoneyRefunded {
            refund_no: refund_no.to_owned(),
            channel_refund_no: transaction.query_id()?.to_owned(),
            amount: transaction.amount()?,
            refunded_at: transaction.at().ok(),
            raw: transaction.raw(),
        })),
        Class::Pending | Class::Busy => Ok(RefundState::Processing),
        Class::Refused | Class::Ours => Ok(RefundState::Closed),
        // The card cannot take it, or the money went back by another way: a new number would be wrong.
        Class::Card | Class::Conflict => Ok(RefundState::Abnormal),
        Class::NotFound | Class::Duplicate | Class::NotReady | Class::Unclear => Err(transaction.unclear()),
    }
}
