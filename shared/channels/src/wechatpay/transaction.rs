//! A transaction as queries and notifications show it.

use super::WechatpaySettings;
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
pub(super) struct Transaction {
    appid: String,
    mchid: String,
    pub(super) out_trade_no: String,
    transaction_id: Option<String>,
    pub(super) trade_state: String,
    success_time: Option<Timestamp>,
    payer: Option<Payer>,
    amount: Option<Amount>,
}

#[derive(Debug, Deserialize)]
struct Payer {
    openid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Amount {
    total: i64,
    #[serde(default)]
    currency: Option<String>,
}

impl Transaction {
    /// It is the merchant's own, in yuan.
    pub(super) fn check(&self, settings: &WechatpaySettings) -> Result<(), &'static str> {
        if self.mchid != settings.mchid {
            return Err("mchid is another merchant's");
        }
        if self.appid != settings.appid {
            return Err("appid is another program's");
        }
        match self.amount.as_ref().and_then(|amount| amount.currency.as_deref()) {
            None | Some("CNY") => Ok(()),
            Some(_) => Err("currency is not CNY"),
        }
    }

    /// The money it proves, if it proves any. A refunded order is still a paid one.
    pub(super) fn evidence(self, source: EvidenceSource, raw: &[u8]) -> Option<Evidence> {
        if !matches!(self.trade_state.as_str(), "SUCCESS" | "REFUND") {
            return None;
        }
        Some(Evidence {
            channel: Channel::Wechatpay,
            merchant: self.mchid,
            payment_no: self.out_trade_no,
            channel_txn: self.transaction_id?,
            amount: Fen(self.amount?.total),
            paid_at: self.success_time?,
            payer: self.payer.and_then(|payer| payer.openid),
            source,
            raw: String::from_utf8_lossy(raw).into_owned(),
        })
    }
}
