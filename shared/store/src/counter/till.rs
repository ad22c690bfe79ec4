use heatpay_domain::{AccountNo, Channel, Fen, PaymentNo, StaffNo, VoucherNo, counter::Till, payment::Payment};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// A payment as it stands in a till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TillRow {
    /// The payment.
    pub payment_no: PaymentNo,
    /// The household.
    pub account_no: AccountNo,
    /// The tender.
    pub channel: Channel,
    /// Its voucher.
    pub voucher_no: VoucherNo,
    /// How much, in fen.
    pub amount: Fen,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// When it was taken back.
    pub reversed_at: Option<Timestamp>,
}

/// A cashier's day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TillDay {
    /// Whose.
    pub cashier: StaffNo,
    /// Which.
    pub day: Date,
    /// By tender, less what was taken back.
    pub till: Till,
    /// How many were recorded; with every recording and reversal it goes up.
    pub version: u64,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Every payment, in the order of their numbers.
    pub rows: Vec<TillRow>,
}

/// A day's sums as the office lists them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TillSums {
    /// Whose.
    pub cashier: StaffNo,
    /// By tender, less what was taken back.
    pub till: Till,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// What came of recording.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// The payment is written and holds its bills.
    Now,
    /// The voucher was recorded before; this is its payment.
    Before(Box<Payment>),
    /// The cashier has closed the day.
    DayClosed,
    /// A bill changed since it was read, or the cashier did something else at the same moment.
    Raced,
}
