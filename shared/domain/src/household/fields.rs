//! Reads the cells of one row, each with the reason where it is wrong.

use super::{
    Areas, BillingMethod, Household, PartialArea, PriorArrears, SupplyStatus, UseCategory,
    columns::{Column, Header},
    person,
};
use crate::{
    AccountNo, Fen,
    measure::{Area, Height},
};
use csv::StringRecord;
use jiff::civil::Date;

/// The longest cell, in characters.
const MAX_CELL_CHARS: usize = 200;

/// A cell that is wrong: its column's title and why.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct WrongCell {
    pub(super) column: String,
    pub(super) reason: String,
}

/// One row with the file's header.
pub(super) struct Row<'a> {
    pub(super) header: &'a Header,
    pub(super) record: &'a StringRecord,
}

impl Row<'_> {
    /// Reads the whole row.
    pub(super) fn household(&self) -> Result<(Household, Vec<PriorArrears>), WrongCell> {
        self.refuse_unreadable()?;
        let household = Household {
            account_no: self.account_no()?,
            holder: self.required(Column::Holder)?,
            id_no: self.shaped(Column::IdNo, person::is_id_number, "身份证号位数、日期或校验码不对")?,
            phone: self.shaped(Column::Phone, person::is_phone, "应为 11 位手机号，或带区号的固定电话")?,
            company: self.optional(Column::Company),
            tax_no: self.shaped(Column::TaxNo, person::is_tax_number, "应为 15 至 20 位数字或大写字母")?,
            branch: self.required(Column::Branch)?,
            substation: self.required(Column::Substation)?,
            community: self.required(Column::Community)?,
            building: self.required(Column::Building)?,
            unit: self.optional(Column::Unit),
            floor: self.optional(Column::Floor),
            room: self.required(Column::Room)?,
            areas: self.areas()?,
            storey_height: self
                .parsed(Column::StoreyHeight, |text| positive(Height::parse(text), Height::is_positive))?,
            partial_areas: self.partial_areas()?,
            use_category: self.named(Column::UseCategory, UseCategory::ALL, UseCategory::name, UseCategory::title)?,
            tariff_class: self.required(Column::TariffClass)?,
            billing_method: self
                .optional_named(Column::BillingMethod, BillingMethod::ALL, BillingMethod::name, BillingMethod::title)?
                .unwrap_or(BillingMethod::Area),
            meter_no: self.optional(Column::MeterNo),
            supply_status: self
                .optional_named(Column::SupplyStatus, SupplyStatus::ALL, SupplyStatus::name, SupplyStatus::title)?
                .unwrap_or(SupplyStatus::Normal),
            supply_from: self.parsed(Column::SupplyFrom, date)?,
            supply_until: self.parsed(Column::SupplyUntil, date)?,
            contract_no: self.optional(Column::ContractNo),
            low_income_certificate: self.optional(Column::LowIncomeCertificate),
        };
        self.refuse_contradictions(&household)?;
        Ok((household, self.prior_arrears()?))
    }

    fn cell(&self, column: &Column) -> Option<&str> {
        self.record.get(self.header.position(column)?).map(str::trim)
    }

    fn wrong(&self, column: &Column, reason: impl Into<String>) -> WrongCell {
        let title = self.header.position(column).map_or("", |at| self.header.title(at));
        WrongCell { column: title.to_owned(), reason: reason.into() }
    }

    fn refuse_unreadable(&self) -> Result<(), WrongCell> {
        for (at, cell) in self.record.iter().enumerate() {
            let column = || self.header.title(at).to_owned();
            if cell.contains('\u{fffd}') {
                return Err(WrongCell { column: column(), reason: "含有无法识别的字符".to_owned() });
            }
            if cell.chars().count() > MAX_CELL_CHARS {
                return Err(WrongCell { column: column(), reason: format!("超过 {MAX_CELL_CHARS} 个字符") });
            }
        }
        Ok(())
    }

    fn optional(&self, column: Column) -> Option<String> {
        self.cell(&column).filter(|cell| !cell.is_empty()).map(str::to_owned)
    }

    fn required(&self, column: Column) -> Result<String, WrongCell> {
        self.optional(column.clone()).ok_or_else(|| self.wrong(&column, "不能为空"))
    }

    fn parsed<T>(&self, column: Column, parse: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, WrongCell> {
        let text = self.optional(column.clone());
        text.map(|text| parse(&text)).transpose().map_err(|reason| self.wrong(&column, reason))
    }

    fn shaped(&self, column: Column, ok: fn(&str) -> bool, reason: &str) -> Result<Option<String>, WrongCell> {
        self.parsed(column, |text| if ok(text) { Ok(text.to_owned()) } else { Err(reason.to_owned()) })
    }

    /// One of an enum's values by its name in records or for people.
    fn optional_named<T: Copy>(
        &self,
        column: Column,
        all: &[T],
        name: fn(T) -> &'static str,
        title: fn(T) -> &'static str,
    ) -> Result<Option<T>, WrongCell> {
        self.parsed(column, |text| {
            let found = all.iter().copied().find(|value| name(*value) == text || title(*value) == text);
            found.ok_or_else(|| {
                let titles: Vec<&str> = all.iter().map(|value| title(*value)).collect();
                format!("「{text}」不在可选值中：{}", titles.join("、"))
            })
        })
    }

    fn named<T: Copy>(
        &self,
        column: Column,
        all: &[T],
        name: fn(T) -> &'static str,
        title: fn(T) -> &'static str,
    ) -> Result<T, WrongCell> {
        let value = self.optional_named(column.clone(), all, name, title)?;
        value.ok_or_else(|| self.wrong(&column, "不能为空"))
    }

    fn account_no(&self) -> Result<AccountNo, WrongCell> {
        let text = self.required(Column::AccountNo)?;
        // What Excel makes of a long number in a column that is not text.
        let spoilt = text.contains("E+") || text.contains("e+");
        AccountNo::parse(text).map_err(|wrong| {
            let reason =
                if spoilt { "户号被 Excel 改成了科学计数，请将该列设为文本" } else { wrong.reason };
            self.wrong(&Column::AccountNo, reason)
        })
    }

    fn areas(&self) -> Result<Areas, WrongCell> {
        let area = |column| self.parsed(column, |text| positive(Area::parse(text), Area::is_positive));
        Ok(Areas {
            gross: area(Column::GrossArea)?,
            net_internal: area(Column::NetInternalArea)?,
            usable: area(Column::UsableArea)?,
            billable: area(Column::BillableArea)?,
        })
    }

    fn partial_areas(&self) -> Result<Vec<PartialArea>, WrongCell> {
        let mut parts = Vec::new();
        for column in self.header.columns() {
            if let Column::PartialArea(kind) = column {
                let area = self.parsed(column.clone(), |text| Area::parse(text).map_err(|wrong| wrong.to_string()))?;
                parts.extend(
                    area.filter(|area| area.is_positive()).map(|area| PartialArea { kind: kind.clone(), area }),
                );
            }
        }
        Ok(parts)
    }

    fn prior_arrears(&self) -> Result<Vec<PriorArrears>, WrongCell> {
        let mut arrears = Vec::new();
        for column in self.header.columns() {
            if let Column::PriorArrears(season) = column {
                let amount = self.parsed(column.clone(), arrears_amount)?.unwrap_or(Fen::ZERO);
                if amount.is_positive() {
                    arrears.push(PriorArrears { season: *season, amount });
                }
            }
        }
        Ok(arrears)
    }

    /// What no single cell shows.
    fn refuse_contradictions(&self, household: &Household) -> Result<(), WrongCell> {
        let Areas { gross, net_internal, usable, billable } = household.areas;
        if gross.or(net_internal).or(usable).or(billable).is_none() {
            return Err(self.wrong(&Column::GrossArea, "四种面积不能都为空"));
        }
        if matches!((gross, net_internal), (Some(gross), Some(net)) if net > gross) {
            return Err(self.wrong(&Column::NetInternalArea, "套内面积大于建筑面积"));
        }
        if matches!((net_internal.or(gross), usable), (Some(outer), Some(usable)) if usable > outer) {
            return Err(self.wrong(&Column::UsableArea, "使用面积大于套内或建筑面积"));
        }
        if matches!((household.supply_from, household.supply_until), (Some(from), Some(until)) if until < from) {
            return Err(self.wrong(&Column::SupplyUntil, "供热结束日期早于开始日期"));
        }
        let dated = household.supply_from.or(household.supply_until).is_some();
        if household.supply_status == SupplyStatus::Partial && !dated {
            return Err(self.wrong(&Column::SupplyStatus, "部分供暖须填写供热开始或结束日期"));
        }
        Ok(())
    }
}

fn positive<T: Copy, E: ToString>(parsed: Result<T, E>, is_positive: fn(T) -> bool) -> Result<T, String> {
    match parsed {
        Ok(value) if is_positive(value) => Ok(value),
        Ok(_) => Err("必须大于 0".to_owned()),
        Err(wrong) => Err(wrong.to_string()),
    }
}

fn arrears_amount(text: &str) -> Result<Fen, String> {
    match Fen::parse_yuan(text) {
        Ok(amount) if amount < Fen::ZERO => Err("陈欠不能为负数".to_owned()),
        Ok(amount) if amount > Fen::BILL_LIMIT => Err(format!("陈欠超过上限 {} 元", Fen::BILL_LIMIT.yuan())),
        Ok(amount) => Ok(amount),
        Err(wrong) => Err(wrong.to_string()),
    }
}

/// `2026-11-15`, or as Excel writes it: `2026/11/15`, `2026/1/5`.
fn date(text: &str) -> Result<Date, String> {
    let mut parts = text.split(['-', '/']);
    let mut next = || parts.next().filter(|part| part.bytes().all(|b| b.is_ascii_digit()))?.parse::<i16>().ok();
    let mut read = || {
        let (year, month, day) = (next()?, i8::try_from(next()?).ok()?, i8::try_from(next()?).ok()?);
        Date::new(year, month, day).ok().filter(|date| (2000..=2099).contains(&date.year()))
    };
    let date = read().filter(|_| parts.next().is_none());
    date.ok_or_else(|| "日期应为 2026-11-15 的形式".to_owned())
}
