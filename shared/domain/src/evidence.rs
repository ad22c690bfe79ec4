//! Proof that money arrived. A callback, an answer to a query and a line of a statement all become the same evidence.

use crate::Fen;
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

/// A way that money reaches a bill: the channels that residents pay by themselves, the counter's four, and what was paid ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// 微信支付
    Wechatpay,
    /// 支付宝
    Alipay,
    /// 银联
    Unionpay,
    /// 现金, at the counter
    Cash,
    /// POS 刷卡, at the counter's own terminal
    Pos,
    /// 支票
    Cheque,
    /// 银行转账, which staff found on the bank's statement
    Transfer,
    /// 预存款, which the household paid before
    Prepayment,
}

impl Channel {
    /// The channels there are.
    pub const ALL: [Self; 8] = [
        Self::Wechatpay,
        Self::Alipay,
        Self::Unionpay,
        Self::Cash,
        Self::Pos,
        Self::Cheque,
        Self::Transfer,
        Self::Prepayment,
    ];

    /// Those that a resident can pay by himself.
    pub const ONLINE: [Self; 3] = [Self::Wechatpay, Self::Alipay, Self::Unionpay];

    /// Those that staff records at the counter.
    pub const COUNTER: [Self; 4] = [Self::Cash, Self::Pos, Self::Cheque, Self::Transfer];

    /// Staff records it: there is nobody to ask, the record is the proof.
    pub const fn is_counter(self) -> bool {
        match self {
            Self::Cash | Self::Pos | Self::Cheque | Self::Transfer => true,
            Self::Wechatpay | Self::Alipay | Self::Unionpay | Self::Prepayment => false,
        }
    }

    /// Somebody else holds the money and makes a statement of it.
    pub const fn is_online(self) -> bool {
        match self {
            Self::Wechatpay | Self::Alipay | Self::Unionpay => true,
            Self::Cash | Self::Pos | Self::Cheque | Self::Transfer | Self::Prepayment => false,
        }
    }

    /// The name in records: `wechatpay`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wechatpay => "wechatpay",
            Self::Alipay => "alipay",
            Self::Unionpay => "unionpay",
            Self::Cash => "cash",
            Self::Pos => "pos",
            Self::Cheque => "cheque",
            Self::Transfer => "transfer",
            Self::Prepayment => "prepayment",
        }
    }

    /// The name for people: 微信支付.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wechatpay => "微信支付",
            Self::Alipay => "支付宝",
            Self::Unionpay => "银联",
            Self::Cash => "现金",
            Self::Pos => "POS刷卡",
            Self::Cheque => "支票",
            Self::Transfer => "银行转账",
            Self::Prepayment => "预存款",
        }
    }

    /// When the statement of a day is made, on the day after in China. The counter makes none, nor do our own books.
    pub const fn statement_hour(self) -> Option<Time> {
        match self {
            Self::Wechatpay => Some(Time::constant(10, 0, 0, 0)),
            Self::Alipay => Some(Time::constant(9, 0, 0, 0)),
            Self::Unionpay => Some(Time::constant(9, 30, 0, 0)),
            Self::Cash | Self::Pos | Self::Cheque | Self::Transfer | Self::Prepayment => None,
        }
    }

    /// The channel of a name in records.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.name() == name)
    }
}

/// How the evidence came to us.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceSource {
    /// The channel posted a notification.
    Callback,
    /// We asked the channel.
    Query,
    /// A line of the channel's statement.
    Statement,
    /// Staff recorded it with its voucher.
    Counter,
    /// It was taken out of what the household had paid ahead.
    Prepayment,
}

/// Verified proof that a channel holds money for us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// The channel that says so.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// The order number the channel names; usually a payment of ours, but any text may come.
    pub payment_no: String,
    /// The channel's own transaction number: with the channel, the receipt's identity.
    pub channel_txn: String,
    /// What the payer was charged for the order, in fen.
    pub amount: Fen,
    /// When the channel took the money.
    pub paid_at: Timestamp,
    /// The payer as the channel names him (openid), if it does.
    pub payer: Option<String>,
    /// How it came to us.
    pub source: EvidenceSource,
    /// The verified text it was read from, kept for audit.
    pub raw: String,
}
