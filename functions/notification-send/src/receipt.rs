//! What a payer is told: 缴费成功 when his money was booked, 退款到账 when money came back to him. The first write of the
//! notification is its claim, or its end; a repeated event finds it there and stops.

use crate::{NotificationSend, reminder::seasons};
use heatpay_domain::{
    PaymentNo, RefundNo, ResidentId,
    calendar::civil_time,
    notification::{Notification, NotificationKind, NotificationStatus},
    payment::Payment,
};
use heatpay_runtime::StepError;
use jiff::Timestamp;
use std::collections::BTreeMap;

impl NotificationSend {
    /// A payment was paid: its payer is told, once.
    pub(crate) async fn payment_received(&self, payment_no: &PaymentNo) -> Result<(), StepError> {
        let kind = NotificationKind::PaymentReceived { payment_no: payment_no.clone() };
        if self.texts.of(&kind).is_none() {
            return Ok(());
        }
        let payment = self.payment(payment_no).await?;
        let now = self.clock.now();
        let paid = payment.allocations.iter().map(|paid| paid.season.to_string());
        let season = if payment.prepaid.is_positive() { "预存".to_owned() } else { seasons(paid) };
        let figures = [
            ("amount", payment.amount.yuan()),
            ("season", season),
            ("paid_at", civil_minute(payment.paid_at.unwrap_or(now))),
        ];
        self.tell_payer(&payment, kind, figures, now).await
    }

    /// Money came back: whoever had paid it is told, once.
    pub(crate) async fn refund_paid_out(&self, refund_no: &RefundNo) -> Result<(), StepError> {
        let kind = NotificationKind::RefundPaidOut { refund_no: refund_no.clone() };
        if self.texts.of(&kind).is_none() {
            return Ok(());
        }
        let refund = self.refunds.find(refund_no).await?;
        let refund = refund.ok_or_else(|| StepError::reject("no such refund"))?;
        // A stray that names no payment of ours has nobody to tell.
        let Some(payment_no) = &refund.payment_no else { return Ok(()) };
        let payment = self.payment(payment_no).await?;
        let now = self.clock.now();
        let figures =
            [("amount", refund.amount.yuan()), ("refunded_at", civil_minute(refund.refunded_at.unwrap_or(now)))];
        self.tell_payer(&payment, kind, figures, now).await
    }

    async fn payment(&self, payment_no: &PaymentNo) -> Result<Payment, StepError> {
        let payment = self.payments.find(payment_no).await?;
        payment.ok_or_else(|| StepError::reject("no such payment"))
    }

    async fn tell_payer<const N: usize>(
        &self,
        payment: &Payment,
        kind: NotificationKind,
        figures: [(&str, String); N],
        now: Timestamp,
    ) -> Result<(), StepError> {
        // At the counter there is paper.
        let Some(resident_id) = payment.resident_id.clone() else { return Ok(()) };
        self.tell(notice(payment, resident_id, kind, figures, now)).await
    }
}

fn civil_minute(at: Timestamp) -> String {
    civil_time(at).strftime("%Y年%-m月%-d日 %H:%M").to_string()
}

/// The notice, not yet written.
fn notice<const N: usize>(
    payment: &Payment,
    resident_id: ResidentId,
    kind: NotificationKind,
    figures: [(&str, String); N],
    now: Timestamp,
) -> Notification {
    let account_no = [("account_no", payment.account_no.to_string())];
    let values: BTreeMap<_, _> =
        account_no.into_iter().chain(figures).map(|(name, figure)| (name.to_owned(), figure)).collect();
    Notification {
        notification_no: kind.number(Some(&resident_id)),
        kind,
        account_no: payment.account_no.clone(),
        resident_id: Some(resident_id),
        openid: payment.openid.clone(),
        values,
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
