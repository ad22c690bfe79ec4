//! The tariff (热价): what heat costs in one season for one tariff class. Local rules, hence data: a city's figures are
//! configuration, never code.

mod arrears;
mod compute;
mod factor;
mod height;
mod low_temperature;

pub use arrears::prior_arrears_bill;
pub use compute::{CannotBill, compute_bill};
pub use low_temperature::{LowTemperature, ShortfallBand};

use crate::{
    Season,
    bill::{EarlyDiscount, LateFeeRule},
    household::{Household, UseCategory},
    measure::{Area, Height, Percent, Rate},
};
use jiff::{ToSpan, civil::Date};
use serde::{Deserialize, Serialize};

/// What a price buys a square metre.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "per")]
pub enum PricePeriod {
    /// The whole season.
    Season,
    /// One month.
    Month {
        /// How many the season is charged as.
        months: u16,
    },
    /// One day of heat.
    Day,
}

/// 计费面积: which of a household's areas is priced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaBasis {
    /// 建筑面积
    Gross,
    /// 套内建筑面积
    NetInternal,
    /// 使用面积
    Usable,
    /// 收费面积, as measured or agreed.
    Billable,
}

/// What one use of heat costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryRate {
    /// The use.
    pub use_category: UseCategory,
    /// Yuan a square metre and period, up to four decimals.
    pub rate: Rate,
    /// The area it is charged on.
    pub area_basis: AreaBasis,
}

/// 超高加价: so many percent for each started step over a storey height (Shenyang: over 3.5 m, 10 % per 0.3 m, over 6 m
/// negotiated).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeightSurcharge {
    /// Up to this height nothing is added.
    pub threshold: Height,
    /// A started step counts whole.
    pub step: Height,
    /// Added for each step.
    pub percent: Percent,
    /// Over this height a person sets the price.
    pub manual_above: Option<Height>,
}

/// An area that is charged with a factor: a loft, a garage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialFactor {
    /// The name households use for it: `loft_with_radiator`.
    pub kind: String,
    /// The name for residents: 「阁楼(层高低于 2.2 m,有散热器)」.
    pub title: String,
    /// The factor.
    pub percent: Percent,
}

/// 低保补贴: of a low-income household's first square metres a second payer bears a part (Taiyuan: up to 45 m² the resident
/// pays 15 %, finance 85 %). Not a discount: the company is owed the whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondPayer {
    /// Who: 「市财政」.
    pub title: String,
    /// The area it helps with.
    pub area_up_to: Area,
    /// What the resident pays of that area's fee.
    pub resident_percent: Percent,
}

/// The first day a late fee is charged for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LateFeeFrom {
    /// So many days after the due date; 1 is the day after.
    DaysAfterDue(u16),
    /// A date (Qinhuangdao: from 04-05).
    Date(Date),
}

/// 违约金: the late fee of a season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateFeeTariff {
    /// The first day that costs.
    pub from: LateFeeFrom,
    /// Of the open principal, a day; 1 ‰ is `0.1`.
    pub daily_percent: Percent,
    /// Never more than this share of the principal.
    pub cap_percent: Option<Percent>,
    /// Nothing is added once the heat was cut (Tianjin).
    pub stops_on_cutoff: bool,
}

/// 提前缴费优惠: a discount for paying early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EarlyDiscountTariff {
    /// The last day it is given.
    pub until: Date,
    /// Of the open principal.
    pub percent: Percent,
}

/// The tariff of one season and one tariff class.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// The season.
    pub season: Season,
    /// 单价类别: the households it is for.
    pub tariff_class: String,
    /// The name for people.
    pub title: String,
    /// The first statutory day of heat.
    pub heating_from: Date,
    /// The last statutory day of heat.
    pub heating_until: Date,
    /// What a price buys.
    pub price_period: PricePeriod,
    /// The prices by use.
    pub rates: Vec<CategoryRate>,
    /// For high storeys.
    pub height_surcharge: Option<HeightSurcharge>,
    /// For lofts and the like.
    #[serde(default)]
    pub partial_areas: Vec<PartialFactor>,
    /// 报停: what a household without heat still pays.
    pub standby_percent: Percent,
    /// For low-income households.
    pub low_income: Option<SecondPayer>,
    /// The last day to pay.
    pub due_on: Date,
    /// For those who pay late.
    pub late_fee: Option<LateFeeTariff>,
    /// For those who pay early.
    pub early_discount: Option<EarlyDiscountTariff>,
    /// For homes that were too cold.
    #[serde(default)]
    pub low_temperature: Option<LowTemperature>,
}

impl Tariff {
    /// The price for a use.
    pub fn rate(&self, use_category: UseCategory) -> Option<CategoryRate> {
        self.rates.iter().copied().find(|rate| rate.use_category == use_category)
    }

    /// The late fee rule of a household's bill.
    pub(crate) fn late_fee_of(&self, household: &Household) -> Option<LateFeeRule> {
        let tariff = self.late_fee?;
        let from = match tariff.from {
            LateFeeFrom::DaysAfterDue(days) => self.due_on.saturating_add(i64::from(days).days()),
            LateFeeFrom::Date(date) => date,
        };
        let cut_on = household.supply_until.filter(|until| tariff.stops_on_cutoff && *until < self.heating_until);
        Some(LateFeeRule {
            from,
            daily_ppm: tariff.daily_percent.ppm(),
            cap_ppm: tariff.cap_percent.map(Percent::ppm),
            stopped_on: cut_on,
        })
    }

    /// The early-payment discount of a bill.
    pub(crate) fn discount(&self) -> Option<EarlyDiscount> {
        self.early_discount.map(|tariff| EarlyDiscount { until: tariff.until, ppm: tariff.percent.ppm() })
    }
}
