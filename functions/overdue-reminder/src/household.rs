//! One household: its bills are read again, and what is due is recorded.

use crate::{
    DueHousehold, OverdueReminder,
    look::{Look, look},
    tell::Telling,
};
use heatpay_domain::{NotificationNo, bill::Bill, calendar::civil_date, reminder::ReminderStage};
use heatpay_store::{
    StoreError,
    households::Home,
    reminders::{DueBill, ReachedStage, Recorded},
};
use jiff::{SignedDuration, Timestamp, civil::Date};
use std::time::Duration;

/// How many bills are recorded in one transaction, which may have a hundred parts, two of them a bill.
const RECORDED_TOGETHER: usize = 25;

/// A bill at its stage.
struct AtStage<'a> {
    due: &'a DueBill,
    bill: &'a Bill,
    stage: &'a ReminderStage,
    next: Option<Date>,
}

impl OverdueReminder {
    /// Records the stages that the household's bills have reached; answers the notifications to send. One Query, and a
    /// transaction a stage.
    pub(crate) async fn remind_household(
        &self,
        due: &DueHousehold,
        now: Timestamp,
    ) -> Result<Vec<NotificationNo>, StoreError> {
        let Some(home) = self.households.home(&due.account_no).await? else {
            tracing::error!(account_no = %due.account_no, "bills without a household: nobody can be reminded");
            for bill in &due.bills {
                self.reminders.put_off(bill, None).await?;
            }
            return Ok(Vec::new());
        };
        let mut at_stage: Vec<AtStage<'_>> = Vec::new();
        for due in &due.bills {
            let bill = home.bills.iter().find(|bill| due.is_of(&bill.bill_no));
            match bill.map(|bill| (bill, look(&self.plan, bill, civil_date(now)))) {
                Some((bill, Look::Reached { stage, next })) => at_stage.push(AtStage { due, bill, stage, next }),
                Some((_, Look::Leave)) => {}
                Some((bill, Look::PutOff(next))) => {
                    self.reminders.put_off(due, next.map(|next| (bill, next))).await?;
                }
                None => {
                    self.reminders.put_off(due, None).await?;
                }
            }
        }
        self.record_stages(&home, at_stage, now, due.delay).await
    }

    /// Bills at the same stage are told of in one message that names their total; other stages have other texts.
    async fn record_stages(
        &self,
        home: &Home,
        at_stage: Vec<AtStage<'_>>,
        now: Timestamp,
        delay: Duration,
    ) -> Result<Vec<NotificationNo>, StoreError> {
        let send_at = now + SignedDuration::try_from(delay).unwrap_or_default();
        let (account_no, declined) = (&home.household.household.account_no, home.household.reminders_off);
        let mut to_send = Vec::new();
        for stage in &self.plan.stages {
            let telling = Telling { account_no, stage, declined, now, send_at };
            let bills: Vec<&AtStage<'_>> = at_stage.iter().filter(|at| at.stage.name == stage.name).collect();
            let mut groups: Vec<_> = bills.chunks(RECORDED_TOGETHER).map(<[_]>::to_vec).collect();
            while let Some(group) = groups.pop() {
                match (self.record(&telling, &group, &mut to_send).await?, group.as_slice()) {
                    // One of several is not as it was read: each on its own.
                    (Recorded::Before | Recorded::Raced, [_, _, ..]) => {
                        groups.extend(group.into_iter().map(|at| vec![at]));
                    }
                    // It reached the stage before (the plan's days were moved), and goes on to its next day.
                    (Recorded::Before, [at]) => {
                        self.reminders.put_off(at.due, at.next.map(|next| (at.bill, next))).await?;
                    }
                    (Recorded::Now | Recorded::Raced, _) | (Recorded::Before, []) => {}
                }
            }
        }
        Ok(to_send)
    }

    async fn record(
        &self,
        telling: &Telling<'_>,
        group: &[&AtStage<'_>],
        to_send: &mut Vec<NotificationNo>,
    ) -> Result<Recorded, StoreError> {
        let notifications = telling.of_bills(&group.iter().map(|at| &at.bill.bill_no).collect::<Vec<_>>());
        let reached = group.iter().zip(notifications).map(|(at, notification)| ReachedStage {
            due: at.due,
            bill: at.bill,
            notification,
            next: at.next,
        });
        let reached: Vec<_> = reached.collect();
        let recorded = self.reminders.record(&reached).await?;
        if recorded == Recorded::Now {
            let open = reached.into_iter().map(|reached| reached.notification).filter(|one| one.status.is_open());
            to_send.extend(open.map(|one| one.notification_no));
        }
        Ok(recorded)
    }
}
