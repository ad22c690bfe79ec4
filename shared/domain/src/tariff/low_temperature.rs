use crate::measure::{Celsius, Percent};
use serde::{Deserialize, Serialize};

/// Below a room temperature a day's fee is given back in part (Harbin: below 18 / 16 / 14 ℃ 30 / 50 / 100 %).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortfallBand {
    /// Colder than this.
    pub below: Celsius,
    /// Of the day's fee.
    pub percent: Percent,
}

/// 低温退费: what a home that was too cold gets back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LowTemperature(pub Vec<ShortfallBand>);

impl LowTemperature {
    /// The band a day falls in: of those it was colder than, the coldest. `None`: it was warm enough.
    pub fn band(&self, measured: Celsius) -> Option<ShortfallBand> {
        self.0.iter().copied().filter(|band| measured < band.below).min_by_key(|band| band.below)
    }
}
