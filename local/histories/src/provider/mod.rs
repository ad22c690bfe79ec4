//! The payment provider, with the truth of what it holds. It takes money, sends it back, notifies until it is acknowledged, and
//! tells nobody more than it would.

mod records;
mod statement;

pub use records::{About, Back, Going, No, Notice, OnItsWay, Order, Txn, evidence};

use crate::weather::Trouble;
use heatpay_channels::{CloseOutcome, OrderRequest, OrderState, RefundRequest};
use heatpay_domain::{EvidenceSource, Fen};
use jiff::Timestamp;
use std::collections::BTreeSet;

/// Our merchant number there.
pub const MERCHANT: &str = "1900000001";

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
    /// The orders and refunds it said no to.
    pub refused: BTreeSet<String>,
    /// The orders whose notification is lost.
    pub lost: BTreeSet<String>,
    /// What is asked about a refund is answered by a copy that does not know of it yet.
    pub behind: bool,
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
            (
                Trouble::Down
                | Trouble::Busy
                | Trouble::RequestLost
                | Trouble::AnswerLost
                | Trouble::Late
                | Trouble::Behind,
                _,
            ) => true,
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
        if self.refused.contains(number) {
            // A number that was refused stays refused, though an earlier request of it comes late.
            return Err(No::Refused("USER_ACCOUNT_ABNORMAL"));
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
            done_at: None,
        };
        self.backs.push(back.clone());
        Ok(back)
    }

    /// A refund moves on, and the provider will notify.
    pub fn move_refund(&mut self, at: usize, going: Going, now: Timestamp) {
        if let Some(back) = self.backs.get_mut(at) {
            back.going = going;
            back.done_at = (going == Going::Done).then_some(now);
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

    /// What it holds for us now, its fees not yet taken off.
    pub fn money(&self) -> i64 {
        let came: i64 = self.txns.iter().map(|txn| txn.amount.0).sum();
        let back: i64 = self.backs.iter().filter(|back| back.going == Going::Done).map(|back| back.amount.0).sum();
        came - back
    }
}
