//! The columns of the household file, by their Chinese or English names.

use crate::Season;
use std::collections::BTreeMap;

/// A column of the household file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Column {
    AccountNo,
    Holder,
    IdNo,
    Phone,
    Company,
    TaxNo,
    Branch,
    Substation,
    Community,
    Building,
    Unit,
    Floor,
    Room,
    GrossArea,
    NetInternalArea,
    UsableArea,
    BillableArea,
    StoreyHeight,
    UseCategory,
    TariffClass,
    BillingMethod,
    MeterNo,
    SupplyStatus,
    SupplyFrom,
    SupplyUntil,
    ContractNo,
    LowIncomeCertificate,
    /// A partial area of a kind the tariff knows.
    PartialArea(String),
    /// What is owed for that season.
    PriorArrears(Season),
}

/// Each column with its English and its Chinese names.
const NAMES: [(Column, &[&str]); 27] = [
    (Column::AccountNo, &["account_no", "户号"]),
    (Column::Holder, &["holder", "户主", "户名", "姓名"]),
    (Column::IdNo, &["id_no", "身份证号", "证件号"]),
    (Column::Phone, &["phone", "联系电话", "手机号", "电话"]),
    (Column::Company, &["company", "单位名称"]),
    (Column::TaxNo, &["tax_no", "纳税人识别号", "税号"]),
    (Column::Branch, &["branch", "分公司"]),
    (Column::Substation, &["substation", "换热站", "热力站"]),
    (Column::Community, &["community", "小区"]),
    (Column::Building, &["building", "楼栋", "楼号"]),
    (Column::Unit, &["unit", "单元"]),
    (Column::Floor, &["floor", "楼层"]),
    (Column::Room, &["room", "房号", "室号"]),
    (Column::GrossArea, &["gross_area", "建筑面积"]),
    (Column::NetInternalArea, &["net_internal_area", "套内面积", "套内建筑面积"]),
    (Column::UsableArea, &["usable_area", "使用面积"]),
    (Column::BillableArea, &["billable_area", "收费面积"]),
    (Column::StoreyHeight, &["storey_height", "层高"]),
    (Column::UseCategory, &["use_category", "用热性质"]),
    (Column::TariffClass, &["tariff_class", "单价类别"]),
    (Column::BillingMethod, &["billing_method", "结算方式"]),
    (Column::MeterNo, &["meter_no", "热量表号", "表号"]),
    (Column::SupplyStatus, &["supply_status", "供暖状态"]),
    (Column::SupplyFrom, &["supply_from", "供热开始日期"]),
    (Column::SupplyUntil, &["supply_until", "供热结束日期"]),
    (Column::ContractNo, &["contract_no", "合同号"]),
    (Column::LowIncomeCertificate, &["low_income_certificate", "低保证号"]),
];

/// Without these there is no household.
const REQUIRED: [Column; 9] = [
    Column::AccountNo,
    Column::Holder,
    Column::Branch,
    Column::Substation,
    Column::Community,
    Column::Building,
    Column::Room,
    Column::UseCategory,
    Column::TariffClass,
];

/// Lofts and garages by their Chinese names; any other kind is written `partial_area_<kind>`.
const PARTIAL_AREAS: [(&str, &str); 3] = [
    ("阁楼面积（有散热器）", "loft_with_radiator"),
    ("阁楼面积（无散热器）", "loft_without_radiator"),
    ("车库面积", "garage"),
];

/// Where each column stands in the file.
#[derive(Debug)]
pub(super) struct Header {
    positions: BTreeMap<Column, usize>,
    titles: Vec<String>,
}

/// What is wrong with a header, in Chinese.
pub(super) fn read_header<'a>(titles: impl Iterator<Item = &'a str>) -> Result<Header, String> {
    let titles: Vec<String> = titles.map(|title| title.trim().to_owned()).collect();
    let mut positions = BTreeMap::new();
    for (at, title) in titles.iter().enumerate() {
        let Some(column) = column(title) else {
            return Err(format!("第 {} 列「{title}」不是已知的列名", at + 1));
        };
        if positions.insert(column, at).is_some() {
            return Err(format!("第 {} 列「{title}」重复", at + 1));
        }
    }
    match REQUIRED.iter().find(|column| !positions.contains_key(column)) {
        Some(missing) => Err(format!("缺少必需的列「{}」", title_of(missing))),
        None => Ok(Header { positions, titles }),
    }
}

impl Header {
    /// How many columns there are.
    pub(super) fn len(&self) -> usize {
        self.titles.len()
    }

    /// Where a column stands, if it is there.
    pub(super) fn position(&self, column: &Column) -> Option<usize> {
        self.positions.get(column).copied()
    }

    /// The title of a column as the file writes it.
    pub(super) fn title(&self, at: usize) -> &str {
        self.titles.get(at).map_or("", String::as_str)
    }

    /// The account number's column as the file writes it.
    pub(super) fn title_of_account(&self) -> &str {
        self.position(&Column::AccountNo).map_or("", |at| self.title(at))
    }

    /// The columns that the file has.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column> {
        self.positions.keys()
    }
}

fn column(title: &str) -> Option<Column> {
    let named = NAMES.iter().find(|(_, names)| names.contains(&title)).map(|(column, _)| column.clone());
    named.or_else(|| partial_area(title)).or_else(|| prior_arrears(title))
}

fn partial_area(title: &str) -> Option<Column> {
    // Either kind of brackets is typed.
    let full_width = title.replace('(', "（").replace(')', "）");
    let kind = match PARTIAL_AREAS.iter().find(|(chinese, _)| *chinese == full_width) {
        Some((_, kind)) => kind,
        None => title.strip_prefix("partial_area_").filter(|kind| !kind.is_empty())?,
    };
    Some(Column::PartialArea(kind.to_owned()))
}

/// `prior_arrears_2024`, `陈欠2024`, `陈欠2024-2025`.
fn prior_arrears(title: &str) -> Option<Column> {
    let season = title.strip_prefix("prior_arrears_").or_else(|| title.strip_prefix("陈欠"))?;
    Season::parse(season).ok().map(Column::PriorArrears)
}

fn title_of(column: &Column) -> &'static str {
    NAMES.iter().find(|(named, _)| named == column).map_or("", |(_, names)| names[1])
}
