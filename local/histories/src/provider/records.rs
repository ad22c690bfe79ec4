//! What the provider keeps.

use heatpay_channels::{OrderRequest, RefundRequest};
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use jiff::Timestamp;

/// An order.
#[derive(Clone, Debug)]
pub struct Order {
    /// Our number.
    pub payment_no: String,
    /// What the payer is asked for.
    pub amount: Fen,
    /// From then on new payers are refused.
    pub expires_at: Timestamp,
    /// It was closed.
    pub closed: bool,
}

/// Money taken from a payer.
#[derive(Clone, Debug)]
pub struct Txn {
    /// The provider's number.
    pub txn: String,
    /// The order it came for.
    pub order_no: String,
    /// For which merchant.
    pub merchant: String,
    /// How much.
    pub amount: Fen,
    /// When.
    pub paid_at: Timestamp,
}

/// How a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Going {
    /// Under way.
    Processing,
    /// The payer has the money.
    Done,
    /// Given up.
    Closed,
    /// The card cannot take it.
    Abnormal,
}

/// Money on its way back.
#[derive(Clone, Debug)]
pub struct Back {
    /// The number we gave it.
    pub number: String,
    /// The transaction it came by.
    pub txn: String,
    /// How much.
    pub amount: Fen,
    /// How it stands.
    pub going: Going,
    /// When the payer had it.
    pub done_at: Option<Timestamp>,
}

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum About {
    /// A transaction, by its place in the provider's list.
    Txn(usize),
    /// A refund, by its place.
    Refund(usize),
}

/// A notification, sent until it is acknowledged.
#[derive(Clone, Debug)]
pub struct Notice {
    /// What about.
    pub about: About,
    /// We acknowledged it, or the provider gave up.
    pub ended: bool,
}

/// A request that is still on its way though its sender has given up.
#[derive(Clone, Debug)]
pub enum OnItsWay {
    /// An order.
    Order(OrderRequest),
    /// A close.
    Close(String),
    /// A refund.
    Refund(RefundRequest),
}

/// The provider refuses, with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// For good.
    Refused(&'static str),
    /// It was paid: only a query tells.
    Paid,
}

impl Back {
    /// What it counts against the transaction: nothing once it is given up.
    pub(super) fn counts(&self) -> i64 {
        match self.going {
            Going::Processing | Going::Done | Going::Abnormal => self.amount.0,
            Going::Closed => 0,
        }
    }
}

/// What a transaction proves.
pub fn evidence(txn: &Txn, source: EvidenceSource) -> Evidence {
    Evidence {
        channel: Channel::Wechatpay,
        merchant: txn.merchant.clone(),
        payment_no: txn.order_no.clone(),
        channel_txn: txn.txn.clone(),
        amount: txn.amount,
        paid_at: txn.paid_at,
        payer: None,
        source,
        raw: String::new(),
    }
}
