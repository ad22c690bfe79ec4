//! 短信: to the phone on file, where nobody could be told by WeChat and the notice has a text for it.

use crate::{NotificationSend, tell::Notice, texts::all_filled};
use heatpay_domain::{
    household::is_mobile,
    masking::mask_phone,
    notification::{Notification, NotificationRoute},
};
use heatpay_partners::{
    PartnerError,
    sms::{Sms, SmsOutcome},
};
use heatpay_runtime::{StepError, queue::causes};
use heatpay_store::households::Home;
use jiff::SignedDuration;

impl NotificationSend {
    /// By SMS; `why` says what became of the other way, for the record where this one is closed too.
    pub(crate) async fn by_sms(&self, notice: Notice<'_>, why: &str) -> Result<(), StepError> {
        let Notice { mut notification, text, home } = notice;
        let Some(text) = &text.sms else { return self.give_up(notification, why).await };
        let home = match home {
            Some(home) => Some(home),
            None => self.households.home(&notification.account_no).await?,
        };
        let Some(phone) = self.phone(home.as_ref())? else {
            return self.give_up(notification, "no mobile number on file").await;
        };
        notification.values.insert("phone".to_owned(), mask_phone(&phone));
        let Some(notification) = self.claim(notification, NotificationRoute::Sms).await? else { return Ok(()) };
        let sms = Sms {
            phone,
            template_code: text.template.clone(),
            params: all_filled(&text.params, &notification.values),
            out_id: notification.notification_no.to_string(),
        };
        let outcome = self.sms.send(&sms, self.clock.now()).await;
        self.take(notification, outcome).await
    }

    /// The number on file, if messages can go to it.
    pub(crate) fn phone(&self, home: Option<&Home>) -> Result<Option<String>, StepError> {
        let Some(home) = home else { return Ok(None) };
        let phone = home.household.open_phone(&self.personal_data).map_err(StepError::reject)?;
        Ok(phone.filter(|phone| is_mobile(phone)))
    }

    async fn take(
        &self,
        notification: Notification,
        outcome: Result<SmsOutcome, PartnerError>,
    ) -> Result<(), StepError> {
        let notification_no = notification.notification_no.clone();
        match outcome {
            Ok(SmsOutcome::Accepted { biz_id }) => {
                self.sent(Notification { provider_no: Some(biz_id), error: None, ..notification }).await
            }
            Ok(SmsOutcome::Delay { at_least, code }) => {
                let at_least = SignedDuration::try_from(at_least).unwrap_or_default();
                self.later(notification, at_least, code).await
            }
            Ok(SmsOutcome::BadNumber { code }) => self.give_up(notification, &code).await,
            Ok(SmsOutcome::GiveUp { code, message }) => self.give_up(notification, &format!("{code} {message}")).await,
            Ok(SmsOutcome::OurData { code, message } | SmsOutcome::NeedsPerson { code, message }) => {
                let why = format!("{code} {message}");
                tracing::error!(%notification_no, reason = why, "a person must look at a notice's text");
                self.give_up(notification, &why).await
            }
            Err(error) => {
                let why = causes(&error);
                match error {
                    PartnerError::OutcomeUnknown { .. } => {
                        tracing::warn!(%notification_no, reason = why, "whether an SMS was sent is not known");
                        self.look_again(notification, why).await
                    }
                    PartnerError::TryLater { .. } => self.later(notification, SignedDuration::ZERO, why).await,
                    // Every message meets this: mended, it works.
                    PartnerError::Misconfigured { .. } => {
                        tracing::error!(%notification_no, reason = why, "the SMS provider does not accept our account");
                        self.later(notification, SignedDuration::ZERO, why).await
                    }
                    PartnerError::Refused { .. } => self.give_up(notification, &why).await,
                }
            }
        }
    }
}
