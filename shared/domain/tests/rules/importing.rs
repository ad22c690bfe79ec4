use heatpay_domain::{
    AccountNo, Fen, Season,
    household::{
        BillingMethod, PriorArrears, SupplyStatus, UseCategory,
        import::{ImportedHousehold, NotAHouseholdFile, RowError, read_households},
    },
    measure::Area,
};
use jiff::civil::date;
use std::io::Read;

const HEADER: &str = "户号,户主,联系电话,分公司,换热站,小区,楼栋,房号,建筑面积,用热性质,单价类别";
const ROW: &str = "1000000001,林晓晨,15400000001,城东,东湖路,锦绣花园,1号楼,501,89.52,居民,residential";

fn read(bytes: &[u8]) -> Vec<Result<ImportedHousehold, RowError>> {
    read_households(bytes).unwrap_or_else(|wrong| panic!("{wrong}")).collect()
}

/// One row under the header, both extended by a column.
fn with(column: &str, cell: &str) -> Result<ImportedHousehold, String> {
    let file = format!("{HEADER},{column}\n{ROW},{cell}\n");
    read(file.as_bytes()).remove(0).map_err(|wrong| wrong.to_string())
}

/// The row with one of its own cells changed.
fn changed(from: &str, to: &str) -> String {
    let file = format!("{HEADER}\n{}\n", ROW.replacen(from, to, 1));
    read(file.as_bytes()).remove(0).unwrap_err().to_string()
}

#[test]
fn a_row_becomes_a_household() {
    let read = with("陈欠2024-2025", "2148.48").unwrap();
    assert_eq!(read.line, 2);
    assert_eq!(read.household.account_no, AccountNo::parse("1000000001").unwrap());
    assert_eq!(read.household.areas.gross, Area::parse("89.52").ok());
    assert_eq!(read.household.use_category, UseCategory::Residential);
    assert_eq!(read.household.billing_method, BillingMethod::Area, "by area where nothing is said");
    assert_eq!(read.household.supply_status, SupplyStatus::Normal);
    assert_eq!(read.household.address(), "锦绣花园 1号楼 501");
    assert_eq!(read.prior_arrears, [PriorArrears { season: Season(2024), amount: Fen(214_848) }]);
}

#[test]
fn english_names_are_as_good() {
    let file = "account_no,holder,branch,substation,community,building,room,usable_area,use_category,tariff_class,\
                prior_arrears_2025,partial_area_cellar,supply_from\n\
                H1234,Lin,East,S1,C1,B1,501,66.25,non_residential,commercial,10,7.5,2026/12/1\n";
    let household = read(file.as_bytes()).remove(0).unwrap();
    assert_eq!(household.household.partial_areas[0].kind, "cellar");
    assert_eq!(household.household.supply_from, Some(date(2026, 12, 1)));
    assert_eq!(household.prior_arrears[0].amount, Fen(1000));
}

#[test]
fn excel_may_save_it_as_utf8_with_or_without_bom_or_as_gbk() {
    let file = format!("{HEADER}\n{ROW}\n");
    let plain = read(file.as_bytes()).remove(0).unwrap();
    let with_bom = read(format!("\u{feff}{file}").as_bytes()).remove(0).unwrap();
    let (gbk, _, lossy) = encoding_rs::GBK.encode(&file);
    assert!(!lossy);
    let from_gbk = read(&gbk).remove(0).unwrap();
    assert_eq!(plain.household.holder, "林晓晨");
    assert_eq!(plain, with_bom);
    assert_eq!(plain, from_gbk);
}

#[test]
fn windows_line_ends_quotes_and_empty_rows_at_the_end_do_no_harm() {
    let row = ROW.replace("锦绣花园", "\"锦绣花园,二期\"");
    let file = format!("{HEADER}\r\n{row}\r\n,,,,,,,,,,\r\n\r\n");
    let rows = read(file.as_bytes());
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].as_ref().unwrap().household.community, "锦绣花园,二期");
}

#[test]
fn a_wrong_cell_names_its_line_its_column_and_the_reason() {
    assert_eq!(changed("89.52", "约90"), "第 2 行「建筑面积」：面积应为数字，如 89.52");
    assert_eq!(changed("89.52", "-76.5"), "第 2 行「建筑面积」：面积应为数字，如 89.52");
    assert_eq!(changed("89.52", "0"), "第 2 行「建筑面积」：必须大于 0");
    assert_eq!(changed("89.52", "89.5234"), "第 2 行「建筑面积」：面积最多 3 位小数");
    assert_eq!(changed("89.52", ""), "第 2 行「建筑面积」：四种面积不能都为空");
    assert_eq!(changed("居民", "民用"), "第 2 行「用热性质」：「民用」不在可选值中：居民、非居民");
    assert_eq!(changed("锦绣花园", " "), "第 2 行「小区」：不能为空");
    assert_eq!(changed("15400000001", "1540000001"), "第 2 行「联系电话」：应为 11 位手机号，或带区号的固定电话");
    assert_eq!(changed("1000000001", "12-34"), "第 2 行「户号」：户号应为 4 至 20 位字母或数字");
    assert_eq!(changed("1000000001", "1.00E+09"), "第 2 行「户号」：户号被 Excel 改成了科学计数，请将该列设为文本");
    assert_eq!(changed("林晓晨", "林\u{fffd}晨"), "第 2 行「户主」：含有无法识别的字符");
    assert_eq!(changed("林晓晨", &"林".repeat(201)), "第 2 行「户主」：超过 200 个字符");
    assert_eq!(changed(",89.52", ""), "第 2 行：有 10 列，表头有 11 列");
}

#[test]
fn identity_and_tax_numbers_are_checked_by_their_shape() {
    assert!(with("身份证号", "990101197812250017").is_ok());
    for wrong in ["990101197812250018", "99010119781225001X", "990101197802300012", "99010119781225001", "一二三四五六"]
    {
        assert_eq!(
            with("身份证号", wrong).unwrap_err(),
            "第 2 行「身份证号」：身份证号位数、日期或校验码不对",
            "{wrong}"
        );
    }
    assert!(with("纳税人识别号", "91990101MA0000007H").is_ok());
    assert!(with("纳税人识别号", "91990101ma0000007h").is_err());
}

#[test]
fn what_contradicts_itself_is_refused() {
    assert_eq!(with("套内面积", "90").unwrap_err(), "第 2 行「套内面积」：套内面积大于建筑面积");
    assert_eq!(with("使用面积", "90").unwrap_err(), "第 2 行「使用面积」：使用面积大于套内或建筑面积");
    assert_eq!(with("供暖状态", "部分供暖").unwrap_err(), "第 2 行「供暖状态」：部分供暖须填写供热开始或结束日期");
    assert_eq!(with("陈欠2025", "-120").unwrap_err(), "第 2 行「陈欠2025」：陈欠不能为负数");
    assert!(with("供热开始日期,供热结束日期", "2026-12-01,2026-11-30").is_err());
    assert_eq!(with("供热开始日期", "2026-02-30").unwrap_err(), "第 2 行「供热开始日期」：日期应为 2026-11-15 的形式");
}

#[test]
fn the_second_row_of_an_account_is_refused_and_names_the_first() {
    let file = format!("{HEADER}\n{ROW}\n{ROW}\n");
    let rows = read(file.as_bytes());
    assert!(rows[0].is_ok());
    assert_eq!(rows[1].as_ref().unwrap_err().to_string(), "第 3 行「户号」：户号与第 2 行重复");
}

#[test]
fn a_broken_row_does_not_stop_the_ones_after_it() {
    let other = ROW.replace("1000000001", "1000000002");
    let file = format!("{HEADER}\n{}\n{other}\n", ROW.replace("89.52", "?"));
    let rows = read(file.as_bytes());
    assert_eq!(rows.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true]);
}

#[test]
fn a_header_that_is_not_understood_says_why() {
    let header = |text: &str| read_households(text.as_bytes()).err().map(|wrong| wrong.to_string()).unwrap();
    assert_eq!(header(&HEADER.replace("户主", "主人")), "表头有误：第 2 列「主人」不是已知的列名");
    assert_eq!(header(&HEADER.replace("换热站", "小区")), "表头有误：第 6 列「小区」重复");
    assert_eq!(header("户号,户主"), "表头有误：缺少必需的列「分公司」");
    assert_eq!(header(""), "表头有误：缺少必需的列「户号」");
}

#[test]
fn a_workbook_is_not_a_csv() {
    assert!(matches!(read_households(&b"PK\x03\x04rest"[..]), Err(NotAHouseholdFile::NotText)));
    assert!(matches!(read_households(&b"\xff\xfe1\x000\x00"[..]), Err(NotAHouseholdFile::NotText)));
}

#[test]
fn a_quote_left_open_does_not_fill_the_memory() {
    let file = format!("{HEADER}\n{ROW}\n\"");
    let mut rows = read_households(file.as_bytes().chain(std::io::repeat(b'x').take(8 << 20))).unwrap();
    assert!(rows.next().unwrap().is_ok());
    let wrong = rows.next().unwrap().unwrap_err();
    assert_eq!((wrong.line, wrong.reason.contains("未闭合的引号")), (3, true));
    assert!(rows.next().is_none(), "after it nothing can be delimited");
}

#[test]
fn a_gbk_character_across_two_reads_is_one_character() {
    let mut file = format!("{HEADER}\n");
    for at in 0..9000 {
        file.push_str(&ROW.replace("1000000001", &format!("{at:06}")));
        file.push('\n');
    }
    let (gbk, _, _) = encoding_rs::GBK.encode(&file);
    let rows = read(&gbk);
    assert_eq!(rows.len(), 9000);
    assert!(rows.iter().all(|row| row.as_ref().is_ok_and(|read| read.household.holder == "林晓晨")));
}
