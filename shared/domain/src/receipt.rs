//! A receipt: the record that a channel's money reached us, whatever became of it.

use crate::{AccountNo, Channel, Evidence, EvidenceSource, Fen, PaymentNo, ReceiptNo, RefundNo, states::names};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Why money that arrived has no place and goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrayReason {
    /// The order number is none of ours.
    UnknownPayment,
    /// The payment was paid before, by another transaction.
    PaidTwice,
    /// The payment was closed before.
    PaidLate,
    /// Another amount than was asked for.
    WrongAmount,
    /// The payment had been rejected.
    AfterRejection,
    /// The payment was made for another channel or another merchant number.
    WrongChannelOrMerchant,
    /// None of the payment's bills is owed any more.
    NothingOwed,
    /// The channel reports an amount of nothing or less. Only the receipt is kept; there is no money to give back.
    NoMoney,
}

names!(StrayReason {
    UnknownPayment => "unknown_payment",
    PaidTwice => "paid_twice",
    PaidLate => "paid_late",
    WrongAmount => "wrong_amount",
    AfterRejection => "after_rejection",
    WrongChannelOrMerchant => "wrong_channel_or_merchant",
    NothingOwed => "nothing_owed",
    NoMoney => "no_money",
});

/// What became of the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptOutcome {
    /// All of it was booked to bills.
    Settled,
    /// A part was booked to bills, the rest goes back.
    SettledWithExcess,
    /// All of it goes back.
    Stray(StrayReason),
}

impl ReceiptOutcome {
    /// The payment became paid.
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Settled | Self::SettledWithExcess => true,
            Self::Stray(_) => false,
        }
    }
}

/// A receipt, written once, only if absent, never changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// `<channel>#<channel transaction>`.
    pub receipt_no: ReceiptNo,
    /// The channel.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// The order number as the channel named it; any text may come.
    pub order_no: String,
    /// The channel's transaction number.
    pub channel_txn: String,
    /// What arrived.
    pub amount: Fen,
    /// When the channel took it.
    pub paid_at: Timestamp,
    /// The payer as the channel names him.
    pub payer: Option<String>,
    /// How we first learnt of it.
    pub source: EvidenceSource,
    /// The verified text it was read from.
    pub raw: String,
    /// When it was recorded.
    pub received_at: Timestamp,
    /// What became of it.
    pub outcome: ReceiptOutcome,
    /// The payment of ours that the order number names.
    pub payment_no: Option<PaymentNo>,
    /// That payment's household.
    pub account_no: Option<AccountNo>,
    /// What of it the household has paid ahead (预存).
    #[serde(default)]
    pub prepaid: Fen,
    /// The refund opened for what could not be booked.
    pub refund_no: Option<RefundNo>,
}

impl Receipt {
    pub(crate) fn of(evidence: &Evidence, outcome: ReceiptOutcome, received_at: Timestamp) -> Self {
        Self {
            receipt_no: evidence.receipt_no(),
            channel: evidence.channel,
            merchant: evidence.merchant.clone(),
            order_no: evidence.payment_no.clone(),
            channel_txn: evidence.channel_txn.clone(),
            amount: evidence.amount,
            paid_at: evidence.paid_at,
            payer: evidence.payer.clone(),
            source: evidence.source,
            raw: evidence.raw.clone(),
            received_at,
            outcome,
            payment_no: None,
            account_no: None,
            prepaid: Fen::ZERO,
            refund_no: None,
        }
    }
}

impl Evidence {
    /// The receipt this evidence makes or repeats.
    pub fn receipt_no(&self) -> ReceiptNo {
        ReceiptNo::of(self.channel, &self.channel_txn)
    }
}
