//! Money: an integer of 分.

use serde::{Deserialize, Serialize};

/// An amount of money in fen (分, 1/100 yuan). May be negative where a difference is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

/// Why a text is not an amount of yuan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidYuan {
    /// Not digits with at most one point.
    #[error("金额应为元，如 2238.00：{0}")]
    NotAnAmount(String),
    /// More than two decimals: there is nothing smaller than a fen.
    #[error("金额最多两位小数：{0}")]
    TooPrecise(String),
    /// Does not fit.
    #[error("金额过大：{0}")]
    TooLarge(String),
}

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The most one bill may come to: 100,000,000.00 yuan.
    pub const BILL_LIMIT: Self = Self(10_000_000_000);
    /// The most one payment may come to: 10,000,000.00 yuan. WeChat Pay's `amount.total` is a 32-bit integer of fen.
    pub const PAYMENT_LIMIT: Self = Self(1_000_000_000);

    /// The sum, `None` where it does not fit.
    pub const fn checked_add(self, other: Self) -> Option<Self> {
        match self.0.checked_add(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// The difference, `None` where it does not fit.
    pub const fn checked_sub(self, other: Self) -> Option<Self> {
        match self.0.checked_sub(other.0) {
            Some(fen) => Some(Self(fen)),
            None => None,
        }
    }

    /// What is left of `self` after `taken`, never below zero.
    pub fn less(self, taken: Self) -> Self {
        Self(self.0.saturating_sub(taken.0).max(0))
    }

    /// The sum of all, `None` where it does not fit.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::checked_add)
    }

    /// More than nothing.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// `self × part ÷ whole`, rounded once, half away from zero. `None` where `whole` is zero or the result does not fit.
    pub fn share(self, part: i128, whole: i128) -> Option<Self> {
        let product = i128::from(self.0).checked_mul(part)?;
        i64::try_from(divide_half_up(product, whole)?).ok().map(Self)
    }

    /// `self × ppm ÷ 1,000,000`, rounded once, half away from zero.
    pub fn ppm(self, ppm: u64) -> Option<Self> {
        self.share(i128::from(ppm), 1_000_000)
    }

    /// In yuan with two decimals: `2238.00`.
    pub fn yuan(self) -> String {
        let fen = self.0.unsigned_abs();
        format!("{}{}.{:02}", if self.0 < 0 { "-" } else { "" }, fen / 100, fen % 100)
    }

    /// In yuan as a person reads it: `1,234.56`.
    pub fn yuan_grouped(self) -> String {
        let fen = self.0.unsigned_abs();
        let digits = (fen / 100).to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3 + 4);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        format!("{}{grouped}.{:02}", if self.0 < 0 { "-" } else { "" }, fen % 100)
    }

    /// Reads yuan: `2238`, `2238.0`, `-0.05`. No sign `+`, no grouping, no more than two decimals.
    pub fn parse_yuan(text: &str) -> Result<Self, InvalidYuan> {
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let fen = parse_decimal(digits, 2).map_err(|wrong| match wrong {
            WrongDecimal::NotDigits => InvalidYuan::NotAnAmount(text.to_owned()),
            WrongDecimal::TooPrecise => InvalidYuan::TooPrecise(text.to_owned()),
            WrongDecimal::TooLarge => InvalidYuan::TooLarge(text.to_owned()),
        })?;
        Ok(Self(if negative { -fen } else { fen }))
    }
}

/// The quotient, rounded half away from zero; `None` where the divisor is zero.
pub(crate) fn divide_half_up(dividend: i128, divisor: i128) -> Option<i128> {
    let quotient = dividend.checked_div(divisor)?;
    let rest = dividend.checked_rem(divisor)?.unsigned_abs();
    if rest >= divisor.unsigned_abs() - rest {
        quotient.checked_add(dividend.signum() * divisor.signum())
    } else {
        Some(quotient)
    }
}

/// Why a text is not an unsigned decimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrongDecimal {
    NotDigits,
    TooPrecise,
    TooLarge,
}

/// Reads an unsigned decimal with at most `places` decimals as an integer of the smallest unit: (`25.5`, 2) is 2550.
pub(crate) fn parse_decimal(text: &str, places: u32) -> Result<i64, WrongDecimal> {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || decimals.is_some_and(|part| !digits(part)) {
        return Err(WrongDecimal::NotDigits);
    }
    let decimals = decimals.unwrap_or("").trim_end_matches('0');
    let Some(missing) = u32::try_from(decimals.len()).ok().and_then(|len| places.checked_sub(len)) else {
        return Err(WrongDecimal::TooPrecise);
    };
    let shown: i64 = format!("{whole}{decimals}").parse().map_err(|_| WrongDecimal::TooLarge)?;
    shown.checked_mul(10_i64.pow(missing)).ok_or(WrongDecimal::TooLarge)
}
