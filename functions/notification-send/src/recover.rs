//! A notification found `sending` after its time: the process died, or the provider gave no answer.

use crate::{NotificationSend, keep::queued, texts::NoticeText, weixin::ATTEMPTS_BEFORE_SMS};
use heatpay_domain::{
    calendar::civil_date,
    notification::{Notification, NotificationRoute},
};
use heatpay_partners::sms::{SentSms, SmsReceipt};
use heatpay_runtime::{StepError, queue::causes};
use heatpay_store::notifications::KeptNotification;
use jiff::Timestamp;

impl NotificationSend {
    /// Goes on where the last worker stopped.
    pub(crate) async fn recover(&self, kept: KeptNotification) -> Result<(), StepError> {
        let KeptNotification { notification, handed_over_at } = kept;
        match notification.route {
            Some(NotificationRoute::Sms) => {
                let handed_over_at = handed_over_at.unwrap_or(notification.created_at);
                self.look_up(notification, handed_over_at).await
            }
            Some(NotificationRoute::WeixinMessage) | None => {
                let again = self.texts.of(&notification.kind).is_some_and(|text| goes_out_again(&notification, text));
                if !again {
                    return self.perhaps_sent(notification, "the worker stopped while it was sending").await;
                }
                let attempts = notification.attempts.max(ATTEMPTS_BEFORE_SMS);
                self.tell(Notification { attempts, ..queued(notification)? }).await
            }
        }
    }

    /// A subscribe message that may have been sent, and is not repeated.
    pub(crate) async fn perhaps_sent(&self, notification: Notification, why: &str) -> Result<(), StepError> {
        self.sent(Notification { error: Some(format!("perhaps: {why}")), ..notification }).await
    }

    /// Asks whether the SMS went out before it is sent again.
    async fn look_up(&self, notification: Notification, handed_over_at: Timestamp) -> Result<(), StepError> {
        let home = self.households.home(&notification.account_no).await?;
        let Some(phone) = self.phone(home.as_ref())? else {
            return self.give_up(notification, "no mobile number on file").await;
        };
        let out_id = notification.notification_no.as_str();
        match self.sms.find_sent(&phone, civil_date(handed_over_at), out_id, self.clock.now()).await {
            Ok(Some(SentSms { receipt, .. })) => {
                let error = match receipt {
                    SmsReceipt::Waiting | SmsReceipt::Delivered => None,
                    SmsReceipt::Failed { code } => Some(code),
                };
                self.sent(Notification { error, ..notification }).await
            }
            Ok(None) => self.tell(queued(notification)?).await,
            Err(error) => {
                let why = causes(&error);
                tracing::warn!(notification_no = out_id, reason = why, "an SMS cannot be looked up");
                self.look_again(notification, why).await
            }
        }
    }
}

/// Whether a subscribe message whose outcome nobody can tell is followed by an SMS. To be told twice of what one may decline is
/// worse than not at all; what the law wants told goes out once more.
pub(crate) fn goes_out_again(notification: &Notification, text: &NoticeText) -> bool {
    !notification.may_opt_out && text.sms.is_some()
}
