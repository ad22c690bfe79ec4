//! Tells residents: by subscribe message of WeChat to whoever granted one, else by SMS to the phone on file where the notice's
//! text allows it.
//!
//! Neither provider protects against sending twice. So the record says `sending`, and by which way, before anything goes out;
//! a record found so after its time is a crash or a time-out. An SMS is then looked up by its number before it is sent again; a
//! subscribe message cannot be looked up and is not repeated.

#[cfg(test)]
mod given;
mod keep;
mod ladder;
mod receipt;
mod recover;
mod reminder;
mod sms;
mod tell;
mod templates;
mod texts;
mod weixin;

use async_trait::async_trait;
use heatpay_domain::{NotificationNo, notification::NotificationStatus, reminder::ReminderPlan};
use heatpay_partners::{
    sms::{
        SmsSender,
        aliyun::{AliyunSms, AliyunSmsSettings},
    },
    weixin::{Weixin, WeixinSettings},
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError, events::PaymentEvent, personal_data::PersonalData, queue::Queue,
};
use heatpay_store::{
    households::Households, notifications::Notifications, payments::Payments, refunds::Refunds, residents::Grants,
};
use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use templates::Account;
use texts::Texts;

/// A delayed message may come a little before its time.
const EARLY: SignedDuration = SignedDuration::from_secs(2);

struct NotificationSend {
    notifications: Notifications,
    households: Households,
    payments: Payments,
    refunds: Refunds,
    grants: Grants,
    weixin: Weixin,
    sms: Arc<dyn SmsSender>,
    personal_data: PersonalData,
    texts: Texts,
    plan: ReminderPlan,
    again: Queue,
    clock: Arc<dyn Clock>,
}

/// What comes by the queue: from the topic, from `overdue-reminder`, or our own reminder.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Message {
    Event(PaymentEvent),
    Tell(Tell),
}

/// A notification to go on with.
#[derive(Debug, Serialize, Deserialize)]
struct Tell {
    notification_no: NotificationNo,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let base_url = |name, default| context.settings.optional(name).unwrap_or(default);
    let weixin_url = base_url("WEIXIN_BASE_URL", "https://api.weixin.qq.com");
    let aliyun_url = base_url("ALIYUN_SMS_BASE_URL", "https://dysmsapi.aliyuncs.com");
    let weixin: Account<WeixinSettings> = context.secret("WEIXIN_SECRET_ID").await?;
    let aliyun: Account<AliyunSmsSettings> = context.secret("ALIYUN_SECRET_ID").await?;
    let plan: ReminderPlan = serde_json::from_str(context.settings.required("REMINDER_PLAN")?)
        .map_err(|e| BootError::Unusable { what: "REMINDER_PLAN", source: Box::new(e) })?;
    let texts = Texts::read(context.settings.required("NOTICE_TEXTS")?, &plan, &weixin.templates, &aliyun.templates)
        .map_err(|e| BootError::Unusable { what: "NOTICE_TEXTS", source: Box::new(e) })?;
    let personal_data = PersonalData::new(&context.secret("PERSONAL_DATA_SECRET_ID").await?)
        .map_err(|e| BootError::Unusable { what: "the personal-data secret", source: Box::new(e) })?;
    Ok(Arc::new(NotificationSend {
        notifications: Notifications::of(&context)?,
        households: Households::of(&context)?,
        payments: Payments::of(&context)?,
        refunds: Refunds::of(&context)?,
        grants: Grants::of(&context)?,
        weixin: Weixin::new(weixin.settings, weixin_url, context.outbound.clone()),
        sms: Arc::new(AliyunSms::new(aliyun.settings, aliyun_url, context.outbound.clone(), context.ids.clone())),
        personal_data,
        texts,
        plan,
        again: Queue::of(&context, "NOTIFICATION_QUEUE_URL")?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for NotificationSend {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        match serde_json::from_str(body).map_err(StepError::reject)? {
            Message::Event(PaymentEvent::Paid { payment_no }) => self.payment_received(&payment_no).await,
            Message::Event(PaymentEvent::RefundPaidOut { refund_no }) => self.refund_paid_out(&refund_no).await,
            // The subscription lets only those two through.
            Message::Event(PaymentEvent::RefundRequested { .. } | PaymentEvent::Prepaid { .. }) => Ok(()),
            Message::Tell(Tell { notification_no }) => self.go_on(&notification_no).await,
        }
    }
}

impl NotificationSend {
    /// Goes on with a notification if its time has come. If not, it is held, or another delivery is sending it right now: two
    /// of them must not.
    async fn go_on(&self, notification_no: &NotificationNo) -> Result<(), StepError> {
        let kept = self.notifications.find(notification_no).await?;
        let kept = kept.ok_or_else(|| StepError::reject("no such notification"))?;
        if self.clock.now() + EARLY < kept.notification.send_at {
            return Ok(());
        }
        match kept.notification.status {
            NotificationStatus::Queued => self.tell(kept.notification).await,
            NotificationStatus::Sending => self.recover(kept).await,
            NotificationStatus::Sent | NotificationStatus::Failed | NotificationStatus::Skipped => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paid_payment_comes_as_the_topic_sends_it() {
        let message = serde_json::from_str(r#"{"type":"payment.paid","payment_no":"P01KB1Q2Z3A"}"#).unwrap();
        assert!(
            matches!(message, Message::Event(PaymentEvent::Paid { payment_no }) if payment_no.as_str() == "P01KB1Q2Z3A")
        );
    }

    #[test]
    fn a_notification_is_named_alone() {
        let message = serde_json::from_str(r#"{"notification_no":"N0123456789"}"#).unwrap();
        assert!(
            matches!(message, Message::Tell(Tell { notification_no }) if notification_no.as_str() == "N0123456789")
        );
    }
}
