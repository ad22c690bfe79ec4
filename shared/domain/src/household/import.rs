//! Reads a household file row by row, memory flat: the good rows and, for each bad one, where and why.

use super::{
    Household, PriorArrears,
    columns::{Header, read_header},
    decode::{BUFFER_BYTES, Decoded, MAX_ROW_BYTES, RowBudget, RowTooLong},
    fields::Row,
};
use crate::AccountNo;
use csv::{ErrorKind, Reader, ReaderBuilder, StringRecord};
use std::{
    collections::HashMap,
    fmt,
    io::{self, Read},
};

/// A household read from a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedHousehold {
    /// The line its row begins on, from 1, the header's being 1.
    pub line: u64,
    /// The household.
    pub household: Household,
    /// 陈欠, the oldest season first.
    pub prior_arrears: Vec<PriorArrears>,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowError {
    /// The line the row begins on.
    pub line: u64,
    /// The column, as the file calls it, where one is to blame.
    pub column: Option<String>,
    /// Why, in Chinese.
    pub reason: String,
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "第 {} 行「{column}」：{}", self.line, self.reason),
            None => write!(f, "第 {} 行：{}", self.line, self.reason),
        }
    }
}

impl std::error::Error for RowError {}

/// Why a file cannot be read as a household file at all.
#[derive(Debug, thiserror::Error)]
pub enum NotAHouseholdFile {
    /// Reading failed.
    #[error("读取文件失败")]
    Unreadable(#[source] io::Error),
    /// A workbook or another binary.
    #[error("不是 CSV 文本：请在 Excel 中另存为 CSV")]
    NotText,
    /// The first row is not a header that we know.
    #[error("表头有误：{0}")]
    Header(String),
}

/// The rows of a household file. After a row that cannot even be delimited, it ends.
pub struct HouseholdRows<R> {
    reader: Reader<Decoded<R>>,
    header: Header,
    record: StringRecord,
    budget: RowBudget,
    /// Where each account was seen first.
    seen: HashMap<AccountNo, u64>,
    ended: bool,
}

/// Opens a household file: UTF-8 with or without BOM, or GBK; a header of Chinese or English names.
pub fn read_households<R: Read>(file: R) -> Result<HouseholdRows<R>, NotAHouseholdFile> {
    let budget = RowBudget::default();
    let text = Decoded::open(file, budget.clone()).map_err(NotAHouseholdFile::Unreadable)?;
    let text = text.ok_or(NotAHouseholdFile::NotText)?;
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(BUFFER_BYTES).from_reader(text);
    let mut record = StringRecord::new();
    budget.refill();
    reader.read_record(&mut record).map_err(|wrong| NotAHouseholdFile::Header(reason(&wrong)))?;
    let header = read_header(record.iter()).map_err(NotAHouseholdFile::Header)?;
    Ok(HouseholdRows { reader, header, record, budget, seen: HashMap::new(), ended: false })
}

impl<R: Read> HouseholdRows<R> {
    fn row(&mut self, line: u64) -> Result<ImportedHousehold, RowError> {
        let wrong = |column: Option<String>, reason: String| RowError { line, column, reason };
        if self.record.len() != self.header.len() {
            let reason = format!("有 {} 列，表头有 {} 列", self.record.len(), self.header.len());
            return Err(wrong(None, reason));
        }
        let row = Row { header: &self.header, record: &self.record };
        let (household, prior_arrears) = row.household().map_err(|cell| wrong(Some(cell.column), cell.reason))?;
        match self.seen.get(&household.account_no) {
            Some(first) => {
                let column = self.header.title_of_account().to_owned();
                Err(wrong(Some(column), format!("户号与第 {first} 行重复")))
            }
            None => {
                self.seen.insert(household.account_no.clone(), line);
                Ok(ImportedHousehold { line, household, prior_arrears })
            }
        }
    }
}

impl<R: Read> Iterator for HouseholdRows<R> {
    type Item = Result<ImportedHousehold, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if self.ended {
                return None;
            }
            self.budget.refill();
            let before = self.reader.position().line();
            match self.reader.read_record(&mut self.record) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(wrong) => {
                    self.ended = true;
                    return Some(Err(RowError { line: before, column: None, reason: reason(&wrong) }));
                }
            }
            // Excel leaves rows of nothing but commas at the end.
            if self.record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let line = self.record.position().map_or(before, csv::Position::line);
            return Some(self.row(line));
        }
    }
}

fn reason(wrong: &csv::Error) -> String {
    if let ErrorKind::Io(error) = wrong.kind() {
        if error.get_ref().is_some_and(|inner| inner.is::<RowTooLong>()) {
            return format!("一行超过 {} KiB，可能有未闭合的引号；其后各行未读", MAX_ROW_BYTES / 1024);
        }
        return "读取文件失败；其后各行未读".to_owned();
    }
    "不是有效的 CSV；其后各行未读".to_owned()
}
