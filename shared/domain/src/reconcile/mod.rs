//! 对账: a channel's statement of a day against our receipts and refunds of it, line by line. Pure: who reads the lines and the
//! books, and in which order they come, changes nothing of the result.

mod case;
mod day;
mod due;
mod matching;
mod named;
mod report;

pub use case::{Case, CaseEvent, CaseState, ProposedAction, Resolution, Resolver};
pub use day::{DayState, KeptFile, ReconcileDay, RunProblem};
pub use due::{is_late, statement_due};
pub use matching::{Finished, Matching, OurBooks};
pub use report::{Counts, Difference, DifferenceClass, MAX_NAMED, Report, Tally};

use crate::{
    Fen,
    fingerprint::hash,
    receipt::Receipt,
    refund::Refund,
    statement::{StatementKind, StatementLine},
};
use jiff::Timestamp;

/// What our books have of money that moved at a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    /// Whether it came or went back.
    pub kind: StatementKind,
    /// The order number as the channel had it.
    pub order_no: Option<String>,
    /// The channel's transaction the money came by.
    pub channel_txn: String,
    /// Our refund number at the channel (a refund only).
    pub refund_no: Option<String>,
    /// The channel's number of the refund (a refund only), where it named one.
    pub channel_refund_no: Option<String>,
    /// How much moved.
    pub amount: Fen,
    /// When, as the channel said.
    pub at: Timestamp,
}

impl Ours {
    /// Money that arrived; `None` for a report of nothing.
    pub fn of_receipt(receipt: &Receipt) -> Option<Self> {
        receipt.amount.is_positive().then(|| Self {
            kind: StatementKind::Payment,
            order_no: Some(receipt.order_no.clone()),
            channel_txn: receipt.channel_txn.clone(),
            refund_no: None,
            channel_refund_no: None,
            amount: receipt.amount,
            at: receipt.paid_at,
        })
    }

    /// Money that went back; `None` while it has not.
    pub fn of_refund(refund: &Refund) -> Option<Self> {
        refund.refunded_at.map(|at| Self {
            kind: StatementKind::Refund,
            order_no: refund.payment_no.as_ref().map(ToString::to_string),
            channel_txn: refund.channel_txn.clone(),
            refund_no: Some(refund.number_at_channel().to_string()),
            channel_refund_no: refund.channel_refund_no.clone(),
            amount: refund.amount,
            at,
        })
    }

    /// What it is known by.
    pub(crate) fn number(&self) -> &str {
        match self.kind {
            StatementKind::Payment => &self.channel_txn,
            StatementKind::Refund => self.refund_no.as_deref().unwrap_or(&self.channel_txn),
        }
    }
}

/// What money is known by in 16 bytes: a payment by the channel's transaction, a refund by our number or by the channel's.
type Key = [u64; 2];

fn key(kind: &str, number: &str) -> Key {
    let hash = hash(&[kind, number]);
    let half = |part: u128| u64::try_from(part & u128::from(u64::MAX)).unwrap_or_default();
    [half(hash >> 64), half(hash)]
}

/// The number a line is known by, and its key.
fn known_by(line: &StatementLine) -> (&str, Key) {
    match line.kind {
        StatementKind::Payment => (&line.channel_txn, key("payment", &line.channel_txn)),
        StatementKind::Refund => match (&line.refund_no, &line.channel_refund_no) {
            (Some(number), _) => (number, key("refund", number)),
            (None, Some(number)) => (number, key("channel refund", number)),
            (None, None) => (&line.channel_txn, key("refund of", &line.channel_txn)),
        },
    }
}
