//! Queries: the response code tells how the query went, the original one how the transaction stands.

use super::{
    Unionpay,
    exchange::Answer,
    response::{Class, Unclear, unclear, unreadable},
    times::{near, parse_txn_time, txn_time},
};
use crate::{ChannelError, OrderRef, OrderState};
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use jiff::Timestamp;

/// A transaction as a query shows it.
pub(super) struct Transaction(Answer);

impl Transaction {
    /// How it stands.
    pub(super) fn class(&self) -> Class {
        Class::of(self.code())
    }

    fn code(&self) -> &str {
        self.0.fields.get("origRespCode").unwrap_or_default()
    }

    /// It stands in a way that only time or the statement explains.
    pub(super) fn unclear(&self) -> ChannelError {
        let message = self.0.fields.get("origRespMsg").unwrap_or_default().to_owned();
        unclear(Unclear { code: self.code().to_owned(), message })
    }

    pub(super) fn query_id(&self) -> Result<&str, ChannelError> {
        self.0.need("queryId")
    }

    /// What it moved; yuan only.
    pub(super) fn amount(&self) -> Result<Fen, ChannelError> {
        if self.0.fields.get("currencyCode").is_some_and(|currency| currency != "156") {
            return Err(unreadable("currencyCode 156"));
        }
        amount(self.0.need("txnAmt")?).ok_or_else(|| unreadable("readable txnAmt"))
    }

    /// When, by UnionPay's clock.
    pub(super) fn at(&self) -> Result<Timestamp, ChannelError> {
        let sent = parse_txn_time(self.0.need("txnTime")?).ok_or_else(|| unreadable("readable txnTime"))?;
        near(self.0.need("traceTime")?, sent).ok_or_else(|| unreadable("readable traceTime"))
    }

    pub(super) fn raw(self) -> String {
        self.0.raw
    }

    fn evidence(self, source: EvidenceSource) -> Result<Evidence, ChannelError> {
        Ok(Evidence {
            channel: Channel::Unionpay,
            merchant: self.0.need("merId")?.to_owned(),
            payment_no: self.0.need("orderId")?.to_owned(),
            channel_txn: self.query_id()?.to_owned(),
            amount: self.amount()?,
            paid_at: self.at()?,
            payer: None,
            source,
            raw: self.raw(),
        })
    }

    /// How the order stands. Money that came after the order's time is there all the same.
    pub(super) fn order_state(self, source: EvidenceSource) -> Result<OrderState, ChannelError> {
        match self.class() {
            Class::Done | Class::PaidLate => self.evidence(source).map(|evidence| OrderState::Paid(Box::new(evidence))),
            Class::Pending | Class::Busy => Ok(OrderState::Waiting),
            // The payer may try again only with another order.
            Class::Refused | Class::Card | Class::Ours => Ok(OrderState::Closed),
            Class::NotFound | Class::Duplicate | Class::NotReady | Class::Conflict | Class::Unclear => {
                Err(self.unclear())
            }
        }
    }
}

/// Digits of fen.
pub(super) fn amount(text: &str) -> Option<Fen> {
    let digits = !text.is_empty() && text.len() <= 15 && text.bytes().all(|b| b.is_ascii_digit());
    if digits { text.parse().map(Fen).ok() } else { None }
}

impl Unionpay {
    /// The transaction of that number and time; `None` if UnionPay knows none.
    pub(super) async fn find(
        &self,
        order_id: &str,
        txn_time: &str,
        now: Timestamp,
    ) -> Result<Option<Transaction>, ChannelError> {
        let request = self.request([
            ("txnType", "00"),
            ("txnSubType", "00"),
            ("bizType", "000000"),
            ("orderId", order_id),
            ("txnTime", txn_time),
        ]);
        let answer = self.call(format!("{}/gateway/api/queryTrans.do", self.base_url), request, now).await?;
        match answer.class() {
            Class::Done => {}
            Class::NotFound => return Ok(None),
            Class::Busy | Class::Ours => return Err(answer.error()),
            // The query failed, which says nothing of the transaction.
            Class::PaidLate
            | Class::Pending
            | Class::Duplicate
            | Class::NotReady
            | Class::Conflict
            | Class::Card
            | Class::Refused
            | Class::Unclear => return Err(unreadable("result: the query failed")),
        }
        if answer.need("orderId")? != order_id || answer.need("txnTime")? != txn_time {
            return Err(unreadable("transaction that was asked for"));
        }
        answer.need("merId")?;
        Ok(Some(Transaction(answer)))
    }

    pub(super) async fn ask(&self, order: &OrderRef, now: Timestamp) -> Result<OrderState, ChannelError> {
        match self.find(order.payment_no.as_str(), &txn_time(order.placed_at), now).await? {
            Some(transaction) => transaction.order_state(EvidenceSource::Query),
            // UnionPay knows an order only once somebody tried to pay it; until its time is over one still may.
            None if now < order.expires_at => Ok(OrderState::Waiting),
            None => Ok(OrderState::Closed),
        }
    }
}
