//! Money that goes back to where it came from.

use crate::{
    AccountNo, Channel, Fen, PaymentNo, ReceiptNo, RefundNo,
    receipt::{Receipt, StrayReason},
    states::{life_cycle, names},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// A person asked for it; a second person must approve.
    Requested,
    /// To be sent to the channel. Whether the channel knows it is not certain.
    Approved,
    /// The channel took it.
    Processing,
    /// The payer has the money.
    Succeeded,
    /// Declined here, or closed at the channel; the money is still with us.
    Failed,
    /// The payer's card cannot take it; a person must decide.
    Abnormal,
}

/// What can happen to a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundEvent {
    /// A second person approves.
    Approve,
    /// A second person declines.
    Decline,
    /// The channel took it, or says it is under way.
    ChannelProcesses,
    /// Asked, the channel knows no such refund: send it again with the same number.
    ChannelSaysUnknown,
    /// The channel paid it out.
    ChannelSucceeded,
    /// The channel gave it up.
    ChannelClosed,
    /// The channel cannot pay it out.
    ChannelAbnormal,
    /// Staff sends what failed out again, under another number at the channel.
    RetryAsked,
}

names!(RefundStatus {
    Requested => "requested",
    Approved => "approved",
    Processing => "processing",
    Succeeded => "succeeded",
    Failed => "failed",
    Abnormal => "abnormal",
});

names!(RefundEvent {
    Approve => "approved by a second person",
    Decline => "declined",
    ChannelProcesses => "channel processes it",
    ChannelSaysUnknown => "channel says it knows no such refund",
    ChannelSucceeded => "channel succeeded",
    ChannelClosed => "channel closed it",
    ChannelAbnormal => "channel says abnormal",
    RetryAsked => "retry asked",
});

life_cycle!("refund", RefundStatus on RefundEvent);

impl RefundStatus {
    /// The channel is still to be asked or told.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Approved | Self::Processing => true,
            Self::Requested | Self::Succeeded | Self::Failed | Self::Abnormal => false,
        }
    }

    const fn step(self, event: RefundEvent) -> Option<Self> {
        use RefundEvent as On;
        match (self, event) {
            (Self::Requested, On::Approve) => Some(Self::Approved),
            (Self::Requested, On::Decline) => Some(Self::Failed),
            (Self::Approved | Self::Processing | Self::Abnormal, On::ChannelProcesses) => Some(Self::Processing),
            (Self::Approved | Self::Processing, On::ChannelSaysUnknown) => Some(Self::Approved),
            (Self::Approved | Self::Processing | Self::Abnormal, On::ChannelSucceeded) => Some(Self::Succeeded),
            (Self::Approved | Self::Processing | Self::Abnormal, On::ChannelClosed) => Some(Self::Failed),
            (Self::Approved | Self::Processing | Self::Abnormal, On::ChannelAbnormal) => Some(Self::Abnormal),
            (Self::Failed, On::RetryAsked) => Some(Self::Approved),
            (
                Self::Requested,
                On::ChannelProcesses
                | On::ChannelSaysUnknown
                | On::ChannelSucceeded
                | On::ChannelClosed
                | On::ChannelAbnormal
                | On::RetryAsked,
            )
            | (Self::Approved | Self::Processing, On::Approve | On::Decline | On::RetryAsked)
            | (Self::Abnormal, On::Approve | On::Decline | On::ChannelSaysUnknown | On::RetryAsked)
            | (
                Self::Failed,
                On::Approve
                | On::Decline
                | On::ChannelProcesses
                | On::ChannelSaysUnknown
                | On::ChannelSucceeded
                | On::ChannelClosed
                | On::ChannelAbnormal,
            )
            | (
                Self::Succeeded,
                On::Approve
                | On::Decline
                | On::ChannelProcesses
                | On::ChannelSaysUnknown
                | On::ChannelSucceeded
                | On::ChannelClosed
                | On::ChannelAbnormal
                | On::RetryAsked,
            ) => None,
        }
    }
}

/// Why money goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// The whole receipt had no place.
    Stray(StrayReason),
    /// A part of the receipt was more than its bills still owed.
    Excess,
}

impl RefundReason {
    /// What the payer reads (WeChat Pay takes 80 characters at most).
    pub const fn text(self) -> &'static str {
        match self {
            Self::Stray(StrayReason::UnknownPayment) => "未找到对应的供热缴费单，款项原路退回",
            Self::Stray(StrayReason::PaidTwice) => "供热费重复支付，多付款项原路退回",
            Self::Stray(StrayReason::PaidLate) => "缴费单已关闭后到账，款项原路退回",
            Self::Stray(StrayReason::WrongAmount) => "到账金额与应缴金额不符，款项原路退回",
            Self::Stray(StrayReason::AfterRejection) => "缴费单已失效，款项原路退回",
            Self::Stray(StrayReason::WrongChannelOrMerchant) => "支付渠道与缴费单不符，款项原路退回",
            Self::Stray(StrayReason::NothingOwed) => "账单已结清或撤销，款项原路退回",
            Self::Stray(StrayReason::NoMoney) => "无款项到账",
            Self::Excess => "超出账单欠费的部分原路退回",
        }
    }
}

/// A refund of a receipt, whole or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its number.
    pub refund_no: RefundNo,
    /// The receipt whose money goes back.
    pub receipt_no: ReceiptNo,
    /// The channel it came by.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// The channel's transaction it came by.
    pub channel_txn: String,
    /// The payment of ours it came for.
    pub payment_no: Option<PaymentNo>,
    /// That payment's household.
    pub account_no: Option<AccountNo>,
    /// What goes back.
    pub amount: Fen,
    /// What the payer had been charged for the whole order.
    pub order_amount: Fen,
    /// When the channel had taken it.
    pub paid_at: Timestamp,
    /// Why.
    pub reason: RefundReason,
    /// Where it stands.
    pub status: RefundStatus,
    /// How many numbers it has had at the channel, from 1: see [`Refund::number_at_channel`].
    pub attempt: u32,
    /// When the number of this attempt was fixed; UnionPay knows a refund by its number and this time.
    pub numbered_at: Timestamp,
    /// The channel's number, once it named one.
    pub channel_refund_no: Option<String>,
    /// The channel's last words where it did not go through.
    pub error: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the payer had the money.
    pub refunded_at: Option<Timestamp>,
    /// How often the channel was asked about it.
    pub asked: u32,
    /// Counts every write; conditions compare it.
    pub version: u64,
}

impl Refund {
    /// The refund of what a receipt could not book, approved by rule.
    pub(crate) fn of_receipt(receipt: &Receipt, amount: Fen, reason: RefundReason) -> Self {
        Self {
            refund_no: RefundNo::of_receipt(&receipt.receipt_no),
            receipt_no: receipt.receipt_no.clone(),
            channel: receipt.channel,
            merchant: receipt.merchant.clone(),
            channel_txn: receipt.channel_txn.clone(),
            payment_no: receipt.payment_no.clone(),
            account_no: receipt.account_no.clone(),
            amount,
            order_amount: receipt.amount,
            paid_at: receipt.paid_at,
            reason,
            status: RefundStatus::Approved,
            attempt: 1,
            numbered_at: receipt.received_at,
            channel_refund_no: None,
            error: None,
            created_at: receipt.received_at,
            refunded_at: None,
            asked: 0,
            version: 1,
        }
    }

    /// The number this refund has at the channel now (`out_refund_no`); `RefundNo::of_attempt` leads back.
    pub fn number_at_channel(&self) -> RefundNo {
        self.refund_no.attempt(self.attempt).unwrap_or_else(|_| self.refund_no.clone())
    }
}
