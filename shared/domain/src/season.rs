//! 采暖期: the heating season.

use crate::ids::InvalidNumber;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A heating season, named by the year it starts in: `2026` is 2026-2027.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i16", into = "i16")]
pub struct Season(pub i16);

const WRONG: InvalidNumber = InvalidNumber {
    what: "season",
    rule: "a year from 2000 to 2098, alone or as 2026-2027",
    reason: "采暖期应为起始年份（如 2026）或 2026-2027",
};

impl Season {
    /// Parses `2026` or `2026-2027`.
    pub fn parse(text: &str) -> Result<Self, InvalidNumber> {
        let (start, end) = text.split_once('-').map_or((text, None), |(start, end)| (start, Some(end)));
        let year = |part: &str| -> Option<i16> {
            (part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok()).flatten()
        };
        let season = Self::try_from(year(start).ok_or(WRONG)?)?;
        match end {
            None => Ok(season),
            Some(end) if year(end) == Some(season.end_year()) => Ok(season),
            Some(_) => Err(WRONG),
        }
    }

    /// The year heating starts in.
    pub const fn start_year(self) -> i16 {
        self.0
    }

    /// The year heating ends in.
    pub const fn end_year(self) -> i16 {
        self.0 + 1
    }
}

impl fmt::Display for Season {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.start_year(), self.end_year())
    }
}

impl TryFrom<i16> for Season {
    type Error = InvalidNumber;
    fn try_from(year: i16) -> Result<Self, InvalidNumber> {
        if (2000..=2098).contains(&year) { Ok(Self(year)) } else { Err(WRONG) }
    }
}

impl From<Season> for i16 {
    fn from(season: Season) -> Self {
        season.0
    }
}
