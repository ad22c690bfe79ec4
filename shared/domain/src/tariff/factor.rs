//! A price as a product of a quantity, a rate and factors, rounded once.

use crate::{
    Fen,
    bill::BillLine,
    measure::{Area, Percent, Rate},
    money::divide_half_up,
};

/// One factor of a price, and how it is shown.
#[derive(Clone, Debug)]
pub(super) struct Factor {
    /// In the computation: `98 ÷ 121`.
    pub(super) figure: String,
    /// With its reason: `供热 98 天 ÷ 121 天`.
    pub(super) shown: String,
    pub(super) numerator: i64,
    pub(super) denominator: i64,
}

impl Factor {
    /// A percentage, with its reason.
    pub(super) fn percent(percent: Percent, reason: &str) -> Self {
        Self {
            figure: format!("{percent} %"),
            shown: format!("{percent} %（{reason}）"),
            numerator: percent.units(),
            denominator: Percent::WHOLE.units(),
        }
    }

    /// So many of something: `121 天`.
    pub(super) fn count(count: u32, unit: &str) -> Self {
        let shown = format!("{count} {unit}");
        Self { figure: shown.clone(), shown, numerator: i64::from(count), denominator: 1 }
    }

    /// So many days of all.
    pub(super) fn days_of(days: u32, all: u32) -> Self {
        Self {
            figure: format!("{days} ÷ {all}"),
            shown: format!("供热 {days} 天 ÷ 采暖期 {all} 天"),
            numerator: i64::from(days),
            denominator: i64::from(all),
        }
    }
}

/// What is priced.
pub(super) struct Priced<'a> {
    pub(super) title: String,
    pub(super) rule: &'static str,
    pub(super) area: Area,
    pub(super) rate: Rate,
    /// `元/m²`, `元/m²·天`.
    pub(super) rate_unit: &'a str,
    pub(super) factors: &'a [Factor],
    /// The line reduces the bill.
    pub(super) negative: bool,
}

impl Priced<'_> {
    /// The line: area × rate × factors, rounded once, half up, to the fen. `None` where it does not fit.
    pub(super) fn line(self) -> Option<BillLine> {
        // Area in 1/1000 m² × rate in 1/10000 yuan = 1/100000 fen.
        let mut numerator = i128::from(self.area.units()).checked_mul(i128::from(self.rate.units()))?;
        let mut denominator: i128 = 100_000;
        for factor in self.factors {
            numerator = numerator.checked_mul(i128::from(factor.numerator))?;
            denominator = denominator.checked_mul(i128::from(factor.denominator))?;
            let shared = common_divisor(numerator, denominator);
            numerator = numerator.checked_div(shared)?;
            denominator = denominator.checked_div(shared)?;
        }
        let amount = Fen(i64::try_from(divide_half_up(numerator, denominator)?).ok()?);
        let rounded = numerator.checked_rem(denominator)? != 0;
        let amount = if self.negative { Fen::ZERO.checked_sub(amount)? } else { amount };
        Some(self.explain(amount, rounded))
    }

    fn explain(self, amount: Fen, rounded: bool) -> BillLine {
        let quantity = format!("{} m²", self.area);
        let rate = format!("{} {}", self.rate, self.rate_unit);
        let figures: String = self.factors.iter().map(|factor| format!(" × {}", factor.figure)).collect();
        let sign = if self.negative { "−" } else { "" };
        let rounding = if rounded { "（四舍五入到分）" } else { "" };
        let yuan = Fen(amount.0.saturating_abs()).yuan();
        BillLine {
            explanation: format!("{sign}{quantity} × {rate}{figures} = {sign}{yuan} 元{rounding}"),
            title: self.title,
            rule: self.rule.to_owned(),
            quantity: Some(quantity),
            rate: Some(rate),
            factors: self.factors.iter().map(|factor| factor.shown.clone()).collect(),
            amount,
        }
    }
}

/// The greatest common divisor, at least 1.
fn common_divisor(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}
