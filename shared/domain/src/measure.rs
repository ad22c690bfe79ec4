//! Areas, heights, prices and percentages: integers of their smallest unit, written as decimals.

use crate::money::{WrongDecimal, parse_decimal};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Why a text is not such a quantity. The text is for the clerk who wrote it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidQuantity {
    /// Not an unsigned decimal number.
    #[error("{what}应为数字，如 {example}")]
    NotANumber {
        /// What it should be.
        what: &'static str,
        /// A right one.
        example: &'static str,
    },
    /// More decimals than the quantity has.
    #[error("{what}最多 {places} 位小数")]
    TooPrecise {
        /// What it should be.
        what: &'static str,
        /// How many it may have.
        places: u32,
    },
    /// Beyond what is believable.
    #[error("{what}超出范围，最大 {limit}")]
    TooLarge {
        /// What it should be.
        what: &'static str,
        /// The limit, as written.
        limit: String,
    },
}

macro_rules! quantity {
    ($(#[$doc:meta])* $name:ident, $what:literal, $example:literal, places $places:literal, shown $shown:literal, limit $limit:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(i64);

        impl $name {
            /// The most it may be.
            pub const LIMIT: Self = Self($limit);

            /// Parses an unsigned decimal.
            pub fn parse(text: &str) -> Result<Self, InvalidQuantity> {
                let too_large = || InvalidQuantity::TooLarge { what: $what, limit: Self::LIMIT.to_string() };
                match parse_decimal(text, $places) {
                    Ok(units) if units <= $limit => Ok(Self(units)),
                    Ok(_) | Err(WrongDecimal::TooLarge) => Err(too_large()),
                    Err(WrongDecimal::NotDigits) => {
                        Err(InvalidQuantity::NotANumber { what: $what, example: $example })
                    }
                    Err(WrongDecimal::TooPrecise) => {
                        Err(InvalidQuantity::TooPrecise { what: $what, places: $places })
                    }
                }
            }

            /// In the smallest unit.
            pub const fn units(self) -> i64 {
                self.0
            }

            /// More than nothing.
            pub const fn is_positive(self) -> bool {
                self.0 > 0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const WHOLE: i64 = 10_i64.pow($places);
                let decimals = format!("{:0places$}", self.0 % WHOLE, places = $places);
                let significant = decimals.trim_end_matches('0').len().max($shown);
                match &decimals[..significant] {
                    "" => write!(f, "{}", self.0 / WHOLE),
                    decimals => write!(f, "{}.{decimals}", self.0 / WHOLE),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidQuantity;
            fn try_from(text: String) -> Result<Self, InvalidQuantity> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(quantity: $name) -> String {
                quantity.to_string()
            }
        }
    };
}

quantity!(
    /// An area in thousandths of a square metre, `89.52`; at most 10,000,000 m².
    Area, "面积", "89.52", places 3, shown 2, limit 10_000_000_000
);
quantity!(
    /// A height or length in millimetres, `2.8` m; at most 100 m.
    Height, "层高", "2.8", places 3, shown 1, limit 100_000
);
quantity!(
    /// A price per square metre in ten-thousandths of a yuan, `25.00`; at most 10,000 yuan.
    Rate, "单价", "25.00", places 4, shown 2, limit 100_000_000
);
quantity!(
    /// A percentage in millionths of the whole, `30`; 1 ‰ is `0.1`. At most 1000 %.
    Percent, "百分比", "30", places 4, shown 0, limit 10_000_000
);

quantity!(
    /// A room's temperature in tenths of a degree Celsius, `16.5`; at most 60 ℃.
    Celsius, "室温", "16.5", places 1, shown 0, limit 600
);

impl Percent {
    /// The whole.
    pub const WHOLE: Self = Self(1_000_000);

    /// In millionths.
    pub fn ppm(self) -> u32 {
        // At most ten millions.
        u32::try_from(self.0).unwrap_or(u32::MAX)
    }

    /// What is left to the whole, nothing where it is the whole or more.
    pub fn rest(self) -> Self {
        Self((Self::WHOLE.0 - self.0).max(0))
    }
}
