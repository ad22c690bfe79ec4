use super::{
    Alipay,
    biz::{Call, json},
    exchange::Exchanged,
    failure::{Failure, incomplete},
    time,
};
use crate::{ChannelError, MoneyRefunded, RefundRequest, RefundState};
use heatpay_domain::Fen;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

#[derive(Serialize)]
struct Refund<'a> {
    trade_no: &'a str,
    refund_amount: String,
    out_request_no: &'a str,
    refund_reason: String,
}

#[derive(Serialize)]
struct Asked<'a> {
    trade_no: &'a str,
    out_request_no: &'a str,
    query_options: [&'static str; 1],
}

/// `refund_fee`, which comes along, is the sum of all refunds of the trade so far.
#[derive(Deserialize)]
struct Sent {
    trade_no: String,
    fund_change: String,
    gmt_refund_pay: Option<String>,
}

/// Without a status: no such refund, or not yet.
#[derive(Deserialize)]
struct Found {
    out_request_no: Option<String>,
    refund_status: Option<String>,
    refund_amount: Option<String>,
    gmt_refund_pay: Option<String>,
}

impl Alipay {
    /// Only `fund_change` says that this call moved money: without it the refund is a repeat, or still moving, which the
    /// query tells some seconds later.
    pub(super) async fn send_refund(
        &self,
        refund: &RefundRequest,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        let content = json(&Refund {
            trade_no: &refund.channel_txn,
            refund_amount: refund.amount.yuan(),
            out_request_no: refund.refund_no.as_str(),
            refund_reason: refund.reason.chars().take(80).collect(),
        });
        match self.call::<Sent>(&Call::new("alipay.trade.refund", &content), now).await? {
            Exchanged::Done(sent, _) if sent.trade_no != refund.channel_txn => {
                Err(incomplete("trade that was refunded"))
            }
            Exchanged::Done(sent, raw) => match sent.fund_change.as_str() {
                "Y" => Ok(RefundState::Succeeded(money(refund, refund.amount, sent.gmt_refund_pay, raw))),
                "N" => Ok(RefundState::Processing),
                _ => Err(incomplete("known fund_change")),
            },
            Exchanged::Failed(failure) => self.not_sent(refund, failure, now).await,
        }
    }

    /// A number that came before with another amount is refused, although its money may be on its way: a refusal counts only
    /// when Alipay knows no refund of that number. A trade whose refund window is over will never be refunded.
    async fn not_sent(
        &self,
        refund: &RefundRequest,
        failure: Failure,
        now: Timestamp,
    ) -> Result<RefundState, ChannelError> {
        let window_over = failure.is(&["TRADE_HAS_FINISHED"]);
        let error = if window_over { failure.into_refused() } else { failure.into_error() };
        match error {
            refused @ ChannelError::Refused { .. } => match self.ask_refund(refund, now).await? {
                RefundState::Unknown => Err(refused),
                stands => Ok(stands),
            },
            error => Err(error),
        }
    }

    pub(super) async fn ask_refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError> {
        let content = json(&Asked {
            trade_no: &refund.channel_txn,
            out_request_no: refund.refund_no.as_str(),
            query_options: ["gmt_refund_pay"],
        });
        let call = Call::new("alipay.trade.fastpay.refund.query", &content);
        let (found, raw): (Found, _) = match self.call(&call, now).await? {
            Exchanged::Done(found, raw) => (found, raw),
            Exchanged::Failed(failure) if failure.is_unknown_trade() => return Ok(RefundState::Unknown),
            Exchanged::Failed(failure) => return Err(failure.into_error()),
        };
        match found.refund_status.as_deref() {
            // Sending it again under its number moves the money once.
            None | Some("") => Ok(RefundState::Unknown),
            Some("REFUND_SUCCESS") => {
                if found.out_request_no.as_deref() != Some(refund.refund_no.as_str()) {
                    return Err(incomplete("refund that was asked for"));
                }
                let amount = found.refund_amount.as_deref().and_then(|text| Fen::parse_yuan(text).ok());
                let amount = amount.ok_or_else(|| incomplete("refund_amount"))?;
                Ok(RefundState::Succeeded(money(refund, amount, found.gmt_refund_pay, raw)))
            }
            Some(_) => Err(incomplete("known refund_status")),
        }
    }
}

/// Alipay gives a refund no number of its own: it goes by ours.
fn money(refund: &RefundRequest, amount: Fen, at: Option<String>, raw: String) -> MoneyRefunded {
    let refund_no = refund.refund_no.to_string();
    let refunded_at = at.and_then(|text| time::read(&text));
    MoneyRefunded { channel_refund_no: refund_no.clone(), refund_no, amount, refunded_at, raw }
}
