//! 催缴: which reminder a bill gets when, as the company's plan says.

use crate::bill::{Bill, BillStatus};
use jiff::{
    Span, ToSpan,
    civil::{Date, DateTime, Time},
};
use serde::{Deserialize, Serialize};

/// One stage of the plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderStage {
    /// Its name, and the name of its text: `due_soon`. Each stage reaches a bill once.
    pub name: String,
    /// The day, counted from the due date: −7 is a week before, 15 is fifteen days after.
    pub days_from_due: i32,
    /// A resident may opt out of it. The notices that the law wants before heat is limited may not be declined.
    pub may_opt_out: bool,
}

/// When residents are not disturbed, in civil time; may pass midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuietHours {
    /// The first quiet minute.
    pub from: Time,
    /// The first minute that is not quiet any more.
    pub until: Time,
}

/// How reminders go out in waves, so that our own reminders do not break us: 20 % open theirs within ten minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waves {
    /// How many go out together.
    pub size: u32,
    /// From one wave to the next.
    pub interval_s: u32,
}

/// The company's plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReminderPlan {
    /// The stages.
    pub stages: Vec<ReminderStage>,
    /// When residents are not disturbed.
    pub quiet_hours: QuietHours,
    /// How the load is spread.
    pub waves: Waves,
}

impl ReminderPlan {
    /// The stage of a name.
    pub fn stage(&self, name: &str) -> Option<&ReminderStage> {
        self.stages.iter().find(|stage| stage.name == name)
    }

    /// The stage due for a bill today: the last one whose day has come, however late we look, unless it was `reached`.
    /// A stage that was missed is not made up for: a resident gets one reminder, the one that fits the day. Nobody is
    /// reminded while he is paying.
    pub fn stage_due(&self, bill: &Bill, today: Date, reached: &[String]) -> Option<&ReminderStage> {
        let (stage, _) = self.days(bill).into_iter().rfind(|(_, day)| *day <= today)?;
        let wanted = is_owed(bill) && bill.open_payment.is_none() && !reached.contains(&stage.name);
        wanted.then_some(stage)
    }

    /// The day to look at a bill again: today where a stage is due, or would be if the open payment came to nothing, else
    /// the day of the next one.
    pub fn next_look(&self, bill: &Bill, today: Date, reached: &[String]) -> Option<Date> {
        let current = self.days(bill).into_iter().rfind(|(_, day)| *day <= today);
        match current {
            Some((stage, _)) if is_owed(bill) && !reached.contains(&stage.name) => Some(today),
            Some(_) | None => self.next_stage(bill, today).map(|(_, day)| day),
        }
    }

    /// The first stage of a bill after a day, and when; nothing for a bill that is not owed.
    pub fn next_stage(&self, bill: &Bill, after: Date) -> Option<(&ReminderStage, Date)> {
        if !is_owed(bill) {
            return None;
        }
        self.days(bill).into_iter().find(|(_, day)| *day > after)
    }

    /// The stages with their days for a bill, in order of days.
    fn days(&self, bill: &Bill) -> Vec<(&ReminderStage, Date)> {
        let day = |stage: &ReminderStage| {
            Span::new().try_days(stage.days_from_due).ok().and_then(|days| bill.due_on.checked_add(days).ok())
        };
        let mut days: Vec<_> = self.stages.iter().filter_map(|stage| Some((stage, day(stage)?))).collect();
        days.sort_by_key(|(_, day)| *day);
        days
    }
}

fn is_owed(bill: &Bill) -> bool {
    bill.status == BillStatus::Issued && bill.open_principal().is_positive()
}

impl QuietHours {
    /// Residents are not disturbed at that time.
    pub fn cover(&self, at: Time) -> bool {
        if self.from <= self.until { self.from <= at && at < self.until } else { at >= self.from || at < self.until }
    }

    /// The first moment from `at` on that is not quiet, in the same civil time.
    pub fn next_allowed(&self, at: DateTime) -> DateTime {
        if !self.cover(at.time()) {
            return at;
        }
        let end = at.date().to_datetime(self.until);
        if at < end { end } else { end.saturating_add(1.day()) }
    }
}

impl Waves {
    /// How long the n-th message, from 0, waits.
    pub fn delay_s(&self, nth: u32) -> u64 {
        u64::from(nth / self.size.max(1)) * u64::from(self.interval_s)
    }
}
