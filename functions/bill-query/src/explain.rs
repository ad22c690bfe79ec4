//! Late fee and discount in one sentence each, so that a resident can check them.

use heatpay_domain::{
    Fen,
    bill::{Bill, discount, late_fee},
    calendar::days_inclusive,
};
use jiff::civil::Date;
use serde::Serialize;

/// 违约金 as of today.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct LateFee {
    /// The first day that costs.
    #[schema(value_type = String, format = Date, example = "2027-01-01")]
    from: Date,
    /// Days that cost, up to and with today.
    #[schema(example = 9)]
    days: u32,
    /// Of the open principal, in millionths a day: 1 ‰ is 1000.
    #[schema(example = 1000)]
    daily_ppm: u32,
    /// The amount as of today, in fen.
    #[schema(example = 2014)]
    amount_fen: i64,
    /// How it comes about.
    #[schema(example = "自 2027-01-01 起 9 天:2,238.00 元 × 1‰ × 9 天 = 20.14 元,四舍五入到分")]
    explanation: String,
}

/// The early-payment discount as of today.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Discount {
    /// The last day it is given.
    #[schema(value_type = String, format = Date, example = "2026-10-31")]
    until: Date,
    /// Of the open principal, in millionths: 1 % is 10,000.
    #[schema(example = 20_000)]
    ppm: u32,
    /// The amount as of today, in fen.
    #[schema(example = 4476)]
    amount_fen: i64,
    /// How it comes about.
    #[schema(example = "2026-10-31 前缴费优惠 2%:2,238.00 元 × 2% = 44.76 元,四舍五入到分")]
    explanation: String,
}

/// The late fee of a bill, where its tariff has one and the bill is owed.
pub(crate) fn explain_late_fee(bill: &Bill, today: Date) -> Option<LateFee> {
    let rule = bill.late_fee.as_ref()?;
    let open = bill.open_principal();
    if !open.is_positive() {
        return None;
    }
    let last = rule.stopped_on.map_or(today, |stopped| today.min(stopped));
    let days = days_inclusive(rule.from, last);
    let amount = late_fee(bill, today);
    let share = permille(rule.daily_ppm);
    let explanation = if days == 0 {
        format!("{} 及以后未缴的部分,每天按 {share} 计收违约金", rule.from)
    } else {
        let uncapped = open.ppm(u64::from(rule.daily_ppm) * u64::from(days));
        let sum = format!("{} 元 × {share} × {days} 天", open.yuan_grouped());
        let sum = match rule.cap_ppm {
            Some(cap) if uncapped.is_none_or(|uncapped| uncapped > amount) => {
                format!("{sum},以本金的 {} 为限,即 {} 元", percent(cap), amount.yuan_grouped())
            }
            Some(_) | None => format!("{sum} = {} 元,四舍五入到分", amount.yuan_grouped()),
        };
        let stopped = rule.stopped_on.filter(|stopped| *stopped < today);
        let stopped = stopped.map(|day| format!("({day} 停热后不再计收)")).unwrap_or_default();
        format!("自 {} 起 {days} 天{stopped}:{sum}", rule.from)
    };
    Some(LateFee { from: rule.from, days, daily_ppm: rule.daily_ppm, amount_fen: amount.0, explanation })
}

/// The discount of a bill, where its tariff has one and the bill is owed.
pub(crate) fn explain_discount(bill: &Bill, today: Date) -> Option<Discount> {
    let rule = bill.discount.as_ref()?;
    let open = bill.open_principal();
    if !open.is_positive() {
        return None;
    }
    let Fen(amount_fen) = discount(bill, today);
    let (until, share) = (rule.until, percent(rule.ppm));
    let explanation = if today > until {
        format!("{until} 前缴费优惠 {share},已过期")
    } else {
        let (open, amount) = (open.yuan_grouped(), Fen(amount_fen).yuan_grouped());
        format!("{until} 前(含当日)缴费优惠 {share}:{open} 元 × {share} = {amount} 元,四舍五入到分")
    };
    Some(Discount { until, ppm: rule.ppm, amount_fen, explanation })
}

/// Millionths in ‰: 500 is `0.5‰`.
fn permille(ppm: u32) -> String {
    format!("{}‰", decimal(ppm, 1000, 3))
}

/// Millionths in %: 20,000 is `2%`.
fn percent(ppm: u32) -> String {
    format!("{}%", decimal(ppm, 10_000, 4))
}

/// `units ÷ whole` without needless noughts; `places` are the decimals that `whole` has.
fn decimal(units: u32, whole: u32, places: usize) -> String {
    let decimals = format!("{:0places$}", units % whole);
    match decimals.trim_end_matches('0') {
        "" => (units / whole).to_string(),
        decimals => format!("{}.{decimals}", units / whole),
    }
}

#[cfg(test)]
mod tests {
    use super::{explain_discount, explain_late_fee, percent, permille};
    use crate::due::tests::bill;
    use heatpay_domain::bill::{Bill, EarlyDiscount, LateFeeRule};
    use jiff::civil::date;

    fn owed() -> Bill {
        bill(2026, 223_800, date(2026, 12, 31))
    }

    fn late(rule: impl FnOnce(&mut LateFeeRule)) -> Bill {
        let mut bill = owed();
        rule(bill.late_fee.as_mut().unwrap());
        bill
    }

    #[test]
    fn nine_days_late_at_one_per_mille_are_20_14() {
        let fee = explain_late_fee(&owed(), date(2027, 1, 9)).unwrap();
        assert_eq!((fee.days, fee.amount_fen), (9, 2014));
        assert_eq!(fee.explanation, "自 2027-01-01 起 9 天:2,238.00 元 × 1‰ × 9 天 = 20.14 元,四舍五入到分");
    }

    #[test]
    fn before_the_first_day_the_resident_reads_what_will_come() {
        let fee = explain_late_fee(&owed(), date(2026, 12, 31)).unwrap();
        assert_eq!((fee.days, fee.amount_fen), (0, 0));
        assert_eq!(fee.explanation, "2027-01-01 及以后未缴的部分,每天按 1‰ 计收违约金");
    }

    #[test]
    fn a_cap_that_holds_is_named() {
        let bill = late(|rule| rule.cap_ppm = Some(5000));
        let fee = explain_late_fee(&bill, date(2027, 1, 9)).unwrap();
        assert_eq!(fee.amount_fen, 1119);
        assert!(fee.explanation.ends_with("以本金的 0.5% 为限,即 11.19 元"), "{}", fee.explanation);
    }

    #[test]
    fn after_the_heat_was_cut_no_day_is_added() {
        let bill = late(|rule| rule.stopped_on = Some(date(2027, 1, 4)));
        let fee = explain_late_fee(&bill, date(2027, 1, 9)).unwrap();
        assert_eq!((fee.days, fee.amount_fen), (4, 895));
        assert!(fee.explanation.contains("(2027-01-04 停热后不再计收)"), "{}", fee.explanation);
    }

    #[test]
    fn an_early_payer_reads_what_he_saves_and_a_late_one_what_he_missed() {
        let discount = Some(EarlyDiscount { until: date(2026, 10, 31), ppm: 20_000 });
        let bill = Bill { discount, ..owed() };
        let early = explain_discount(&bill, date(2026, 10, 31)).unwrap();
        assert_eq!(early.amount_fen, 4476);
        let late = explain_discount(&bill, date(2026, 11, 1)).unwrap();
        assert_eq!((late.amount_fen, late.explanation.as_str()), (0, "2026-10-31 前缴费优惠 2%,已过期"));
    }

    #[test]
    fn shares_are_written_without_needless_noughts() {
        assert_eq!((permille(500), permille(1000), permille(333)), ("0.5‰".into(), "1‰".into(), "0.333‰".into()));
        assert_eq!((percent(20_000), percent(15_500)), ("2%".into(), "1.55%".into()));
    }
}
