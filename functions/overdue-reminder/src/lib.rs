//! 催缴: finds the bills whose day has come, records the stage each of them reached together with its next day, and hands one
//! message a household and stage to `notification-send`, in waves. The peak of reading comes from our own reminders: a fifth of
//! those reminded look within ten minutes.
//!
//! Crash-safe at every line: the record comes before the message, and a record left behind is found by the next run.

#[cfg(test)]
mod given;
mod household;
mod look;
mod tell;
mod wave;

use async_trait::async_trait;
use futures::future::join_all;
use heatpay_domain::{
    AccountNo, NotificationNo,
    calendar::{civil_date, civil_time},
    reminder::ReminderPlan,
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    queue::{Queue, causes},
};
use heatpay_store::{
    StoreError,
    households::Households,
    notifications::Notifications,
    reminders::{DueBill, Reminders, SLICES},
};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::{sync::Arc, time::Duration};
use wave::Wave;

/// How late a notification must be to count as lost: its queue's visibility time, after which it is delivered again anyway.
const LOST_AFTER: SignedDuration = SignedDuration::from_secs(180);

/// How many households are looked at side by side.
const SIDE_BY_SIDE: usize = 10;

struct OverdueReminder {
    households: Households,
    reminders: Reminders,
    notifications: Notifications,
    notices: Queue,
    plan: ReminderPlan,
    clock: Arc<dyn Clock>,
}

/// A notification to send.
#[derive(Serialize)]
struct Tell<'a> {
    notification_no: &'a NotificationNo,
}

/// The bills of one household whose day has come, and how long its message waits.
struct DueHousehold {
    account_no: AccountNo,
    bills: Vec<DueBill>,
    delay: Duration,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let plan = serde_json::from_str(context.settings.required("REMINDER_PLAN")?);
    Ok(Arc::new(OverdueReminder {
        households: Households::of(&context)?,
        reminders: Reminders::of(&context)?,
        notifications: Notifications::of(&context)?,
        notices: Queue::of(&context, "NOTIFICATION_QUEUE_URL")?,
        plan: plan.map_err(|e| BootError::Unusable { what: "REMINDER_PLAN", source: Box::new(e) })?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for OverdueReminder {
    async fn message(&self, _: &str) -> Result<(), StepError> {
        Err(StepError::reject("this step runs on its schedule"))
    }

    async fn scheduled(&self) -> Result<(), StepError> {
        let now = self.clock.now();
        let mut wave = Wave::new(self.plan.waves);
        self.send_left_open(now, &mut wave).await?;
        if self.plan.quiet_hours.cover(civil_time(now).time()) {
            return Ok(());
        }
        self.remind(now, &mut wave).await
    }
}

impl OverdueReminder {
    /// Notifications whose message got lost, or that were held over night. They are the oldest, so they go first.
    async fn send_left_open(&self, now: Timestamp, wave: &mut Wave) -> Result<(), StepError> {
        let each = i32::try_from(wave.room().div_ceil(usize::from(SLICES))).unwrap_or(i32::MAX);
        let left = self.notifications.left_open(now - LOST_AFTER, each).await?;
        for notification_no in &left {
            self.send(notification_no, wave.next()).await?;
        }
        if !left.is_empty() {
            tracing::info!(notifications = left.len(), "notifications left behind go out again");
        }
        Ok(())
    }

    async fn remind(&self, now: Timestamp, wave: &mut Wave) -> Result<(), StepError> {
        let due = self.reminders.due(civil_date(now), wave.room()).await?;
        let (bills, mut sent) = (due.len(), 0);
        let households = by_household(due, wave);
        for households in households.chunks(SIDE_BY_SIDE) {
            let looks = households.iter().map(|due| async move { (due, self.remind_household(due, now).await) });
            let mut stop = Ok(());
            for (due, told) in join_all(looks).await {
                match told {
                    Ok(told) => {
                        for notification_no in &told {
                            self.send(notification_no, due.delay).await?;
                        }
                        sent += told.len();
                    }
                    // One household that cannot be read must not hold up the city.
                    Err(error @ StoreError::Malformed { .. }) => {
                        tracing::error!(account_no = %due.account_no, reason = causes(&error), "a household cannot be reminded");
                    }
                    Err(error @ (StoreError::Raced | StoreError::Unavailable(_))) => stop = Err(error),
                }
            }
            stop?;
        }
        tracing::info!(bills, sent, "bills looked at, reminders enqueued");
        Ok(())
    }

    async fn send(&self, notification_no: &NotificationNo, delay: Duration) -> Result<(), StepError> {
        self.notices.send(&Tell { notification_no }, delay).await.map_err(StepError::retry)
    }
}

/// The bills by household, the longest waiting household first; each household takes its place in the wave.
fn by_household(due: Vec<DueBill>, wave: &mut Wave) -> Vec<DueHousehold> {
    let mut households: Vec<DueHousehold> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for bill in due {
        let place = *places.entry(bill.account_no.clone()).or_insert_with(|| {
            let account_no = bill.account_no.clone();
            households.push(DueHousehold { account_no, bills: Vec::new(), delay: wave.next() });
            households.len() - 1
        });
        households[place].bills.push(bill);
    }
    households
}
