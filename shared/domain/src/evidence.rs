//! Proof that money arrived. A callback, an answer to a query and a line of a statement all become the same evidence.

use crate::Fen;
use jiff::{Timestamp, civil::Time};
use serde::{Deserialize, Serialize};

/// A payment channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// 微信支付
    Wechatpay,
    /// 支付宝
    Alipay,
    /// 银联
    Unionpay,
}

impl Channel {
    /// The channels there are.
    pub const ALL: [Self; 3] = [Self::Wechatpay, Self::Alipay, Self::Unionpay];

    /// The name in records: `wechatpay`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wechatpay => "wechatpay",
            Self::Alipay => "alipay",
            Self::Unionpay => "unionpay",
        }
    }

    /// The name for people: 微信支付.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Wechatpay => "微信支付",
            Self::Alipay => "支付宝",
            Self::Unionpay => "银联",
        }
    }

    /// When the statement of a day is made, on the day after in China.
    pub const fn statement_hour(self) -> Time {
        match self {
            Self::Wechatpay => Time::constant(10, 0, 0, 0),
            Self::Alipay => Time::constant(9, 0, 0, 0),
            Self::Unionpay => Time::constant(9, 30, 0, 0),
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
