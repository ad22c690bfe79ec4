//! Notifications: verified over the raw bytes, decrypted, then checked to be ours.

use super::{
    Wechatpay,
    exchange::NotVerified,
    refund::{RefundedAmount, state},
    resource::Resource,
    transaction::Transaction,
};
use crate::{MoneyRefunded, Notification, NotificationError};
use heatpay_domain::{EvidenceSource, Fen};
use http::HeaderMap;
use jiff::Timestamp;
use serde::Deserialize;

#[derive(Deserialize)]
struct Envelope {
    resource: Resource,
}

#[derive(Deserialize)]
struct RefundNotice {
    mchid: String,
    refund_id: String,
    out_refund_no: String,
    refund_status: String,
    success_time: Option<Timestamp>,
    amount: RefundedAmount,
}

impl Wechatpay {
    pub(super) async fn open_notification(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, NotificationError> {
        self.verify(headers, body, now).await.map_err(|error| match error {
            NotVerified::Not(why) => NotificationError::NotAuthentic(why.reason()),
            NotVerified::Certificates(error) => NotificationError::TryLater(error),
        })?;
        let not_ours = NotificationError::NotForUs;
        let envelope: Envelope = serde_json::from_slice(body).map_err(|_| not_ours("the body is no notification"))?;
        let plain = envelope
            .resource
            .open(&self.settings.apiv3_key)
            .ok_or(not_ours("the resource does not open with our APIv3 key"))?;
        match envelope.resource.original_type.as_deref() {
            Some("transaction") => self.read_payment(&plain),
            Some("refund") => self.read_refund_notice(&plain),
            _ => Err(not_ours("unknown kind of resource")),
        }
    }

    fn read_payment(&self, plain: &[u8]) -> Result<Notification, NotificationError> {
        let transaction: Transaction =
            serde_json::from_slice(plain).map_err(|_| NotificationError::NotForUs("the resource is no transaction"))?;
        transaction.check(&self.settings).map_err(NotificationError::NotForUs)?;
        let evidence = transaction.evidence(EvidenceSource::Callback, plain);
        evidence
            .map(|evidence| Notification::Paid(Box::new(evidence)))
            .ok_or(NotificationError::NotForUs("the transaction is not a paid one"))
    }

    fn read_refund_notice(&self, plain: &[u8]) -> Result<Notification, NotificationError> {
        let notice: RefundNotice =
            serde_json::from_slice(plain).map_err(|_| NotificationError::NotForUs("the resource is no refund"))?;
        if notice.mchid != self.settings.mchid {
            return Err(NotificationError::NotForUs("mchid is another merchant's"));
        }
        let money = MoneyRefunded {
            refund_no: notice.out_refund_no.clone(),
            channel_refund_no: notice.refund_id,
            amount: Fen(notice.amount.refund),
            refunded_at: notice.success_time,
            raw: String::from_utf8_lossy(plain).into_owned(),
        };
        let state = state(&notice.refund_status, money).ok_or(NotificationError::NotForUs("unknown refund_status"))?;
        Ok(Notification::Refund { refund_no: notice.out_refund_no, state })
    }
}
