//! What is due today, of one bill or of all.

use heatpay_domain::{
    Fen,
    bill::{AmountDue, Bill, BillKind, BillStatus, amount_due},
    calendar::days_inclusive,
};
use jiff::civil::Date;
use serde::Serialize;

/// What is asked for today.
#[derive(Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Due {
    /// `principal + late fee − discount`, in fen.
    #[schema(example = 223_800)]
    pub(crate) total_fen: i64,
    /// Principal not yet paid, in fen.
    #[schema(example = 223_800)]
    pub(crate) principal_fen: i64,
    /// 违约金 up to and with today, in fen.
    pub(crate) late_fee_fen: i64,
    /// Early-payment discount of today, in fen.
    pub(crate) discount_fen: i64,
    /// The last day to pay; of several bills the earliest. None where nothing is owed.
    #[schema(value_type = Option<String>, format = Date, example = "2026-12-31")]
    pub(crate) last_day: Option<Date>,
    /// Days until then: 0 on the last day, negative after it. None where nothing is owed.
    #[schema(example = 36)]
    pub(crate) days_left: Option<i64>,
    /// The last day has passed.
    pub(crate) overdue: bool,
}

/// A bill in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct BillRow {
    /// Its number.
    #[schema(example = "B2026S1000000001")]
    pub(crate) bill_no: String,
    /// Its season.
    #[schema(example = "2026-2027")]
    pub(crate) season: String,
    /// `season`, or `prior_arrears` (陈欠).
    #[schema(schema_with = heatpay_runtime::described::bill_kind)]
    pub(crate) kind: BillKind,
    /// `issued` (owed), `paid` or `void`.
    #[schema(schema_with = heatpay_runtime::described::bill_status)]
    pub(crate) status: BillStatus,
    /// Its sum before late fee and discount, in fen.
    #[schema(example = 223_800)]
    pub(crate) total_fen: i64,
    /// What a second payer bears on top, in fen; not asked of the resident.
    pub(crate) subsidy_fen: i64,
    /// Principal already paid, in fen.
    pub(crate) paid_fen: i64,
    /// Late fee already paid, in fen.
    pub(crate) paid_late_fee_fen: i64,
    /// The day it was issued.
    #[schema(value_type = String, format = Date, example = "2026-10-15")]
    pub(crate) issued_on: Date,
    /// The last day to pay.
    #[schema(value_type = String, format = Date, example = "2026-12-31")]
    pub(crate) due_on: Date,
    /// What it asks for today.
    pub(crate) due: Due,
    /// The open payment that holds it: pay or cancel that one.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    pub(crate) open_payment: Option<String>,
}

impl Due {
    /// What all these bills ask for today.
    pub(crate) fn of<'a>(bills: impl IntoIterator<Item = &'a Bill>, today: Date) -> Self {
        let mut due = AmountDue::default();
        let mut last_day: Option<Date> = None;
        for bill in bills.into_iter().filter(|bill| bill.open_principal().is_positive()) {
            let asked = amount_due(bill, today);
            due.principal = plus(due.principal, asked.principal);
            due.late_fee = plus(due.late_fee, asked.late_fee);
            due.discount = plus(due.discount, asked.discount);
            due.total = plus(due.total, asked.total);
            last_day = Some(last_day.map_or(bill.due_on, |day| day.min(bill.due_on)));
        }
        Self {
            total_fen: due.total.0,
            principal_fen: due.principal.0,
            late_fee_fen: due.late_fee.0,
            discount_fen: due.discount.0,
            last_day,
            days_left: last_day.map(|day| days_from(today, day)),
            overdue: last_day.is_some_and(|day| day < today),
        }
    }
}

impl BillRow {
    pub(crate) fn of(bill: &Bill, today: Date) -> Self {
        Self {
            bill_no: bill.bill_no.to_string(),
            season: bill.season.to_string(),
            kind: bill.kind,
            status: bill.status,
            total_fen: bill.total.0,
            subsidy_fen: bill.subsidy.0,
            paid_fen: bill.paid.0,
            paid_late_fee_fen: bill.paid_late_fee.0,
            issued_on: bill.issued_on,
            due_on: bill.due_on,
            due: Due::of([bill], today),
            open_payment: bill.open_payment.as_ref().map(ToString::to_string),
        }
    }
}

/// A sum for showing: a payment's own sum is checked where it is made.
fn plus(a: Fen, b: Fen) -> Fen {
    Fen(a.0.saturating_add(b.0))
}

/// Days from one day to another: 0 for the same, negative for an earlier one.
fn days_from(from: Date, to: Date) -> i64 {
    if to < from { 1 - i64::from(days_inclusive(to, from)) } else { i64::from(days_inclusive(from, to)) - 1 }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::{Due, days_from};
    use heatpay_domain::{
        AccountNo, BillNo, Fen, Season,
        bill::{Bill, BillKind, BillStatus, LateFeeRule},
        household::UseCategory,
    };
    use jiff::civil::{Date, date};

    pub(crate) fn bill(season: i16, total: i64, due_on: Date) -> Bill {
        let account_no = AccountNo::parse("1000000001").unwrap();
        Bill {
            bill_no: BillNo::of(Season(season), BillKind::Season, &account_no),
            account_no,
            season: Season(season),
            kind: BillKind::Season,
            use_category: UseCategory::Residential,
            status: BillStatus::Issued,
            lines: Vec::new(),
            total: Fen(total),
            subsidy: Fen::ZERO,
            paid: Fen::ZERO,
            paid_late_fee: Fen::ZERO,
            issued_on: date(2026, 10, 15),
            due_on,
            late_fee: Some(LateFeeRule {
                from: due_on.tomorrow().unwrap(),
                daily_ppm: 1000,
                cap_ppm: None,
                stopped_on: None,
            }),
            discount: None,
            open_payment: None,
            version: 1,
        }
    }

    #[test]
    fn on_the_last_day_no_day_is_left_and_nothing_is_overdue() {
        let due = Due::of(&[bill(2026, 223_800, date(2026, 12, 31))], date(2026, 12, 31));
        assert_eq!((due.total_fen, due.days_left, due.overdue), (223_800, Some(0), false));
    }

    #[test]
    fn the_day_after_it_is_overdue_and_bears_a_days_late_fee() {
        let due = Due::of(&[bill(2026, 223_800, date(2026, 12, 31))], date(2027, 1, 1));
        assert_eq!((due.total_fen, due.late_fee_fen, due.days_left), (224_024, 224, Some(-1)));
        assert!(due.overdue);
    }

    #[test]
    fn of_two_seasons_the_earlier_last_day_counts() {
        let bills = [bill(2026, 100, date(2026, 12, 31)), bill(2025, 100, date(2025, 12, 31))];
        let due = Due::of(&bills, date(2025, 12, 30));
        assert_eq!((due.total_fen, due.last_day), (200, Some(date(2025, 12, 31))));
    }

    #[test]
    fn who_owes_nothing_has_no_last_day() {
        let paid = Bill { status: BillStatus::Paid, paid: Fen(100), ..bill(2026, 100, date(2026, 12, 31)) };
        assert_eq!(Due::of(&[paid], date(2027, 3, 1)), Due::default());
    }

    #[test]
    fn days_are_counted_over_the_end_of_a_year() {
        assert_eq!(days_from(date(2026, 12, 30), date(2027, 1, 2)), 3);
        assert_eq!(days_from(date(2027, 1, 2), date(2026, 12, 30)), -3);
    }
}
