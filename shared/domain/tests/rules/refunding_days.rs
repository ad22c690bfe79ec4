//! Amounts that follow from days: Harbin's bands for cold rooms, the standby share for days without heat.

use crate::given::{household, percent, tariff};
use heatpay_domain::{
    Fen, Season,
    bill::{Bill, BillKind, BillLine},
    household::{Household, SupplyStatus},
    measure::Celsius,
    refund::{CannotCompute, MeasuredDay, low_temperature, standby},
    tariff::{LowTemperature, ShortfallBand, Tariff, compute_bill},
};
use jiff::civil::{Date, date};

fn celsius(text: &str) -> Celsius {
    Celsius::parse(text).unwrap()
}

/// Below 18 / 16 / 14 ℃ 30 / 50 / 100 % of the day.
fn harbin() -> Tariff {
    let band = |below: &str, share: &str| ShortfallBand { below: celsius(below), percent: percent(share) };
    let bands = vec![band("18", "30"), band("16", "50"), band("14", "100")];
    Tariff { low_temperature: Some(LowTemperature(bands)), ..tariff("25.00") }
}

fn day(on: Date, measured: &str) -> MeasuredDay {
    MeasuredDay { on, celsius: celsius(measured) }
}

/// The bill of 89.52 m²: 2,238.00.
fn bill_of(home: &Household) -> Bill {
    compute_bill(home, &harbin(), Season(2026), date(2026, 10, 15)).unwrap()
}

#[test]
fn five_cold_days_give_back_their_bands_share_of_the_days_fee_and_say_how() {
    let home = household("89.52");
    let days = [
        day(date(2026, 12, 1), "17.9"),
        day(date(2026, 12, 2), "16"),
        day(date(2026, 12, 3), "15.5"),
        day(date(2026, 12, 4), "13.9"),
        day(date(2026, 12, 5), "18"),
    ];
    let computed = low_temperature(&bill_of(&home), &home, &harbin(), &days).unwrap();
    // 223800 ÷ 121 × (2 × 0.3 + 0.5 + 1) = 3884.13
    assert_eq!(computed.amount, Fen(3884));
    let how = "热费 2,238.00 元 ÷ 121 天 × （2 天（低于 18 ℃）× 30 % + 1 天（低于 16 ℃）× 50 % + 1 天（低于 14 ℃）× 100 %） \
               = 38.84 元，四舍五入到分";
    assert_eq!(computed.explanation, how);
    assert_eq!(computed.days.len(), 5);
}

#[test]
fn a_month_without_heat_costs_the_standby_share() {
    let home = household("89.52");
    let computed = standby(&bill_of(&home), &home, &harbin(), date(2026, 12, 1), date(2026, 12, 30)).unwrap();
    // 223800 ÷ 121 × 30 × 0.7 = 38841.32
    assert_eq!((computed.amount, computed.days.len()), (Fen(38_841), 30));
    let how = "热费 2,238.00 元 ÷ 121 天 × 30 天（2026-12-01 至 2026-12-30 停供）×（100 % − 报停 30 %） = 388.41 元，四舍五入到分";
    assert_eq!(computed.explanation, how);
}

#[test]
fn whoever_is_heated_a_part_of_the_season_pays_and_gets_back_by_those_days() {
    let home =
        Household { supply_status: SupplyStatus::Partial, supply_from: Some(date(2027, 1, 1)), ..household("89.52") };
    let bill = bill_of(&home);
    let computed = low_temperature(&bill, &home, &harbin(), &[day(date(2027, 1, 1), "10")]).unwrap();
    // 74 of 121 days cost 1368.69: a day of it is 18.50.
    assert_eq!((bill.total, computed.amount), (Fen(136_869), Fen(1850)));
    let early = low_temperature(&bill, &home, &harbin(), &[day(date(2026, 12, 31), "10")]);
    assert_eq!(early, Err(CannotCompute::NotCharged(date(2026, 12, 31))));
}

#[test]
fn what_was_written_down_before_does_not_make_the_days_cheaper() {
    let home = household("89.52");
    let mut bill = bill_of(&home);
    let line = BillLine { rule: "write_down".to_owned(), amount: Fen(-100_000), ..bill.lines[0].clone() };
    bill.lines.push(line);
    bill.total = Fen(123_800);
    let computed = low_temperature(&bill, &home, &harbin(), &[day(date(2026, 12, 1), "13")]).unwrap();
    assert_eq!(computed.amount, Fen(1850));
}

#[test]
fn what_cannot_be_computed_says_why() {
    let home = household("89.52");
    let bill = bill_of(&home);
    let of = |tariff: &Tariff, days: &[MeasuredDay]| low_temperature(&bill, &home, tariff, days).unwrap_err();
    let cold = day(date(2026, 12, 1), "10");
    assert_eq!(of(&tariff("25.00"), &[cold]), CannotCompute::NoRule);
    assert_eq!(of(&harbin(), &[]), CannotCompute::NoDays);
    assert_eq!(of(&harbin(), &[cold, cold]), CannotCompute::DayTwice(date(2026, 12, 1)));
    assert_eq!(of(&harbin(), &[day(date(2026, 11, 14), "10")]), CannotCompute::NotCharged(date(2026, 11, 14)));
    assert_eq!(of(&harbin(), &[day(date(2026, 12, 1), "18")]), CannotCompute::Nothing);
    assert_eq!(of(&Tariff { season: Season(2025), ..harbin() }, &[cold]), CannotCompute::OtherTariff);
    let (from, until) = (date(2026, 12, 2), date(2026, 12, 1));
    assert_eq!(standby(&bill, &home, &harbin(), from, until), Err(CannotCompute::NoDays));
    let free = Tariff { standby_percent: percent("100"), ..harbin() };
    assert_eq!(standby(&bill, &home, &free, until, from), Err(CannotCompute::Nothing));
    let arrears = Bill { kind: BillKind::PriorArrears, ..crate::given::bill(2026, 100) };
    assert_eq!(low_temperature(&arrears, &home, &harbin(), &[cold]), Err(CannotCompute::NotASeason));
}
