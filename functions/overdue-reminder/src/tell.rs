//! The notifications of a stage: one a bill, so that each bill reaches each stage once; the first of them carries the message
//! for all, the others refer to it.

use heatpay_domain::{
    AccountNo, BillNo, NotificationNo,
    notification::{Notification, NotificationKind, NotificationStatus},
    reminder::ReminderStage,
};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What a household is told at one stage.
pub(crate) struct Telling<'a> {
    pub(crate) account_no: &'a AccountNo,
    pub(crate) stage: &'a ReminderStage,
    /// The household wants no reminders that it may decline.
    pub(crate) declined: bool,
    pub(crate) now: Timestamp,
    pub(crate) send_at: Timestamp,
}

impl Telling<'_> {
    /// One notification for each of the household's bills at this stage, in their order.
    pub(crate) fn of_bills(&self, bill_nos: &[&BillNo]) -> Vec<Notification> {
        let numbers = bill_nos.iter().map(|bill_no| self.kind(bill_no).number(None));
        let numbers: Vec<NotificationNo> = numbers.collect();
        let all: Vec<&str> = bill_nos.iter().map(|bill_no| bill_no.as_str()).collect();
        let bills = BTreeMap::from([("bills".to_owned(), all.join(","))]);
        let records = bill_nos.iter().zip(&numbers).enumerate().map(|(at, (bill_no, number))| {
            let told_with = (at > 0).then(|| format!("told with {}", numbers[0]));
            let skipped = if self.is_declined() { Some("declined".to_owned()) } else { told_with };
            Notification {
                notification_no: number.clone(),
                kind: self.kind(bill_no),
                account_no: self.account_no.clone(),
                resident_id: None,
                openid: None,
                values: if at == 0 { bills.clone() } else { BTreeMap::new() },
                may_opt_out: self.stage.may_opt_out,
                status: if skipped.is_some() { NotificationStatus::Skipped } else { NotificationStatus::Queued },
                send_at: self.send_at,
                created_at: self.now,
                attempts: 0,
                route: None,
                provider_no: None,
                error: skipped,
                version: 1,
            }
        });
        records.collect()
    }

    fn is_declined(&self) -> bool {
        self.declined && self.stage.may_opt_out
    }

    fn kind(&self, bill_no: &BillNo) -> NotificationKind {
        NotificationKind::Reminder { bill_no: bill_no.clone(), stage: self.stage.name.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{account_no, bill_no, stage};

    fn told(stage: &ReminderStage, declined: bool) -> Vec<Notification> {
        let now = Timestamp::UNIX_EPOCH;
        let telling = Telling { account_no: &account_no(), stage, declined, now, send_at: now };
        telling.of_bills(&[&bill_no(2025), &bill_no(2026)])
    }

    #[test]
    fn several_bills_at_one_stage_are_one_message_that_names_them_all() {
        let told = told(&stage("overdue", 3, true), false);
        assert_eq!(told[0].status, NotificationStatus::Queued);
        assert_eq!(told[0].values["bills"], "B2025S1000000001,B2026S1000000001");
        assert_eq!(told[1].status, NotificationStatus::Skipped);
        assert_eq!(told[1].error.as_deref(), Some(format!("told with {}", told[0].notification_no).as_str()));
        assert_ne!(told[0].notification_no, told[1].notification_no, "each bill reaches each stage once");
    }

    #[test]
    fn a_household_that_declined_reminders_gets_none_and_its_stages_pass_all_the_same() {
        let told = told(&stage("overdue", 3, true), true);
        assert!(told.iter().all(|one| one.status == NotificationStatus::Skipped));
        assert!(told.iter().all(|one| one.error.as_deref() == Some("declined")));
    }

    #[test]
    fn the_notice_before_heat_is_limited_reaches_who_declined_reminders() {
        assert_eq!(told(&stage("overdue_notice", 15, false), true)[0].status, NotificationStatus::Queued);
    }
}
