//! The household (热用户) and the file it is imported from.

mod columns;
mod decode;
mod fields;
pub mod import;
mod person;

pub use person::{is_id_number, is_mobile, is_phone, is_tax_number};

use crate::{
    AccountNo, Fen, Season,
    measure::{Area, Height},
    states::names,
    tariff::AreaBasis,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::fmt;

/// 用热性质: what the heat is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UseCategory {
    /// 居民
    Residential,
    /// 非居民
    NonResidential,
}

/// 结算方式: how heat is billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BillingMethod {
    /// 按面积
    Area,
    /// 按计量
    Metered,
    /// 两部制
    TwoPart,
}

/// 供暖状态: whether the household is heated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SupplyStatus {
    /// 正常供暖
    Normal,
    /// 报停: not heated this season; pays the standby share.
    Stopped,
    /// 部分供暖: heated for a part of the season; pays by the day.
    Partial,
}

names!(UseCategory {
    Residential => "residential",
    NonResidential => "non_residential",
});
names!(BillingMethod {
    Area => "area",
    Metered => "metered",
    TwoPart => "two_part",
});
names!(SupplyStatus {
    Normal => "normal",
    Stopped => "stopped",
    Partial => "partial",
});

impl UseCategory {
    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Residential => "居民",
            Self::NonResidential => "非居民",
        }
    }
}

impl BillingMethod {
    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Area => "面积",
            Self::Metered => "计量",
            Self::TwoPart => "两部制",
        }
    }
}

impl SupplyStatus {
    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Normal => "正常",
            Self::Stopped => "报停",
            Self::Partial => "部分供暖",
        }
    }
}

/// The areas on file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Areas {
    /// 建筑面积
    pub gross: Option<Area>,
    /// 套内建筑面积
    pub net_internal: Option<Area>,
    /// 使用面积
    pub usable: Option<Area>,
    /// 收费面积
    pub billable: Option<Area>,
}

/// An area charged with a factor, on top of the main area: a loft, a garage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartialArea {
    /// The tariff's name for it: `loft_with_radiator`.
    pub kind: String,
    /// The area.
    pub area: Area,
}

/// 陈欠: what is owed for an earlier season.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorArrears {
    /// The season.
    pub season: Season,
    /// What is owed, without late fee.
    pub amount: Fen,
}

/// A household. `Debug` shows its number only: the rest is personal data and must not reach a log.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// 户号
    pub account_no: AccountNo,
    /// 户主, or the company's name for the household.
    pub holder: String,
    /// 身份证号
    pub id_no: Option<String>,
    /// 联系电话
    pub phone: Option<String>,
    /// 单位名称, for the invoice.
    pub company: Option<String>,
    /// 纳税人识别号
    pub tax_no: Option<String>,
    /// 分公司
    pub branch: String,
    /// 换热站
    pub substation: String,
    /// 小区
    pub community: String,
    /// 楼栋
    pub building: String,
    /// 单元
    pub unit: Option<String>,
    /// 楼层
    pub floor: Option<String>,
    /// 房号
    pub room: String,
    /// The areas on file.
    pub areas: Areas,
    /// 层高
    pub storey_height: Option<Height>,
    /// Lofts, garages.
    pub partial_areas: Vec<PartialArea>,
    /// 用热性质
    pub use_category: UseCategory,
    /// 单价类别
    pub tariff_class: String,
    /// 结算方式
    pub billing_method: BillingMethod,
    /// 热量表号
    pub meter_no: Option<String>,
    /// 供暖状态
    pub supply_status: SupplyStatus,
    /// The first day of heat in the season, where it is not the season's.
    pub supply_from: Option<Date>,
    /// The last day of heat in the season, where it is not the season's.
    pub supply_until: Option<Date>,
    /// 合同号
    pub contract_no: Option<String>,
    /// 低保证号
    pub low_income_certificate: Option<String>,
}

impl fmt::Debug for Household {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Household").field("account_no", &self.account_no).finish_non_exhaustive()
    }
}

impl Household {
    /// The area that a tariff prices.
    pub fn area(&self, basis: AreaBasis) -> Option<Area> {
        match basis {
            AreaBasis::Gross => self.areas.gross,
            AreaBasis::NetInternal => self.areas.net_internal,
            AreaBasis::Usable => self.areas.usable,
            AreaBasis::Billable => self.areas.billable,
        }
    }

    /// 用热地址: `锦绣花园 3号楼 2单元 501`.
    pub fn address(&self) -> String {
        let unit = self.unit.as_deref();
        let parts = [Some(self.community.as_str()), Some(&self.building), unit, Some(&self.room)];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}
