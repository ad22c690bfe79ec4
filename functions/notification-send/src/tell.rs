//! One notification, from the question whether it is still true to the way it goes.

use crate::{NotificationSend, reminder, reminder::Standing, texts::NoticeText};
use heatpay_domain::{
    calendar::{civil_date, civil_time, moment},
    notification::{Notification, NotificationKind},
};
use heatpay_runtime::StepError;
use heatpay_store::households::Home;
use jiff::{SignedDuration, Timestamp};

/// How long a reminder waits for a payment under way to come to something or nothing.
const WHILE_PAYING: SignedDuration = SignedDuration::from_mins(15);

/// A notification with what is needed to send it.
pub(crate) struct Notice<'a> {
    pub(crate) notification: Notification,
    pub(crate) text: &'a NoticeText,
    /// The household, where it was read.
    pub(crate) home: Option<Home>,
}

impl NotificationSend {
    /// Tells, if it is the hour for it and still true.
    pub(crate) async fn tell(&self, notification: Notification) -> Result<(), StepError> {
        let Some(text) = self.texts.of(&notification.kind) else {
            tracing::error!(notification_no = %notification.notification_no, "NOTICE_TEXTS has no text for a notice");
            return self.give_up(notification, "no text").await;
        };
        let (bill_no, stage) = match &notification.kind {
            NotificationKind::Reminder { bill_no, stage } => (bill_no, stage),
            NotificationKind::PaymentReceived { .. } | NotificationKind::RefundPaidOut { .. } => {
                return self.by_weixin(Notice { notification, text, home: None }).await;
            }
        };
        let now = self.clock.now();
        if let Some(morning) = self.morning(now) {
            return self.hold(notification, morning).await;
        }
        let Some(home) = self.households.home(&notification.account_no).await? else {
            return self.give_up(notification, "no such household").await;
        };
        match reminder::standing(&self.plan, &notification, bill_no, stage, &home, civil_date(now)) {
            Standing::Over(why) => self.give_up(notification, why).await,
            Standing::Paying => self.hold(notification, now + WHILE_PAYING).await,
            Standing::Owed(figures) => {
                let mut notification = notification;
                notification.values.extend(figures);
                self.by_weixin(Notice { notification, text, home: Some(home) }).await
            }
        }
    }

    /// The end of the quiet hours, within them.
    fn morning(&self, now: Timestamp) -> Option<Timestamp> {
        let civil = civil_time(now);
        self.plan.quiet_hours.cover(civil.time()).then(|| moment(self.plan.quiet_hours.next_allowed(civil))).flatten()
    }
}
