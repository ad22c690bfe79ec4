//! 缴费成功: the receipt to whoever paid.

use crate::{NotificationSend, reminder::seasons};
use heatpay_domain::{
    PaymentNo, ResidentId,
    calendar::civil_time,
    notification::{Notification, NotificationKind, NotificationStatus},
    payment::Payment,
};
use heatpay_runtime::StepError;
use jiff::Timestamp;
use std::collections::BTreeMap;

impl NotificationSend {
    /// A payment was paid: its payer is told, once. The first write of the notification is its claim, or its end; a repeated
    /// event finds it there and stops.
    pub(crate) async fn payment_received(&self, payment_no: &PaymentNo) -> Result<(), StepError> {
        let kind = NotificationKind::PaymentReceived { payment_no: payment_no.clone() };
        if self.texts.of(&kind).is_none() {
            return Ok(());
        }
        let payment = self.payments.find(payment_no).await?;
        let payment = payment.ok_or_else(|| StepError::reject("no such payment"))?;
        // Who paid at the counter has the printed receipt.
        let Some(resident_id) = payment.resident_id.clone() else { return Ok(()) };
        self.tell(receipt(&payment, resident_id, kind, self.clock.now())).await
    }
}

/// The receipt, not yet written.
fn receipt(payment: &Payment, resident_id: ResidentId, kind: NotificationKind, now: Timestamp) -> Notification {
    let paid_at = civil_time(payment.paid_at.unwrap_or(now)).strftime("%Y年%-m月%-d日 %H:%M");
    let paid = payment.allocations.iter().map(|paid| paid.season.to_string());
    let season = if payment.prepaid.is_positive() { "预存".to_owned() } else { seasons(paid) };
    Notification {
        notification_no: kind.number(Some(&resident_id)),
        kind,
        account_no: payment.account_no.clone(),
        resident_id: Some(resident_id),
        openid: payment.openid.clone(),
        values: BTreeMap::from([
            ("account_no".to_owned(), payment.account_no.to_string()),
            ("amount".to_owned(), payment.amount.yuan()),
            ("season".to_owned(), season),
            ("paid_at".to_owned(), paid_at.to_string()),
        ]),
        may_opt_out: true,
        status: NotificationStatus::Queued,
        send_at: now,
        created_at: now,
        attempts: 0,
        route: None,
        provider_no: None,
        error: None,
        version: 0,
    }
}
