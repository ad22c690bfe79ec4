//! What is to be done today for a bill that the index says is due.

use heatpay_domain::{
    bill::Bill,
    reminder::{ReminderPlan, ReminderStage},
};
use jiff::civil::Date;

/// What is to be done for a bill.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Look<'a> {
    /// It reached a stage, and is looked at again on `next`, or never.
    Reached { stage: &'a ReminderStage, next: Option<Date> },
    /// No stage is due: it is looked at again on that day, or never.
    PutOff(Option<Date>),
    /// It is being paid: the next run looks again.
    Leave,
}

/// Of several stages whose day has passed only the last one is reached: nobody gets three reminders at once.
pub(crate) fn look<'a>(plan: &'a ReminderPlan, bill: &Bill, today: Date) -> Look<'a> {
    match plan.stage_due(bill, today, &[]) {
        Some(stage) => Look::Reached { stage, next: plan.next_look(bill, today, std::slice::from_ref(&stage.name)) },
        None => match plan.next_look(bill, today, &[]) {
            Some(day) if day <= today => Look::Leave,
            next => Look::PutOff(next),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::{bill, plan};
    use heatpay_domain::{PaymentNo, bill::BillStatus};
    use jiff::civil::date;

    const DUE_ON: Date = date(2026, 11, 15);

    fn reached(today: Date) -> Option<(String, Option<Date>)> {
        match look(&plan(), &bill(DUE_ON), today) {
            Look::Reached { stage, next } => Some((stage.name.clone(), next)),
            Look::PutOff(_) | Look::Leave => None,
        }
    }

    #[test]
    fn a_bill_reaches_a_stage_and_waits_for_the_next_one() {
        let next = Some(date(2026, 11, 18));
        assert_eq!(reached(date(2026, 11, 8)), Some(("due_soon".to_owned(), next)));
    }

    #[test]
    fn a_bill_looked_at_late_reaches_the_last_stage_alone_and_is_never_looked_at_again() {
        assert_eq!(reached(date(2027, 1, 1)), Some(("overdue_notice".to_owned(), None)));
    }

    #[test]
    fn a_bill_that_came_too_early_is_put_off_to_its_first_stage() {
        assert_eq!(look(&plan(), &bill(DUE_ON), date(2026, 10, 1)), Look::PutOff(Some(date(2026, 11, 8))));
    }

    #[test]
    fn nobody_is_reminded_while_he_is_paying_but_the_next_run_looks_again() {
        let paying = Bill { open_payment: PaymentNo::parse("P0000001").ok(), ..bill(DUE_ON) };
        assert_eq!(look(&plan(), &paying, date(2026, 11, 8)), Look::Leave);
    }

    #[test]
    fn a_bill_that_is_not_owed_leaves_the_index() {
        let paid = Bill { status: BillStatus::Paid, ..bill(DUE_ON) };
        assert_eq!(look(&plan(), &paid, date(2026, 11, 8)), Look::PutOff(None));
    }
}
