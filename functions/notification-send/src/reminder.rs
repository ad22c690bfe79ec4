//! Whether a reminder is still true when it is about to go out, and its figures.

use heatpay_domain::{
    BillNo, Fen,
    bill::{Bill, amount_due},
    notification::Notification,
    reminder::ReminderPlan,
};
use heatpay_store::households::Home;
use jiff::civil::Date;
use std::collections::BTreeMap;

/// How it stands with what a reminder is about.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Owed: the figures of the text.
    Owed(BTreeMap<String, String>),
    /// Somebody is paying right now.
    Paying,
    /// There is nothing to remind of any more.
    Over(&'static str),
}

pub(crate) fn standing(
    plan: &ReminderPlan,
    notification: &Notification,
    bill_no: &BillNo,
    stage: &str,
    home: &Home,
    today: Date,
) -> Standing {
    if home.household.reminders_off && notification.may_opt_out {
        return Standing::Over("declined");
    }
    of_bills(plan, &named(notification, bill_no, &home.bills), stage, today)
}

/// The bills that the notification is about.
fn named<'a>(notification: &Notification, bill_no: &BillNo, bills: &'a [Bill]) -> Vec<&'a Bill> {
    let named = notification.values.get("bills").map_or(bill_no.as_str(), String::as_str);
    let named: Vec<&str> = named.split(',').collect();
    bills.iter().filter(|bill| named.contains(&bill.bill_no.as_str())).collect()
}

fn of_bills(plan: &ReminderPlan, bills: &[&Bill], stage: &str, today: Date) -> Standing {
    let owed: Vec<&Bill> = bills.iter().copied().filter(|bill| bill.open_principal().is_positive()).collect();
    let Some(due_on) = owed.iter().map(|bill| bill.due_on).min() else {
        return Standing::Over("paid meanwhile");
    };
    if owed.iter().any(|bill| bill.open_payment.is_some()) {
        return Standing::Paying;
    }
    let is_current = |bill: &&Bill| plan.stage_due(bill, today, &[]).is_some_and(|due| due.name == stage);
    if !owed.iter().any(is_current) {
        return Standing::Over("another stage has come");
    }
    let Some(amount) = Fen::sum(owed.iter().map(|bill| amount_due(bill, today).total)) else {
        return Standing::Over("the amounts do not add up");
    };
    Standing::Owed(BTreeMap::from([
        ("account_no".to_owned(), owed[0].account_no.to_string()),
        ("amount".to_owned(), amount.yuan()),
        ("season".to_owned(), seasons(owed.iter().map(|bill| bill.season.to_string()))),
        ("due_on".to_owned(), due_on.to_string()),
    ]))
}

/// `2026-2027`; of two both, of more how many: providers cut long values.
pub(crate) fn seasons(seasons: impl Iterator<Item = String>) -> String {
    let mut seasons: Vec<String> = seasons.collect();
    seasons.dedup();
    match seasons.as_slice() {
        [_, _, _, ..] => format!("{}个采暖季", seasons.len()),
        few => few.join("、"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{bill, plan};
    use heatpay_domain::{PaymentNo, bill::BillStatus};
    use jiff::civil::date;

    const TODAY: Date = date(2026, 11, 18);

    fn of(bills: &[Bill]) -> Standing {
        of_bills(&plan(), &bills.iter().collect::<Vec<_>>(), "overdue", TODAY)
    }

    #[test]
    fn a_household_with_two_overdue_bills_is_told_their_total_and_the_older_date() {
        let Standing::Owed(figures) = of(&[bill(2025, date(2026, 11, 14)), bill(2026, date(2026, 11, 15))]) else {
            panic!("not owed")
        };
        assert_eq!(figures["amount"], "200.00");
        assert_eq!(figures["due_on"], "2026-11-14");
        assert_eq!(figures["season"], "2025-2026、2026-2027");
    }

    #[test]
    fn of_two_bills_one_paid_meanwhile_the_other_is_reminded_of() {
        let paid = Bill { status: BillStatus::Paid, ..bill(2025, date(2026, 11, 14)) };
        let Standing::Owed(figures) = of(&[paid.clone(), bill(2026, date(2026, 11, 15))]) else { panic!("not owed") };
        assert_eq!(figures["amount"], "100.00");
        assert_eq!(of(&[paid]), Standing::Over("paid meanwhile"));
    }

    #[test]
    fn nobody_is_reminded_while_he_is_paying() {
        let paying = Bill { open_payment: PaymentNo::parse("P0000001").ok(), ..bill(2026, date(2026, 11, 15)) };
        assert_eq!(of(&[paying]), Standing::Paying);
    }

    #[test]
    fn a_reminder_held_up_until_another_stage_has_come_is_not_sent() {
        let bills = [bill(2026, date(2026, 11, 1))];
        assert_eq!(of(&bills), Standing::Over("another stage has come"));
    }

    #[test]
    fn more_than_two_seasons_are_counted() {
        assert_eq!(seasons(["a", "a", "b", "c"].map(str::to_owned).into_iter()), "3个采暖季");
    }
}
