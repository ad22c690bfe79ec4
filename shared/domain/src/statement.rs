//! A channel's statement of one day (对账单), line by line, whatever its file looks like.

use crate::{Fen, states::names};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What a line tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatementKind {
    /// Money that arrived.
    Payment,
    /// Money that went back.
    Refund,
}

names!(StatementKind {
    Payment => "payment",
    Refund => "refund",
});

/// One line of a statement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    /// What it tells of.
    pub kind: StatementKind,
    /// Our order number, as the channel has it.
    pub order_no: String,
    /// The channel's transaction the money came by, of a refund too.
    pub channel_txn: String,
    /// Our refund number at the channel (a refund only).
    pub refund_no: Option<String>,
    /// The channel's number of the refund (a refund only).
    pub channel_refund_no: Option<String>,
    /// How much moved, in fen, never negative: what the payer was charged, or what went back to him.
    pub amount: Fen,
    /// What the channel keeps of it, in fen; negative where it gives a fee back.
    pub fee: Fen,
    /// When, as the channel says.
    pub at: Timestamp,
}

/// Why a statement is not believed. None of it is used then: half a statement would look like missing money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadStatement {
    /// The bytes are not those the channel vouches for, or cannot be unpacked.
    #[error("the file is damaged: {0}")]
    Damaged(&'static str),
    /// It ends before its own totals, or they do not agree with its lines.
    #[error("the file is not whole: {0}")]
    Incomplete(&'static str),
    /// A line breaks the format.
    #[error("line {line} has no readable {what}")]
    Unreadable {
        /// Which line of the file, from 1.
        line: u64,
        /// What is missing in it.
        what: &'static str,
    },
    /// It is of another day or another merchant.
    #[error("the file is of another {0}")]
    NotOurs(&'static str),
}
