use super::{
    AreaBasis, CategoryRate, PricePeriod, Tariff,
    factor::{Factor, Priced},
    height::Surcharge,
};
use crate::{
    BillNo, Fen, Season,
    bill::{Bill, BillKind, BillLine, BillStatus},
    calendar::days_inclusive,
    household::{BillingMethod, Household, SupplyStatus, UseCategory},
    measure::{Area, Height},
};
use jiff::civil::Date;

/// Why a household gets no bill; for the list of a billing run, hence in Chinese.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBill {
    /// The tariff is another season's or another class's.
    #[error("热价不适用：本户为 {wanted}，热价为 {given}")]
    OtherTariff {
        /// Season and class asked for.
        wanted: String,
        /// Season and class given.
        given: String,
    },
    /// Metered and two-part households are billed after the season, from readings.
    #[error("结算方式「{}」暂不支持出账", .0.title())]
    BillingMethodNotYetSupported(BillingMethod),
    /// The tariff has no price for the use.
    #[error("热价中没有「{}」的单价", .0.title())]
    NoRate(UseCategory),
    /// The household has no such area on file.
    #[error("缺少计费所用的{}", .0.title())]
    NoArea(AreaBasis),
    /// The tariff has no factor for a partial area.
    #[error("热价中没有「{0}」的折算比例")]
    NoPartialFactor(String),
    /// The storey is too high for the rule.
    #[error("层高 {0} m 超过上限，需人工核定热价")]
    PriceByHand(Height),
    /// The household was heated on no day of the season.
    #[error("供热起止日期不在采暖期内")]
    NoHeatedDay,
    /// More than one bill may come to.
    #[error("账单金额超过上限 {} 元", Fen::BILL_LIMIT.yuan())]
    TooLarge,
}

impl AreaBasis {
    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Gross => "建筑面积",
            Self::NetInternal => "套内建筑面积",
            Self::Usable => "使用面积",
            Self::Billable => "收费面积",
        }
    }
}

/// Computes a household's bill for a season as a draft: one line a priced area, each rounded once; the lines add up to what
/// the resident owes. What a second payer owes instead is `subsidy`.
pub fn compute_bill(
    household: &Household,
    tariff: &Tariff,
    season: Season,
    issued_on: Date,
) -> Result<Bill, CannotBill> {
    if tariff.season != season || tariff.tariff_class != household.tariff_class {
        return Err(CannotBill::OtherTariff {
            wanted: format!("{season} {}", household.tariff_class),
            given: format!("{} {}", tariff.season, tariff.tariff_class),
        });
    }
    match household.billing_method {
        BillingMethod::Area => {}
        method @ (BillingMethod::Metered | BillingMethod::TwoPart) => {
            return Err(CannotBill::BillingMethodNotYetSupported(method));
        }
    }
    let pricing = Pricing::of(household, tariff)?;
    let mut lines = vec![pricing.area_fee()?];
    lines.extend(pricing.height_surcharge()?);
    lines.extend(pricing.partial_areas()?);
    let second_payer = pricing.second_payer()?;
    let subsidy = second_payer.as_ref().map_or(Fen::ZERO, |line| Fen(-line.amount.0));
    lines.extend(second_payer);
    let total = Fen::sum(lines.iter().map(|line| line.amount)).ok_or(CannotBill::TooLarge)?;
    if total > Fen::BILL_LIMIT {
        return Err(CannotBill::TooLarge);
    }
    Ok(Bill {
        bill_no: BillNo::of(season, BillKind::Season, &household.account_no),
        account_no: household.account_no.clone(),
        season,
        kind: BillKind::Season,
        use_category: household.use_category,
        status: BillStatus::Draft,
        lines,
        total,
        subsidy,
        paid: Fen::ZERO,
        paid_late_fee: Fen::ZERO,
        issued_on,
        due_on: tariff.due_on,
        late_fee: tariff.late_fee_of(household),
        discount: tariff.discount(),
        open_payment: None,
        version: 1,
    })
}

/// What all lines of one household share: its area and price, and the factors of time and standby.
struct Pricing<'a> {
    household: &'a Household,
    tariff: &'a Tariff,
    price: CategoryRate,
    area: Area,
    factors: Vec<Factor>,
}

impl<'a> Pricing<'a> {
    fn of(household: &'a Household, tariff: &'a Tariff) -> Result<Self, CannotBill> {
        let price = tariff.rate(household.use_category).ok_or(CannotBill::NoRate(household.use_category))?;
        let area = household.area(price.area_basis).ok_or(CannotBill::NoArea(price.area_basis))?;
        let mut factors = time_factors(household, tariff)?;
        match household.supply_status {
            SupplyStatus::Stopped => factors.push(Factor::percent(tariff.standby_percent, "报停")),
            SupplyStatus::Normal | SupplyStatus::Partial => {}
        }
        Ok(Self { household, tariff, price, area, factors })
    }

    fn line(
        &self,
        title: String,
        rule: &'static str,
        area: Area,
        extra: Option<Factor>,
    ) -> Result<BillLine, CannotBill> {
        self.priced(title, rule, area, extra, false)
    }

    fn priced(
        &self,
        title: String,
        rule: &'static str,
        area: Area,
        extra: Option<Factor>,
        negative: bool,
    ) -> Result<BillLine, CannotBill> {
        let factors: Vec<Factor> = self.factors.iter().cloned().chain(extra).collect();
        let rate_unit = match self.tariff.price_period {
            PricePeriod::Season => "元/m²",
            PricePeriod::Month { .. } => "元/m²·月",
            PricePeriod::Day => "元/m²·天",
        };
        Priced { title, rule, area, rate: self.price.rate, rate_unit, factors: &factors, negative }
            .line()
            .ok_or(CannotBill::TooLarge)
    }

    fn area_fee(&self) -> Result<BillLine, CannotBill> {
        let (what, rule) = match self.household.supply_status {
            SupplyStatus::Normal | SupplyStatus::Partial => ("热费", "area_fee"),
            SupplyStatus::Stopped => ("报停基本热费", "standby"),
        };
        let title = format!("{}{what}（{}）", self.household.use_category.title(), self.price.area_basis.title());
        self.line(title, rule, self.area, None)
    }

    fn height_surcharge(&self) -> Result<Option<BillLine>, CannotBill> {
        let (Some(rule), Some(height)) = (self.tariff.height_surcharge, self.household.storey_height) else {
            return Ok(None);
        };
        match rule.of(height) {
            Surcharge::None => Ok(None),
            Surcharge::Manual => Err(CannotBill::PriceByHand(height)),
            Surcharge::Factor(factor) => {
                self.line("超高加价".to_owned(), "height_surcharge", self.area, Some(factor)).map(Some)
            }
        }
    }

    fn partial_areas(&self) -> Result<Vec<BillLine>, CannotBill> {
        let lines = self.household.partial_areas.iter().map(|part| {
            let known = self.tariff.partial_areas.iter().find(|factor| factor.kind == part.kind);
            let known = known.ok_or_else(|| CannotBill::NoPartialFactor(part.kind.clone()))?;
            let factor = Factor::percent(known.percent, "折算");
            self.line(format!("{}热费", known.title), "partial_area", part.area, Some(factor))
        });
        lines.collect()
    }

    /// What the second payer takes over of a low-income household's first square metres.
    fn second_payer(&self) -> Result<Option<BillLine>, CannotBill> {
        let (Some(payer), Some(_)) = (&self.tariff.low_income, &self.household.low_income_certificate) else {
            return Ok(None);
        };
        if self.household.use_category != UseCategory::Residential {
            return Ok(None);
        }
        let area = self.area.min(payer.area_up_to);
        let share = payer.resident_percent.rest();
        let reason =
            format!("{}承担，居民承担 {} %，不超过 {} m²", payer.title, payer.resident_percent, payer.area_up_to);
        let factor = Factor::percent(share, &reason);
        self.priced(format!("低保补贴（{}）", payer.title), "second_payer", area, Some(factor), true).map(Some)
    }
}

/// The factors of time: how many days or months a price per day or month is charged for, and the share of the season that
/// a household was heated (季节费 ÷ statutory days × heated days).
fn time_factors(household: &Household, tariff: &Tariff) -> Result<Vec<Factor>, CannotBill> {
    let statutory = days_inclusive(tariff.heating_from, tariff.heating_until);
    let from = household.supply_from.unwrap_or(tariff.heating_from).max(tariff.heating_from);
    let until = household.supply_until.unwrap_or(tariff.heating_until).min(tariff.heating_until);
    let heated = days_inclusive(from, until);
    if heated == 0 {
        return Err(CannotBill::NoHeatedDay);
    }
    let share = (heated < statutory).then(|| Factor::days_of(heated, statutory));
    Ok(match tariff.price_period {
        PricePeriod::Season => share.into_iter().collect(),
        PricePeriod::Month { months } => {
            std::iter::once(Factor::count(u32::from(months), "个月")).chain(share).collect()
        }
        PricePeriod::Day => vec![Factor::count(heated, "天")],
    })
}
