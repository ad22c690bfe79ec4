//! The payment provider, with the truth of what it holds. It takes money, sends it back, notifies until it is acknowledged, and
//! tells nobody more than it would.

use crate::weather::Trouble;
use heatpay_channels::{CloseOutcome, OrderRequest, OrderState, RefundRequest};
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Our merchant number there.
pub const MERCHANT: &str = "1900000001";

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

/// The provider.
#[derive(Clone, Debug, Default)]
pub struct Provider {
    /// Orders, oldest first.
    pub orders: Vec<Order>,
    /// Money taken, oldest first.
    pub txns: Vec<Txn>,
    /// Money on its way back, oldest first.
    pub backs: Vec<Back>,
    /// Notifications, oldest first.
    pub notices: Vec<Notice>,
    /// Requests that still arrive.
    pub on_their_way: Vec<OnItsWay>,
    /// The orders it said no to.
    pub refused: BTreeSet<String>,
    /// The orders whose notification is lost.
    pub lost: BTreeSet<String>,
}

impl Provider {
    fn order(&mut self, payment_no: &str) -> Option<&mut Order> {
        self.orders.iter_mut().find(|order| order.payment_no == payment_no)
    }

    /// The first transaction that came for our order of that number; what another merchant has under it is not shown to us.
    fn first_of(&self, order_no: &str) -> Option<&Txn> {
        self.txns.iter().find(|txn| txn.order_no == order_no && txn.merchant == MERCHANT)
    }

    /// Whether it was paid.
    pub fn is_paid(&self, order_no: &str) -> bool {
        self.first_of(order_no).is_some()
    }

    /// Takes an order. The same again is the same.
    pub fn place(&mut self, asked: &OrderRequest, now: Timestamp) -> Result<String, No> {
        let number = asked.payment_no.as_str();
        if self.is_paid(number) {
            return Err(No::Paid);
        }
        let no = match self.order(number) {
            Some(order) if order.closed => Some("ORDER_CLOSED"),
            Some(order) if order.amount != asked.amount => return Err(No::Paid),
            Some(_) => None,
            None if now >= asked.expires_at => Some("EXPIRED"),
            None => {
                self.orders.push(Order {
                    payment_no: number.to_owned(),
                    amount: asked.amount,
                    expires_at: asked.expires_at,
                    closed: false,
                });
                None
            }
        };
        match no {
            Some(code) => {
                self.refused.insert(number.to_owned());
                Err(No::Refused(code))
            }
            None => Ok(format!("prepay-{number}")),
        }
    }

    /// How an order stands. Of an order that was paid twice only the first transaction is told.
    pub fn query(&self, number: &str) -> OrderState {
        if let Some(txn) = self.first_of(number) {
            return OrderState::Paid(Box::new(evidence(txn, EvidenceSource::Query)));
        }
        match self.orders.iter().find(|order| order.payment_no == number) {
            None => OrderState::Unknown,
            Some(order) if order.closed => OrderState::Closed,
            Some(_) => OrderState::Waiting,
        }
    }

    /// Closes an order unless it was paid.
    pub fn close(&mut self, number: &str) -> CloseOutcome {
        if self.is_paid(number) {
            return CloseOutcome::AlreadyPaid;
        }
        match self.order(number) {
            None => CloseOutcome::Unknown,
            Some(order) => {
                order.closed = true;
                CloseOutcome::Closed
            }
        }
    }

    /// Whether such trouble can be: what it took before, it does not refuse.
    pub fn may(&self, trouble: Trouble, request: Option<&OnItsWay>) -> bool {
        match (trouble, request) {
            (Trouble::Refuses, Some(OnItsWay::Order(order))) => {
                !self.orders.iter().any(|known| known.payment_no == order.payment_no.as_str())
            }
            (Trouble::Refuses, Some(OnItsWay::Refund(refund))) => {
                !self.backs.iter().any(|known| known.number == refund.refund_no.as_str())
            }
            (Trouble::Refuses, Some(OnItsWay::Close(_)) | None) => false,
            (Trouble::Down | Trouble::Busy | Trouble::RequestLost | Trouble::AnswerLost | Trouble::Late, _) => true,
        }
    }

    /// Takes money from a payer, and will notify.
    pub fn take(&mut self, number: u64, order_no: &str, merchant: &str, amount: Fen, now: Timestamp) -> String {
        let txn = format!("42000{number:04}");
        self.notices.push(Notice { about: About::Txn(self.txns.len()), ended: false });
        self.txns.push(Txn {
            txn: txn.clone(),
            order_no: order_no.to_owned(),
            merchant: merchant.to_owned(),
            amount,
            paid_at: now,
        });
        txn
    }

    /// Takes a refund. The same number again is the same refund; more than was paid is refused.
    pub fn refund(&mut self, asked: &RefundRequest) -> Result<Back, No> {
        let number = asked.refund_no.as_str();
        if let Some(back) = self.backs.iter().find(|back| back.number == number) {
            return if back.txn == asked.channel_txn && back.amount == asked.amount {
                Ok(back.clone())
            } else {
                Err(No::Refused("PARAM_ERROR"))
            };
        }
        let Some(txn) = self.txns.iter().find(|txn| txn.txn == asked.channel_txn) else {
            return Err(No::Refused("RESOURCE_NOT_EXISTS"));
        };
        let before: i64 = self.backs.iter().filter(|back| back.txn == txn.txn).map(Back::counts).sum();
        if before + asked.amount.0 > txn.amount.0 || asked.order_amount != txn.amount {
            return Err(No::Refused("MORE_THAN_PAID"));
        }
        let back = Back {
            number: number.to_owned(),
            txn: asked.channel_txn.clone(),
            amount: asked.amount,
            going: Going::Processing,
        };
        self.backs.push(back.clone());
        Ok(back)
    }

    /// A refund moves on, and the provider will notify.
    pub fn move_refund(&mut self, at: usize, going: Going) {
        if let Some(back) = self.backs.get_mut(at) {
            back.going = going;
            self.notices.push(Notice { about: About::Refund(at), ended: false });
        }
    }

    /// A notification is never posted.
    pub fn lose(&mut self, at: usize) {
        let Some(notice) = self.notices.get_mut(at) else { return };
        notice.ended = true;
        if let About::Txn(txn) = notice.about
            && let Some(txn) = self.txns.get(txn)
        {
            self.lost.insert(txn.order_no.clone());
        }
    }

    /// A request that was on its way arrives.
    pub fn arrive(&mut self, at: usize, now: Timestamp) -> Option<OnItsWay> {
        if at >= self.on_their_way.len() {
            return None;
        }
        let arrived = self.on_their_way.remove(at);
        // Whatever it is answered, nobody is there to hear it.
        match &arrived {
            OnItsWay::Order(order) => {
                if self.place(order, now).is_err() {
                    return Some(arrived);
                }
            }
            OnItsWay::Close(number) => {
                let _unheard = self.close(number);
            }
            OnItsWay::Refund(refund) => {
                let _unheard = self.refund(refund);
            }
        }
        Some(arrived)
    }

    /// What it holds for us now.
    pub fn money(&self) -> i64 {
        let came: i64 = self.txns.iter().map(|txn| txn.amount.0).sum();
        let back: i64 = self.backs.iter().filter(|back| back.going == Going::Done).map(|back| back.amount.0).sum();
        came - back
    }
}

impl Back {
    /// What it counts against the transaction: nothing once it is given up.
    fn counts(&self) -> i64 {
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
