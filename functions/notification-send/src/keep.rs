//! How the record follows what happens. Every write is conditional on what was read: who loses the race stops, the other goes
//! on. The record comes before the message: if the message is lost, `overdue-reminder` finds the record left behind.

use crate::{NotificationSend, Tell, ladder};
use heatpay_domain::notification::{Notification, NotificationEvent, NotificationRoute, NotificationStatus};
use heatpay_runtime::{StepError, queue::Queue};
use heatpay_store::{StoreError, notifications::KeptNotification};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// After this nobody is sending any more: twice the function's time limit in the template. It is also when an SMS can be looked
/// up.
const SENDING: SignedDuration = SignedDuration::from_secs(60);

impl NotificationSend {
    /// Says in the record that the notification is about to be handed to a provider. `None`: another delivery was first.
    pub(crate) async fn claim(
        &self,
        notification: Notification,
        route: NotificationRoute,
    ) -> Result<Option<Notification>, StepError> {
        let now = self.clock.now();
        let claimed = Notification {
            route: Some(route),
            attempts: notification.attempts + 1,
            send_at: now + SENDING,
            ..moved(queued(notification)?, NotificationEvent::Claimed)?
        };
        self.keep(claimed, Some(now)).await
    }

    /// Nothing was sent: later, by the ladder, and not before `at_least` is over. After a day of attempts it is given up.
    pub(crate) async fn later(
        &self,
        notification: Notification,
        at_least: SignedDuration,
        why: String,
    ) -> Result<(), StepError> {
        if notification.attempts >= ladder::MAX_ATTEMPTS {
            return self.give_up(notification, &why).await;
        }
        let wait = ladder::after(notification.attempts).max(at_least);
        self.hold(Notification { error: Some(why), ..queued(notification)? }, self.clock.now() + wait).await
    }

    /// The outcome is not known yet: it is looked up later, and stays `sending` until then.
    pub(crate) async fn look_again(&self, notification: Notification, why: String) -> Result<(), StepError> {
        if notification.attempts >= ladder::MAX_ATTEMPTS {
            return self.give_up(notification, &why).await;
        }
        let send_at = self.clock.now() + ladder::after(notification.attempts);
        let attempts = notification.attempts + 1;
        self.hold(Notification { error: Some(why), attempts, ..notification }, send_at).await
    }

    /// Not before `until`.
    pub(crate) async fn hold(&self, notification: Notification, until: Timestamp) -> Result<(), StepError> {
        let held = Notification { send_at: until, ..notification };
        let Some(held) = self.keep(held, None).await? else { return Ok(()) };
        let wait = Duration::try_from(until.duration_since(self.clock.now())).unwrap_or(Duration::ZERO);
        if wait > Queue::MAX_DELAY {
            // Longer than a message can wait: left to the schedule.
            return Ok(());
        }
        // Messages wait whole seconds; one that comes before its time is dropped.
        let wait = Duration::from_secs(wait.as_secs() + 1);
        let tell = Tell { notification_no: held.notification_no };
        self.again.send(&tell, wait).await.map_err(StepError::retry)
    }

    /// A provider took it.
    pub(crate) async fn sent(&self, notification: Notification) -> Result<(), StepError> {
        let sent = moved(notification, NotificationEvent::ProviderAccepted)?;
        tracing::info!(notification_no = %sent.notification_no, route = ?sent.route, "notification sent");
        self.end(sent).await
    }

    /// It will not be sent: skipped if nobody was asked to send it, else failed.
    pub(crate) async fn give_up(&self, notification: Notification, why: &str) -> Result<(), StepError> {
        let event = match notification.status {
            NotificationStatus::Sending => {
                tracing::warn!(notification_no = %notification.notification_no, why, "a notification did not go out");
                NotificationEvent::ProviderRefused
            }
            NotificationStatus::Queued
            | NotificationStatus::Sent
            | NotificationStatus::Failed
            | NotificationStatus::Skipped => NotificationEvent::NotNeeded,
        };
        let ended = moved(notification, event)?;
        self.end(Notification { error: Some(why.to_owned()), ..ended }).await
    }

    async fn end(&self, notification: Notification) -> Result<(), StepError> {
        self.keep(notification, None).await.map(|_| ())
    }

    async fn keep(
        &self,
        notification: Notification,
        handed_over_at: Option<Timestamp>,
    ) -> Result<Option<Notification>, StepError> {
        let version = notification.version + 1;
        let after = KeptNotification { notification: Notification { version, ..notification }, handed_over_at };
        match self.notifications.write(&after).await {
            Ok(()) => Ok(Some(after.notification)),
            Err(StoreError::Raced) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The notification after the event.
pub(crate) fn moved(notification: Notification, event: NotificationEvent) -> Result<Notification, StepError> {
    Ok(Notification { status: notification.status.on(event).map_err(StepError::reject)?, ..notification })
}

/// Back in the queue, where it is certain that nothing was sent.
pub(crate) fn queued(notification: Notification) -> Result<Notification, StepError> {
    match notification.status {
        NotificationStatus::Queued => Ok(notification),
        NotificationStatus::Sending
        | NotificationStatus::Sent
        | NotificationStatus::Failed
        | NotificationStatus::Skipped => moved(notification, NotificationEvent::ProviderBusy),
    }
}
