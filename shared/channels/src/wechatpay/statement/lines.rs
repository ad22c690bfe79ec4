//! The lines of a statement, read as they are asked for: one line is in memory.

use super::{columns::Columns, totals::Totals};
use heatpay_domain::statement::{BadStatement, StatementLine};
use jiff::civil::Date;
use std::io::{BufRead, Read};

/// The longest line: 27 cells, the longest of 128 characters.
const MAX_LINE_BYTES: u64 = 16 * 1024;

/// The most lines one day's file may have.
const MAX_LINES: u64 = 10_000_000;

pub(super) struct Lines<R> {
    text: R,
    buffer: Vec<u8>,
    number: u64,
    mchid: String,
    day: Date,
    columns: Columns,
    totals: Totals,
    over: bool,
}

impl<R: BufRead> Lines<R> {
    /// Reads the header.
    pub(super) fn start(mut text: R, mchid: &str, day: Date) -> Result<Self, BadStatement> {
        let mut buffer = Vec::with_capacity(1024);
        let header = next_line(&mut text, &mut buffer, 1)?.ok_or(BadStatement::Incomplete("it is empty"))?;
        let columns = Columns::of(header.trim_start_matches('\u{feff}'))?;
        let (mchid, totals) = (mchid.to_owned(), Totals::default());
        Ok(Self { text, buffer, number: 1, mchid, day, columns, totals, over: false })
    }

    /// The next line that moved money, `None` behind totals that agree.
    fn read(&mut self) -> Result<Option<StatementLine>, BadStatement> {
        loop {
            self.number += 1;
            let cut = BadStatement::Incomplete("it ends before its totals");
            let line = next_line(&mut self.text, &mut self.buffer, self.number)?.ok_or(cut)?;
            if !line.starts_with('`') {
                let header = line.to_owned();
                return self.finish(&header).map(|()| None);
            }
            if self.totals.rows() == MAX_LINES {
                return Err(BadStatement::Damaged("it has too many lines"));
            }
            let row = self.columns.read(line, self.number, &self.mchid, self.day)?;
            self.totals.count(&row);
            if row.line.is_some() {
                return Ok(row.line);
            }
        }
    }

    fn finish(&mut self, header: &str) -> Result<(), BadStatement> {
        self.number += 1;
        let cut = BadStatement::Incomplete("it ends before its totals");
        let row = next_line(&mut self.text, &mut self.buffer, self.number)?.ok_or(cut)?;
        self.totals.check(header, row, self.number)?;
        match next_line(&mut self.text, &mut self.buffer, self.number + 1)? {
            None => Ok(()),
            Some(_) => Err(BadStatement::Incomplete("it goes on behind its totals")),
        }
    }
}

impl<R: BufRead> Iterator for Lines<R> {
    type Item = Result<StatementLine, BadStatement>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.read().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}

/// One line without its end; blank ones are passed over. `None` at the end of the file.
fn next_line<'a>(
    text: &mut impl BufRead,
    buffer: &'a mut Vec<u8>,
    number: u64,
) -> Result<Option<&'a str>, BadStatement> {
    loop {
        buffer.clear();
        let read = text.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', buffer);
        match read.map_err(|_| BadStatement::Damaged("it cannot be unpacked"))? {
            0 => return Ok(None),
            _ if buffer.iter().all(u8::is_ascii_whitespace) => {}
            _ => break,
        }
    }
    let line = std::str::from_utf8(buffer).map_err(|_| BadStatement::Unreadable { line: number, what: "UTF-8" })?;
    Ok(Some(line.trim_end_matches(['\r', '\n'])))
}
