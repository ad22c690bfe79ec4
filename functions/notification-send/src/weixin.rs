//! 订阅消息: to every resident of the household who granted one of this template. A grant is spent before the message goes out;
//! it is given back where it is certain that nothing was sent.

use crate::{
    NotificationSend,
    recover::goes_out_again,
    tell::Notice,
    texts::{WeixinText, all_filled, filled},
};
use futures::future::join_all;
use heatpay_domain::{
    ResidentId,
    notification::{Notification, NotificationKind, NotificationRoute},
};
use heatpay_partners::{
    PartnerError,
    weixin::{MessageOutcome, SubscribeMessage},
};
use heatpay_runtime::{StepError, queue::causes};
use heatpay_store::StoreError;
use jiff::SignedDuration;

/// How often WeChat is tried before an SMS goes out in its place.
pub(crate) const ATTEMPTS_BEFORE_SMS: u32 = 3;

/// Somebody who can get a subscribe message.
struct Recipient {
    resident_id: ResidentId,
    openid: String,
}

/// What became of one person's message.
#[derive(Debug, PartialEq, Eq)]
enum Delivery {
    Sent { msgid: Option<String> },
    Unknown(String),
    Busy(String),
    Refused(String),
}

impl NotificationSend {
    /// By subscribe message if anybody can get one, else by SMS.
    pub(crate) async fn by_weixin(&self, notice: Notice<'_>) -> Result<(), StepError> {
        let Some(text) = &notice.text.weixin else { return self.by_sms(notice, "nobody to tell").await };
        if notice.text.sms.is_some() && notice.notification.attempts >= ATTEMPTS_BEFORE_SMS {
            return self.by_sms(notice, "WeChat has no answer").await;
        }
        let recipients = self.recipients(&notice.notification, &text.template).await?;
        if recipients.is_empty() {
            return self.by_sms(notice, "nobody to tell").await;
        }
        let claimed = self.claim(notice.notification, NotificationRoute::WeixinMessage).await?;
        let Some(notification) = claimed else { return Ok(()) };
        let sending = recipients.iter().map(|recipient| self.send_message(recipient, text, &notification));
        let deliveries = join_all(sending).await;
        let (best, recipient) = best(deliveries.into_iter().zip(recipients));
        let notice = Notice { notification, ..notice };
        match best {
            Delivery::Sent { msgid } => {
                let resident_id = recipient.map(|to| to.resident_id);
                let notification = Notification { resident_id, provider_no: msgid, error: None, ..notice.notification };
                self.sent(notification).await
            }
            Delivery::Unknown(why) if goes_out_again(&notice.notification, notice.text) => {
                self.by_sms(notice, &why).await
            }
            Delivery::Unknown(why) => self.perhaps_sent(notice.notification, &why).await,
            Delivery::Busy(why) if notice.text.sms.is_some() && notice.notification.attempts >= ATTEMPTS_BEFORE_SMS => {
                self.by_sms(notice, &why).await
            }
            Delivery::Busy(why) => self.later(notice.notification, SignedDuration::ZERO, why).await,
            Delivery::Refused(why) => self.by_sms(notice, &why).await,
        }
    }

    /// Whoever has a grant left: of a receipt or a refund the payer; of a reminder the residents bound to the household, those apart who
    /// declined what they may decline.
    async fn recipients(&self, notification: &Notification, template_id: &str) -> Result<Vec<Recipient>, StoreError> {
        let asked: Vec<Recipient> = match &notification.kind {
            NotificationKind::Reminder { .. } => {
                let bound = self.households.residents(&notification.account_no).await?;
                bound
                    .into_iter()
                    .filter(|binding| binding.notices || !notification.may_opt_out)
                    .filter_map(|one| Some(Recipient { resident_id: one.resident_id, openid: one.openid? }))
                    .collect()
            }
            NotificationKind::PaymentReceived { .. } | NotificationKind::RefundPaidOut { .. } => {
                let payer = notification.resident_id.clone().zip(notification.openid.clone());
                payer.map(|(resident_id, openid)| Recipient { resident_id, openid }).into_iter().collect()
            }
        };
        let grants = asked.iter().map(|one| self.grants.left(&one.resident_id, template_id));
        let mut granted = Vec::new();
        for (recipient, left) in join_all(grants).await.into_iter().zip(asked).map(|(left, one)| (one, left)) {
            if left? > 0 {
                granted.push(recipient);
            }
        }
        Ok(granted)
    }

    async fn send_message(&self, to: &Recipient, text: &WeixinText, notification: &Notification) -> Delivery {
        match self.grants.spend(&to.resident_id, &text.template).await {
            Ok(true) => {}
            Ok(false) => return Delivery::Refused("no grant left".to_owned()),
            Err(error) => return Delivery::Busy(causes(&error)),
        }
        let message = SubscribeMessage {
            openid: to.openid.clone(),
            template_id: text.template.clone(),
            page: text.page.as_ref().map(|page| filled(page, &notification.values)),
            values: all_filled(&text.values, &notification.values),
        };
        let answer = self.weixin.send_message(&message, self.clock.now()).await;
        let notification_no = &notification.notification_no;
        let (delivery, kept) = match answer {
            Ok(MessageOutcome::Sent { msgid }) => (Delivery::Sent { msgid }, Ok(())),
            Ok(MessageOutcome::NoGrant) => {
                let forgotten = self.grants.forget(&to.resident_id, &text.template).await;
                (Delivery::Refused("no grant left".to_owned()), forgotten)
            }
            Ok(MessageOutcome::UnknownOpenid) => (Delivery::Refused("unknown openid".to_owned()), Ok(())),
            Ok(MessageOutcome::Stopped { code }) => (Delivery::Refused(code), Ok(())),
            Ok(MessageOutcome::OurData { message }) => {
                tracing::error!(%notification_no, reason = message, "a notice's values do not fit its template");
                (Delivery::Refused(message), self.give_back(to, text).await)
            }
            Err(error) => {
                let why = causes(&error);
                match error {
                    PartnerError::OutcomeUnknown { .. } => (Delivery::Unknown(why), Ok(())),
                    PartnerError::TryLater { .. } => {
                        tracing::warn!(%notification_no, reason = why, "WeChat cannot send now");
                        (Delivery::Busy(why), self.give_back(to, text).await)
                    }
                    // Every message meets this: mended, it works.
                    PartnerError::Misconfigured { .. } => {
                        tracing::error!(%notification_no, reason = why, "WeChat does not accept our settings");
                        (Delivery::Busy(why), self.give_back(to, text).await)
                    }
                    PartnerError::Refused { .. } => {
                        tracing::error!(%notification_no, reason = why, "WeChat refuses a message");
                        (Delivery::Refused(why), self.give_back(to, text).await)
                    }
                }
            }
        };
        // The message is what matters. A grant counted wrongly is put right by WeChat's next answer.
        if let Err(error) = kept {
            tracing::warn!(%notification_no, reason = causes(&error), "a grant is counted wrongly");
        }
        delivery
    }

    async fn give_back(&self, to: &Recipient, text: &WeixinText) -> Result<(), StoreError> {
        self.grants.add(&to.resident_id, &text.template).await
    }
}

/// What counts for the household: one who was told is enough, and whom it may have reached is not told again.
fn best<T>(deliveries: impl Iterator<Item = (Delivery, T)>) -> (Delivery, Option<T>) {
    let rank = |delivery: &Delivery| match delivery {
        Delivery::Sent { .. } => 0,
        Delivery::Unknown(_) => 1,
        Delivery::Busy(_) => 2,
        Delivery::Refused(_) => 3,
    };
    let best = deliveries.min_by_key(|(delivery, _)| rank(delivery));
    best.map_or((Delivery::Refused("nobody to tell".to_owned()), None), |(delivery, whose)| (delivery, Some(whose)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn best_of(deliveries: Vec<Delivery>) -> (Delivery, Option<usize>) {
        best(deliveries.into_iter().zip(0..))
    }

    #[test]
    fn one_resident_told_is_the_household_told() {
        let (sent, whose) = best_of(vec![
            Delivery::Refused("43101".to_owned()),
            Delivery::Sent { msgid: None },
            Delivery::Busy("-1".to_owned()),
        ]);
        assert_eq!((sent, whose), (Delivery::Sent { msgid: None }, Some(1)));
    }

    #[test]
    fn whom_a_message_may_have_reached_is_not_told_again() {
        let (best, _) = best_of(vec![Delivery::Busy("-1".to_owned()), Delivery::Unknown("time-out".to_owned())]);
        assert_eq!(best, Delivery::Unknown("time-out".to_owned()));
    }
}
