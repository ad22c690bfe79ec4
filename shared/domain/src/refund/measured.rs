//! Refunds whose amount follows from days: too cold, or not heated at all. The amount explains itself.

use crate::{
    Fen,
    bill::{Bill, BillKind},
    calendar::days_inclusive,
    household::Household,
    measure::{Celsius, Percent},
    money::divide_half_up,
    tariff::{ShortfallBand, Tariff},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A day's measured room temperature, as it stands on the signed sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasuredDay {
    /// The day.
    pub on: Date,
    /// The temperature.
    pub celsius: Celsius,
}

/// An amount that was computed from days.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Computed {
    /// How much principal goes back.
    pub amount: Fen,
    /// How it comes about, in one sentence a resident can check.
    pub explanation: String,
    /// The days it is for.
    pub days: Vec<Date>,
}

/// Why nothing can be computed; for the clerk, hence in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotCompute {
    /// Only a season's bill is for days.
    #[error("只有采暖季账单可以按天数计算退费")]
    NotASeason,
    /// The tariff is another season's or class's.
    #[error("没有适用于这张账单的热价")]
    OtherTariff,
    /// The tariff has no rule for cold rooms.
    #[error("热价中没有低温退费标准")]
    NoRule,
    /// No day was given.
    #[error("请填写天数")]
    NoDays,
    /// A day given twice.
    #[error("{0} 重复填写")]
    DayTwice(Date),
    /// A day that the bill does not charge for.
    #[error("{0} 不在这张账单的供热天数内")]
    NotCharged(Date),
    /// It was warm enough, or nothing is given back.
    #[error("按热价标准计算，没有应退金额")]
    Nothing,
}

/// The season's fee and the days it is for.
struct Season {
    fee: Fen,
    from: Date,
    until: Date,
}

impl Season {
    fn of(bill: &Bill, household: &Household, tariff: &Tariff) -> Result<Self, CannotCompute> {
        match bill.kind {
            BillKind::Season => {}
            BillKind::PriorArrears => return Err(CannotCompute::NotASeason),
        }
        if tariff.season != bill.season || tariff.tariff_class != household.tariff_class {
            return Err(CannotCompute::OtherTariff);
        }
        // What was written down since does not make a day cheaper.
        let lines = bill.lines.iter().filter(|line| line.rule != "write_down");
        let fee = Fen::sum(lines.map(|line| line.amount)).ok_or(CannotCompute::Nothing)?;
        let from = household.supply_from.unwrap_or(tariff.heating_from).max(tariff.heating_from);
        let until = household.supply_until.unwrap_or(tariff.heating_until).min(tariff.heating_until);
        Ok(Self { fee, from, until })
    }

    fn days(&self) -> u32 {
        days_inclusive(self.from, self.until)
    }

    fn charges(&self, on: Date) -> Result<(), CannotCompute> {
        if (self.from..=self.until).contains(&on) { Ok(()) } else { Err(CannotCompute::NotCharged(on)) }
    }

    /// `fee ÷ days × weight`, the weight in millionths of a day, rounded once, half up.
    fn part(&self, weight: i128) -> Option<Fen> {
        let amount = divide_half_up(i128::from(self.fee.0).checked_mul(weight)?, i128::from(self.days()) * 1_000_000)?;
        i64::try_from(amount).ok().map(Fen)
    }

    fn computed(&self, weight: i128, factors: &str, days: Vec<Date>) -> Result<Computed, CannotCompute> {
        let amount = self.part(weight).filter(|amount| amount.is_positive()).ok_or(CannotCompute::Nothing)?;
        let fee = self.fee.yuan_grouped();
        let explanation =
            format!("热费 {fee} 元 ÷ {} 天 × {factors} = {} 元，四舍五入到分", self.days(), amount.yuan_grouped());
        Ok(Computed { amount, explanation, days })
    }
}

/// 低温退费: of each day that was colder than the tariff's bands, the band's share of the day's fee.
pub fn low_temperature(
    bill: &Bill,
    household: &Household,
    tariff: &Tariff,
    measured: &[MeasuredDay],
) -> Result<Computed, CannotCompute> {
    let season = Season::of(bill, household, tariff)?;
    let rule = tariff.low_temperature.as_ref().ok_or(CannotCompute::NoRule)?;
    if measured.is_empty() {
        return Err(CannotCompute::NoDays);
    }
    let mut bands: BTreeMap<Celsius, (ShortfallBand, u32)> = BTreeMap::new();
    let mut days = Vec::new();
    for day in measured {
        season.charges(day.on)?;
        if days.contains(&day.on) {
            return Err(CannotCompute::DayTwice(day.on));
        }
        days.push(day.on);
        if let Some(band) = rule.band(day.celsius) {
            bands.entry(band.below).or_insert((band, 0)).1 += 1;
        }
    }
    // The mildest first, as the rule is read.
    let shown: Vec<String> = bands.values().rev().map(|(band, days)| cold(band, *days)).collect();
    let weight = bands.values().map(|(band, days)| i128::from(band.percent.ppm()) * i128::from(*days)).sum();
    let factors = if shown.len() == 1 { shown.concat() } else { format!("（{}）", shown.join(" + ")) };
    season.computed(weight, &factors, days)
}

fn cold(band: &ShortfallBand, days: u32) -> String {
    format!("{days} 天（低于 {} ℃）× {} %", band.below, band.percent)
}

/// 报停退费: for days without heat, what is not owed besides the standby share.
pub fn standby(
    bill: &Bill,
    household: &Household,
    tariff: &Tariff,
    from: Date,
    until: Date,
) -> Result<Computed, CannotCompute> {
    let season = Season::of(bill, household, tariff)?;
    let count = days_inclusive(from, until);
    if count == 0 {
        return Err(CannotCompute::NoDays);
    }
    season.charges(from)?;
    season.charges(until)?;
    let rest: Percent = tariff.standby_percent.rest();
    let weight = i128::from(rest.ppm()) * i128::from(count);
    let factors = format!("{count} 天（{from} 至 {until} 停供）×（100 % − 报停 {} %）", tariff.standby_percent);
    let days = (0..count).map(|day| from.saturating_add(i64::from(day).days())).collect();
    season.computed(weight, &factors, days)
}
