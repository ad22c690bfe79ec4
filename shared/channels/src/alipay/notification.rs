//! Notifications: a form, decoded once, verified over its values, then checked to be ours.

use super::{Alipay, signature::notification_text, time};
use crate::{Notification, NotificationError, RefundState};
use heatpay_domain::{Channel, Evidence, EvidenceSource, Fen};
use std::collections::BTreeMap;

/// No notification has more parameters.
const MAX_PARAMETERS: usize = 100;

type Parameters = BTreeMap<String, String>;

impl Alipay {
    pub(super) fn open_notification(&self, body: &[u8]) -> Result<Notification, NotificationError> {
        let parameters = self.verified(body)?;
        let text = |name: &str| parameters.get(name).map_or("", String::as_str);
        let not_ours = NotificationError::NotForUs;
        if text("app_id") != self.settings.app_id {
            return Err(not_ours("app_id is another application's"));
        }
        if text("seller_id") != self.settings.seller_id {
            return Err(not_ours("seller_id is another merchant's"));
        }
        if text("notify_type") != "trade_status_sync" {
            return Err(not_ours("unknown kind of notification"));
        }
        let refunded = !text("gmt_refund").is_empty()
            || Fen::parse_yuan(text("refund_fee")).is_ok_and(|refunded| refunded.is_positive());
        match (text("trade_status"), refunded) {
            // Which refund, if it says so; how it stands, the refund query says.
            ("TRADE_SUCCESS" | "TRADE_FINISHED" | "TRADE_CLOSED", true) if !text("out_biz_no").is_empty() => {
                let refund_no = text("out_biz_no").to_owned();
                Ok(Notification::Refund { refund_no, state: RefundState::Processing })
            }
            // What was refunded had been paid.
            ("TRADE_SUCCESS" | "TRADE_FINISHED", _) | ("TRADE_CLOSED", true) => self
                .evidence_of(&parameters, body)
                .map(|evidence| Notification::Paid(Box::new(evidence)))
                .ok_or(not_ours("the trade has no number, amount or time")),
            ("TRADE_CLOSED" | "WAIT_BUYER_PAY", _) => Ok(Notification::NoMoney),
            _ => Err(not_ours("unknown trade_status")),
        }
    }

    /// The parameters, if Alipay signed them.
    fn verified(&self, body: &[u8]) -> Result<Parameters, NotificationError> {
        let not_authentic = NotificationError::NotAuthentic;
        let mut parameters = Parameters::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if parameters.len() == MAX_PARAMETERS {
                return Err(not_authentic("more parameters than any notification has"));
            }
            if parameters.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(not_authentic("a parameter comes twice"));
            }
        }
        let sign = parameters.get("sign").filter(|sign| !sign.is_empty()).ok_or(not_authentic("no signature"))?;
        if parameters.get("sign_type").is_none_or(|kind| kind != "RSA2") {
            return Err(not_authentic("sign_type is not RSA2"));
        }
        if !self.verifier.verifies_any(notification_text(&parameters).as_bytes(), sign) {
            return Err(not_authentic("signature does not match"));
        }
        Ok(parameters)
    }

    fn evidence_of(&self, parameters: &Parameters, body: &[u8]) -> Option<Evidence> {
        let text = |name: &str| parameters.get(name).filter(|value| !value.is_empty()).cloned();
        Some(Evidence {
            channel: Channel::Alipay,
            merchant: text("seller_id")?,
            payment_no: text("out_trade_no")?,
            channel_txn: text("trade_no")?,
            amount: Fen::parse_yuan(&text("total_amount")?).ok()?,
            paid_at: time::read(&text("gmt_payment")?)?,
            payer: text("buyer_open_id").or_else(|| text("buyer_id")),
            source: EvidenceSource::Callback,
            raw: String::from_utf8_lossy(body).into_owned(),
        })
    }
}
