use crate::given::{bill, discount_until, late_fee_from};
use heatpay_domain::{
    Fen,
    bill::{AmountDue, Bill, BillStatus, amount_due, discount, late_fee},
};
use jiff::{ToSpan, civil::date};
use proptest::prelude::*;

/// 2,238.00 due on 2026-12-31, 1 ‰ a day from the day after, at most 20 %.
fn late_bill() -> Bill {
    Bill { late_fee: late_fee_from(date(2027, 1, 1)), ..bill(2026, 223_800) }
}

#[test]
fn on_the_last_day_to_pay_nothing_is_added() {
    assert_eq!(late_fee(&late_bill(), date(2026, 12, 31)), Fen::ZERO);
    assert!(!late_bill().is_overdue(date(2026, 12, 31)));
}

#[test]
fn the_first_day_after_it_costs_one_per_mille_rounded_half_up() {
    // 223800 fen × 1 ‰ = 223.8 fen
    assert_eq!(late_fee(&late_bill(), date(2027, 1, 1)), Fen(224));
    assert!(late_bill().is_overdue(date(2027, 1, 1)));
}

#[test]
fn ten_days_late_are_rounded_once_not_ten_times() {
    assert_eq!(late_fee(&late_bill(), date(2027, 1, 10)), Fen(2238));
}

#[test]
fn the_late_fee_stops_at_its_cap() {
    assert_eq!(late_fee(&late_bill(), date(2027, 7, 19)), Fen(44_760), "the 200th day");
    assert_eq!(late_fee(&late_bill(), date(2035, 1, 1)), Fen(44_760));
}

#[test]
fn the_late_fee_stops_when_the_heat_is_cut() {
    let mut cut = late_bill();
    cut.late_fee.as_mut().unwrap().stopped_on = Some(date(2027, 1, 5));
    assert_eq!(late_fee(&cut, date(2027, 1, 5)), Fen(1119));
    assert_eq!(late_fee(&cut, date(2027, 3, 1)), Fen(1119));
}

#[test]
fn only_what_is_still_open_costs() {
    let half_paid = Bill { paid: Fen(111_900), paid_late_fee: Fen(500), ..late_bill() };
    assert_eq!(late_fee(&half_paid, date(2027, 1, 10)), Fen(1119));
    for status in [BillStatus::Draft, BillStatus::Paid, BillStatus::Void] {
        let not_owed = Bill { status, ..late_bill() };
        assert_eq!(amount_due(&not_owed, date(2027, 1, 10)), AmountDue::default(), "{status:?}");
    }
}

#[test]
fn paying_early_is_cheaper_until_the_window_closes() {
    let early = Bill { discount: discount_until(date(2026, 11, 4)), ..bill(2026, 223_850) };
    // 1 % of 2238.50 is 22.385
    assert_eq!(discount(&early, date(2026, 11, 4)), Fen(2239));
    assert_eq!(discount(&early, date(2026, 11, 5)), Fen::ZERO);
    assert_eq!(amount_due(&early, date(2026, 11, 4)).total, Fen(221_611));
}

proptest! {
    #[test]
    fn asking_later_never_costs_less_and_asking_again_costs_the_same(
        fen in 1..=Fen::BILL_LIMIT.0, ppm in 0_u32..2_000_000, cap in prop::option::of(0_u32..3_000_000),
        day in 0_i64..40_000, later in 0_i64..40_000,
    ) {
        let mut asked = late_bill();
        asked.total = Fen(fen);
        let rule = asked.late_fee.as_mut().unwrap();
        (rule.daily_ppm, rule.cap_ppm) = (ppm, cap);
        let on = date(2026, 1, 1).saturating_add(day.days());
        let fee = late_fee(&asked, on);
        prop_assert!(fee <= late_fee(&asked, on.saturating_add(later.days())));
        prop_assert_eq!(fee, late_fee(&asked, on));
        let due = amount_due(&asked, on);
        prop_assert_eq!(due.principal.0 + due.late_fee.0 - due.discount.0, due.total.0);
    }
}
