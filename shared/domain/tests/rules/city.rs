//! 清岚市, the city of `events/`: its households and tariffs are read and billed.

use heatpay_domain::{
    Fen, Season,
    bill::Bill,
    household::import::{ImportedHousehold, RowError, read_households},
    tariff::{CannotBill, Tariff, compute_bill, prior_arrears_bill},
};
use jiff::civil::date;
use std::fs::{self, File};

fn households() -> (Vec<ImportedHousehold>, Vec<RowError>) {
    let file = File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/households.csv")).unwrap();
    let (good, bad): (Vec<_>, Vec<_>) = read_households(file).unwrap().partition(Result::is_ok);
    (good.into_iter().filter_map(Result::ok).collect(), bad.into_iter().filter_map(Result::err).collect())
}

fn tariffs() -> Vec<Tariff> {
    let json = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../events/tariffs.json")).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn tariff<'a>(tariffs: &'a [Tariff], season: i16, class: &str) -> &'a Tariff {
    tariffs.iter().find(|tariff| tariff.season == Season(season) && tariff.tariff_class == class).unwrap()
}

fn bill_of(account: &str) -> Result<Bill, CannotBill> {
    let (good, _) = households();
    let household = &good.iter().find(|read| read.household.account_no.as_str() == account).unwrap().household;
    compute_bill(household, tariff(&tariffs(), 2026, &household.tariff_class), Season(2026), date(2026, 10, 15))
}

#[test]
fn the_city_has_some_500_households_and_ten_broken_rows() {
    let (good, bad) = households();
    assert_eq!(good.len(), 494);
    let shown: Vec<String> = bad.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "第 42 行「户号」：户号与第 2 行重复",
            "第 88 行「建筑面积」：面积应为数字，如 89.52",
            "第 134 行「建筑面积」：面积应为数字，如 89.52",
            "第 180 行「身份证号」：身份证号位数、日期或校验码不对",
            "第 226 行「联系电话」：应为 11 位手机号，或带区号的固定电话",
            "第 272 行「用热性质」：「民用」不在可选值中：居民、非居民",
            "第 318 行「小区」：不能为空",
            "第 364 行「户号」：户号被 Excel 改成了科学计数，请将该列设为文本",
            "第 410 行「陈欠2025-2026」：陈欠不能为负数",
            "第 456 行：有 20 列，表头有 32 列",
        ]
    );
}

#[test]
fn its_tariffs_cover_three_seasons_and_are_written_back_the_same() {
    let tariffs = tariffs();
    assert_eq!(tariffs.len(), 9);
    let back: Vec<Tariff> = serde_json::from_str(&serde_json::to_string(&tariffs).unwrap()).unwrap();
    assert_eq!(back, tariffs);
}

#[test]
fn each_of_the_first_accounts_shows_one_rule() {
    let rules = |account: &str| -> Vec<(String, String)> {
        let bill = bill_of(account).unwrap();
        bill.lines.into_iter().map(|line| (line.rule, line.amount.yuan())).collect()
    };
    let line = |rule: &str, yuan: &str| (rule.to_owned(), yuan.to_owned());
    assert_eq!(rules("1000000001"), [line("area_fee", "2238.00")]);
    assert_eq!(rules("1000000003"), [line("area_fee", "1557.50"), line("second_payer", "-956.25")]);
    assert_eq!(
        rules("1000000004"),
        [line("area_fee", "3087.50"), line("partial_area", "567.00"), line("partial_area", "233.13")]
    );
    assert_eq!(rules("1000000005"), [line("standby", "718.58")]);
    assert_eq!(rules("1000000006"), [line("area_fee", "5472.00"), line("height_surcharge", "1641.60")]);
    assert_eq!(rules("1000000007"), [line("area_fee", "34570.00")]);
    assert_eq!(rules("1000000008"), [line("area_fee", "1759.93")]);
    assert!(matches!(bill_of("1000000009"), Err(CannotBill::BillingMethodNotYetSupported(_))));
    assert!(matches!(bill_of("1000000010"), Err(CannotBill::PriceByHand(_))));
}

#[test]
fn all_but_four_households_get_a_bill_and_arrears_become_bills_of_their_seasons() {
    let (good, _) = households();
    let tariffs = tariffs();
    let today = date(2026, 10, 15);
    let mut refused = Vec::new();
    let (mut billed, mut arrears) = (Fen::ZERO, Vec::new());
    for read in &good {
        let household = &read.household;
        let class = household.tariff_class.as_str();
        match compute_bill(household, tariff(&tariffs, 2026, class), Season(2026), today) {
            Ok(bill) => billed = billed.checked_add(bill.total).unwrap(),
            Err(wrong) => refused.push(wrong.to_string()),
        }
        arrears.extend(
            read.prior_arrears
                .iter()
                .map(|owed| prior_arrears_bill(household, *owed, Some(tariff(&tariffs, owed.season.0, class)), today)),
        );
    }
    refused.sort();
    let metered = "结算方式「计量」暂不支持出账";
    assert_eq!(refused, ["层高 7.2 m 超过上限，需人工核定热价", "结算方式「两部制」暂不支持出账", metered, metered]);
    assert!(billed.is_positive());
    assert!((30..80).contains(&arrears.len()), "{}", arrears.len());
    assert!(arrears.iter().all(|bill| bill.due_on < today && bill.late_fee.is_some()));
    let of_second: Vec<_> = arrears.iter().filter(|bill| bill.account_no.as_str() == "1000000002").collect();
    assert_eq!(of_second.iter().map(|bill| bill.total.yuan()).collect::<Vec<_>>(), ["2512.32", "2617.00"]);
}
