//! The settlement file of a day (对账文件): asked for in the morning, packed by zlib around a zip.

use super::{
    Unionpay, archive,
    response::{Class, unclear, unreadable},
    times::txn_time,
    zm,
};
use crate::{ChannelError, MAX_STATEMENT_BYTES, StatementFile, StatementLines};
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use flate2::read::ZlibDecoder;
use heatpay_domain::{
    calendar::moment,
    statement::{BadStatement, StatementLine},
};
use jiff::{Timestamp, ToSpan, civil::Date};
use std::{io::Read, time::Duration};

/// A city's file of a day takes its time.
const FILE_TIME_LIMIT: Duration = Duration::from_secs(60);

/// The largest zip.
const MAX_BYTES: u64 = 64 << 20;

impl Unionpay {
    pub(super) async fn fetch_file(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        let request = self.request([
            ("txnType", "76"),
            ("txnSubType", "01"),
            ("bizType", "000000"),
            ("fileType", "00"),
            ("settleDate", &day.strftime("%m%d").to_string()),
            ("txnTime", &txn_time(now)),
        ]);
        let answer = self
            .call_within(format!("{}/", self.files_url), request, MAX_STATEMENT_BYTES, FILE_TIME_LIMIT, now)
            .await?;
        match answer.class() {
            Class::Done => {}
            // Said before the file is made, and said for good of a day on which nothing happened.
            Class::NotReady if is_long_over(day, now) => return Ok(None),
            Class::PaidLate
            | Class::Pending
            | Class::Busy
            | Class::NotFound
            | Class::Duplicate
            | Class::NotReady
            | Class::Conflict
            | Class::Card
            | Class::Refused
            | Class::Ours
            | Class::Unclear => return Err(answer.error()),
        }
        // The request names no year.
        let date = day.strftime("%Y%m%d").to_string();
        if !answer.need("fileName")?.contains(&date) {
            return Err(unreadable("file of the day that was asked for"));
        }
        let packed = STANDARD.decode(answer.need("fileContent")?.trim()).map_err(unclear)?;
        let mut bytes = Vec::new();
        ZlibDecoder::new(packed.as_slice()).take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(unclear)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > MAX_BYTES) {
            return Err(unreadable("file of a size that can be"));
        }
        Ok(Some(StatementFile { name: format!("unionpay-{date}.zip"), bytes: Bytes::from(bytes) }))
    }

    pub(super) fn read_file<'a>(&self, file: &'a [u8], day: Date) -> Result<StatementLines<'a>, BadStatement> {
        // On a day without any transaction the file may be there and empty.
        if file.is_empty() {
            return Ok(Box::new(std::iter::empty()));
        }
        let merchant = self.settings.mer_id.clone();
        let entries = archive::entries(file)?;
        let (details, errors) = (format!("ZM_{merchant}"), format!("ZME_{merchant}"));
        let prefix = day.strftime("INN%y%m%d").to_string();
        let mut files = Vec::new();
        for entry in &entries {
            if entry.name.ends_with(&errors) {
                alarm_if_filled(entry)?;
            }
            if entry.name.ends_with(&details) {
                if !entry.name.starts_with(&prefix) {
                    return Err(BadStatement::NotOurs("day"));
                }
                files.push(entry.lines());
            }
        }
        if files.is_empty() {
            return Err(BadStatement::Incomplete("there is no ZM file in it"));
        }
        Ok(Box::new(Details { files, day, merchant, line: 0, broken: false }))
    }
}

/// Two mornings later: the file comes at about nine of the next day.
fn is_long_over(day: Date, now: Timestamp) -> bool {
    moment(day.saturating_add(2.days()).at(9, 0, 0, 0)).is_some_and(|morning| now >= morning)
}

/// Errors and adjustments (`ZME`) are for a person: no published source says what their fields are.
fn alarm_if_filled(entry: &archive::Entry<'_>) -> Result<(), BadStatement> {
    let mut lines = entry.lines();
    let mut filled = 0_u64;
    while let Some(line) = lines.next()? {
        filled += u64::from(!line.trim_ascii().is_empty());
    }
    if filled > 0 {
        tracing::error!(file = entry.name, lines = filled, "UnionPay reports errors or adjustments of its settlement");
    }
    Ok(())
}

/// The lines of the detail files, one after the other. Nothing comes after an error.
struct Details<'a> {
    files: Vec<archive::Lines<'a>>,
    day: Date,
    merchant: String,
    line: u64,
    broken: bool,
}

impl Details<'_> {
    fn read(&mut self) -> Result<Option<StatementLine>, BadStatement> {
        while let Some(file) = self.files.first_mut() {
            let Some(line) = file.next()? else {
                self.files.remove(0);
                continue;
            };
            self.line += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let read = zm::read(&line, self.day, &self.merchant);
            return read.map(Some).map_err(|what| BadStatement::Unreadable { line: self.line, what });
        }
        Ok(None)
    }
}

impl Iterator for Details<'_> {
    type Item = Result<StatementLine, BadStatement>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.broken {
            return None;
        }
        let read = self.read();
        self.broken = read.is_err();
        read.transpose()
    }
}
