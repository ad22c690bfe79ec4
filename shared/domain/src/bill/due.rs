use super::{Bill, BillStatus};
use crate::{Fen, calendar::days_inclusive};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What is asked for a bill on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmountDue {
    /// Principal not yet paid.
    pub principal: Fen,
    /// Late fee up to and with that day.
    pub late_fee: Fen,
    /// Early-payment discount on that day.
    pub discount: Fen,
    /// `principal + late_fee − discount`.
    pub total: Fen,
}

impl Bill {
    /// Principal not yet paid; nothing where the bill is not owed.
    pub fn open_principal(&self) -> Fen {
        match self.status {
            BillStatus::Issued => self.total.less(self.paid),
            BillStatus::Draft | BillStatus::Paid | BillStatus::Void => Fen::ZERO,
        }
    }

    /// Something is owed and its last day has passed.
    pub fn is_overdue(&self, on: Date) -> bool {
        self.open_principal().is_positive() && on > self.due_on
    }
}

/// 违约金: the late fee on the open principal for every day from the first that costs to `on`, both included, rounded once,
/// half up. It follows from the dates alone, so asking twice, or every night, changes nothing. Principal that was paid took
/// its own late fee along, hence `paid_late_fee` does not enter. At most the rule's cap, and never more than
/// [`Fen::BILL_LIMIT`].
pub fn late_fee(bill: &Bill, on: Date) -> Fen {
    let Some(rule) = &bill.late_fee else {
        return Fen::ZERO;
    };
    let open = bill.open_principal();
    let last = rule.stopped_on.map_or(on, |stopped| on.min(stopped));
    let ppm = u64::from(rule.daily_ppm) * u64::from(days_inclusive(rule.from, last));
    let cap = rule.cap_ppm.and_then(|cap| open.ppm(u64::from(cap))).unwrap_or(Fen::BILL_LIMIT).min(Fen::BILL_LIMIT);
    open.ppm(ppm).unwrap_or(cap).min(cap)
}

/// The early-payment discount on the open principal while its window is open, rounded once, half up.
pub fn discount(bill: &Bill, on: Date) -> Fen {
    let open = bill.open_principal();
    match &bill.discount {
        Some(rule) if on <= rule.until => open.ppm(u64::from(rule.ppm)).unwrap_or(open).min(open),
        Some(_) | None => Fen::ZERO,
    }
}

/// What is asked for a bill on a day; nothing where it is not owed.
pub fn amount_due(bill: &Bill, on: Date) -> AmountDue {
    let principal = bill.open_principal();
    let late_fee = late_fee(bill, on);
    let discount = discount(bill, on);
    AmountDue { principal, late_fee, discount, total: Fen(principal.0.saturating_add(late_fee.0)).less(discount) }
}
