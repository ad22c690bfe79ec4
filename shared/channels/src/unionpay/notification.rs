//! Notifications: a form, verified, checked to be ours, and then asked about before it counts.

use super::{
    Unionpay,
    fields::Fields,
    query::amount,
    response::{Class, unreadable},
    times::{near, parse_txn_time},
};
use crate::{MoneyRefunded, Notification, NotificationError, OrderState, RefundState};
use heatpay_domain::{Evidence, EvidenceSource};
use jiff::Timestamp;

impl Unionpay {
    pub(super) async fn open_notification(
        &self,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, NotificationError> {
        let fields = Fields::of_form(body).ok_or(NotificationError::NotAuthentic("a field comes twice"))?;
        self.verifier.check(&fields, now).map_err(|why| NotificationError::NotAuthentic(why.reason()))?;
        if fields.get("merId") != Some(self.settings.mer_id.as_str()) {
            return Err(NotificationError::NotForUs("merId is another merchant's"));
        }
        if fields.get("currencyCode").is_some_and(|currency| currency != "156") {
            return Err(NotificationError::NotForUs("currencyCode is not 156"));
        }
        match fields.get("txnType") {
            Some("01") => self.confirm_payment(&fields, now).await,
            Some("04" | "31") => refund_notice(&fields, body),
            _ => Err(NotificationError::NotForUs("unknown txnType")),
        }
    }

    /// Only what a query confirms is money.
    async fn confirm_payment(&self, fields: &Fields, now: Timestamp) -> Result<Notification, NotificationError> {
        let need = |name: &str| fields.get(name).ok_or(NotificationError::NotForUs("a field of the order is missing"));
        let found = self.find(need("orderId")?, need("txnTime")?, now).await.map_err(NotificationError::TryLater)?;
        let found = found.ok_or(NotificationError::NotForUs("a query knows no such order"))?;
        match found.order_state(EvidenceSource::Callback).map_err(NotificationError::TryLater)? {
            OrderState::Paid(evidence) => {
                if !agrees(&evidence, need("queryId")?, need("txnAmt")?) {
                    return Err(NotificationError::NotForUs("a query shows another transaction or amount"));
                }
                Ok(Notification::Paid(evidence))
            }
            OrderState::Waiting => Err(NotificationError::TryLater(unreadable("final state yet"))),
            OrderState::Unknown | OrderState::Closed => Err(NotificationError::NotForUs("a query does not confirm it")),
        }
    }
}

fn agrees(evidence: &Evidence, query_id: &str, txn_amt: &str) -> bool {
    evidence.channel_txn == query_id && amount(txn_amt) == Some(evidence.amount)
}

/// The refund step asks about it itself.
fn refund_notice(fields: &Fields, body: &[u8]) -> Result<Notification, NotificationError> {
    let missing = NotificationError::NotForUs("a field of the refund is missing");
    let read = || {
        let refund_no = fields.get("orderId")?.to_owned();
        let sent = parse_txn_time(fields.get("txnTime")?)?;
        let money = MoneyRefunded {
            refund_no: refund_no.clone(),
            channel_refund_no: fields.get("queryId")?.to_owned(),
            amount: amount(fields.get("txnAmt")?)?,
            refunded_at: fields.get("traceTime").and_then(|text| near(text, sent)),
            raw: String::from_utf8_lossy(body).into_owned(),
        };
        Some((refund_no, money))
    };
    let (refund_no, money) = read().ok_or(missing)?;
    let state = match Class::of(fields.get("respCode").unwrap_or_default()) {
        Class::Done => RefundState::Succeeded(money),
        Class::PaidLate
        | Class::Pending
        | Class::Busy
        | Class::NotFound
        | Class::Duplicate
        | Class::NotReady
        | Class::Conflict
        | Class::Card
        | Class::Refused
        | Class::Ours
        | Class::Unclear => RefundState::Processing,
    };
    Ok(Notification::Refund { refund_no, state })
}
