use super::{
    Alipay,
    biz::{Call, json},
    exchange::Exchanged,
    failure::incomplete,
    time,
};
use crate::{ChannelError, OrderState};
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen, PaymentNo};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// An order by our number.
#[derive(Serialize)]
pub(super) struct Named<'a> {
    pub(super) out_trade_no: &'a str,
}

#[derive(Deserialize)]
struct Trade {
    out_trade_no: String,
    trade_no: Option<String>,
    trade_status: String,
    total_amount: Option<String>,
    send_pay_date: Option<String>,
    buyer_open_id: Option<String>,
    buyer_user_id: Option<String>,
}

impl Alipay {
    pub(super) async fn ask(&self, payment_no: &PaymentNo, now: Timestamp) -> Result<OrderState, ChannelError> {
        let content = json(&Named { out_trade_no: payment_no.as_str() });
        let (trade, raw): (Trade, _) = match self.call(&Call::new("alipay.trade.query", &content), now).await? {
            Exchanged::Done(trade, raw) => (trade, raw),
            Exchanged::Failed(failure) if failure.is_unknown_trade() => return Ok(OrderState::Unknown),
            Exchanged::Failed(failure) => return Err(failure.into_error()),
        };
        if trade.out_trade_no != payment_no.as_str() {
            return Err(incomplete("order that was asked for"));
        }
        match trade.trade_status.as_str() {
            "WAIT_BUYER_PAY" => Ok(OrderState::Waiting),
            // Closed without money, or wholly refunded since: only money that came has a day on which it came.
            "TRADE_CLOSED" if trade.send_pay_date.is_none() => Ok(OrderState::Closed),
            "TRADE_SUCCESS" | "TRADE_FINISHED" | "TRADE_CLOSED" => self
                .evidence(trade, raw)
                .map(|evidence| OrderState::Paid(Box::new(evidence)))
                .ok_or_else(|| incomplete("trade_no, total_amount or send_pay_date")),
            _ => Err(incomplete("known trade_status")),
        }
    }

    /// The money it proves. Our signature asked for a trade of ours, so the seller is us.
    fn evidence(&self, trade: Trade, raw: String) -> Option<Evidence> {
        Some(Evidence {
            channel: Channel::Alipay,
            merchant: self.settings.seller_id.clone(),
            payment_no: trade.out_trade_no,
            channel_txn: trade.trade_no?,
            amount: Fen::parse_yuan(&trade.total_amount?).ok()?,
            paid_at: time::read(&trade.send_pay_date?)?,
            payer: trade.buyer_open_id.or(trade.buyer_user_id),
            source: EvidenceSource::Query,
            raw,
        })
    }
}
