//! What the tests start from.

use heatpay_domain::{
    AccountNo, BillNo, Fen, Season,
    bill::{Bill, BillKind, BillStatus},
    household::UseCategory,
    reminder::{QuietHours, ReminderPlan, ReminderStage, Waves},
};
use jiff::civil::{Date, date, time};

pub(crate) fn account_no() -> AccountNo {
    AccountNo::parse("1000000001").unwrap()
}

pub(crate) fn bill_no(season: i16) -> BillNo {
    BillNo::of(Season(season), BillKind::Season, &account_no())
}

/// A bill of 100.00 yuan.
pub(crate) fn bill(due_on: Date) -> Bill {
    Bill {
        bill_no: bill_no(2026),
        account_no: account_no(),
        season: Season(2026),
        kind: BillKind::Season,
        use_category: UseCategory::Residential,
        status: BillStatus::Issued,
        lines: Vec::new(),
        total: Fen(10_000),
        subsidy: Fen::ZERO,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on: date(2026, 9, 1),
        due_on,
        late_fee: None,
        discount: None,
        open_payment: None,
        version: 1,
    }
}

pub(crate) fn stage(name: &str, days_from_due: i32, may_opt_out: bool) -> ReminderStage {
    ReminderStage { name: name.to_owned(), days_from_due, may_opt_out }
}

pub(crate) fn plan() -> ReminderPlan {
    ReminderPlan {
        stages: vec![stage("due_soon", -7, true), stage("overdue", 3, true), stage("overdue_notice", 15, false)],
        quiet_hours: QuietHours { from: time(21, 0, 0, 0), until: time(8, 0, 0, 0) },
        waves: Waves { size: 50, interval_s: 20 },
    }
}
