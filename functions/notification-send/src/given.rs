//! What the tests start from.

use heatpay_domain::{
    AccountNo, BillNo, Fen, Season,
    bill::{Bill, BillKind, BillStatus},
    household::UseCategory,
    reminder::{QuietHours, ReminderPlan, ReminderStage, Waves},
};
use jiff::civil::{Date, date, time};

/// A bill of 100.00 yuan.
pub(crate) fn bill(season: i16, due_on: Date) -> Bill {
    let account_no = AccountNo::parse("1000000001").unwrap();
    Bill {
        bill_no: BillNo::of(Season(season), BillKind::Season, &account_no),
        account_no,
        season: Season(season),
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

/// Three days overdue, and fifteen.
pub(crate) fn plan() -> ReminderPlan {
    let stage =
        |name: &str, days_from_due, may_opt_out| ReminderStage { name: name.to_owned(), days_from_due, may_opt_out };
    ReminderPlan {
        stages: vec![stage("overdue", 3, true), stage("overdue_notice", 15, false)],
        quiet_hours: QuietHours { from: time(21, 0, 0, 0), until: time(8, 0, 0, 0) },
        waves: Waves { size: 50, interval_s: 20 },
    }
}
