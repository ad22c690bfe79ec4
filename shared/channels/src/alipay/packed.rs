//! The packed file: a ZIP of CSV files in GB18030, unpacked line by line, its checksum compared at the end.

use encoding_rs::GB18030;
use flate2::{CrcReader, read::DeflateDecoder};
use heatpay_domain::statement::BadStatement;
use std::io::{BufRead, BufReader, Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// No file of the archive is larger, unpacked.
const MAX_UNPACKED_BYTES: u64 = 4 << 30;

/// No line is longer.
const MAX_LINE_BYTES: u64 = 64 << 10;

/// An archive of Alipay's has two files.
const MAX_ENTRIES: usize = 16;

const TOO_LONG: BadStatement = BadStatement::Damaged("a line is longer than any");

type Unpacked<'a> = BufReader<CrcReader<Box<dyn Read + Send + 'a>>>;

/// The lines of one file of the archive.
pub(super) struct Lines<'a> {
    from: Unpacked<'a>,
    crc: u32,
    size: u64,
    taken: u64,
    line: Vec<u8>,
    /// The number of the line that was read last, from 1.
    pub(super) number: u64,
}

/// Where the bytes of a file lie in the archive.
struct Entry {
    start: usize,
    end: usize,
    crc: u32,
    size: u64,
    packed: bool,
}

/// The file whose first line starts like that; exactly one must.
pub(super) fn open<'a>(archive: &'a [u8], first_line: &str) -> Result<Lines<'a>, BadStatement> {
    let mut found = None;
    for entry in entries(archive)? {
        let mut lines = entry.lines(archive)?;
        let begins = lines.next_line()?.is_some_and(|line| line.starts_with(first_line));
        if begins && found.replace(entry.lines(archive)?).is_some() {
            return Err(BadStatement::Damaged("it has two files of that kind"));
        }
    }
    found.ok_or(BadStatement::Damaged("it has no file of that kind"))
}

fn entries(archive: &[u8]) -> Result<Vec<Entry>, BadStatement> {
    let unreadable = |_| BadStatement::Damaged("it is no ZIP file");
    let mut zip = ZipArchive::new(Cursor::new(archive)).map_err(unreadable)?;
    if zip.len() > MAX_ENTRIES {
        return Err(BadStatement::Damaged("it has more files than any"));
    }
    let mut entries = Vec::new();
    for at in 0..zip.len() {
        let entry = zip.by_index_raw(at).map_err(unreadable)?;
        let packed = match entry.compression() {
            CompressionMethod::Stored => false,
            CompressionMethod::Deflated => true,
            _ => return Err(BadStatement::Damaged("it is packed in an unknown way")),
        };
        let place = |offset: u64| usize::try_from(offset).ok().filter(|offset| *offset <= archive.len());
        let start = entry.data_start();
        let end = start.and_then(|start| start.checked_add(entry.compressed_size()));
        let (Some(start), Some(end)) = (start.and_then(place), end.and_then(place)) else {
            return Err(BadStatement::Damaged("a file lies outside of it"));
        };
        entries.push(Entry { start, end, crc: entry.crc32(), size: entry.size(), packed });
    }
    Ok(entries)
}

impl Entry {
    fn lines<'a>(&self, archive: &'a [u8]) -> Result<Lines<'a>, BadStatement> {
        let bytes = archive.get(self.start..self.end).ok_or(BadStatement::Damaged("a file lies outside of it"))?;
        if self.size > MAX_UNPACKED_BYTES {
            return Err(BadStatement::Damaged("it is larger than any"));
        }
        let from: Box<dyn Read + Send + 'a> =
            if self.packed { Box::new(DeflateDecoder::new(bytes)) } else { Box::new(bytes) };
        let from = BufReader::with_capacity(64 << 10, CrcReader::new(from));
        Ok(Lines { from, crc: self.crc, size: self.size, taken: 0, line: Vec::new(), number: 0 })
    }
}

impl Lines<'_> {
    /// The next line without its end; `None` after the last, when the file is whole. A comma or a line feed is never a part of
    /// another character in GB18030.
    pub(super) fn next_line(&mut self) -> Result<Option<String>, BadStatement> {
        self.line.clear();
        let damaged = |_| BadStatement::Damaged("it cannot be unpacked");
        let read = self.from.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut self.line).map_err(damaged)?;
        if read == 0 {
            return self.end().map(|()| None);
        }
        self.taken += read as u64;
        if self.taken > self.size {
            return Err(BadStatement::Damaged("it is larger than it says"));
        }
        if read as u64 == MAX_LINE_BYTES && !self.line.ends_with(b"\n") {
            return Err(TOO_LONG);
        }
        self.number += 1;
        let text = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        let (text, wrong) = GB18030.decode_without_bom_handling(text);
        if wrong {
            return Err(BadStatement::Unreadable { line: self.number, what: "text in GB18030" });
        }
        Ok(Some(text.into_owned()))
    }

    fn end(&self) -> Result<(), BadStatement> {
        let whole = self.taken == self.size && self.from.get_ref().crc().sum() == self.crc;
        if whole { Ok(()) } else { Err(BadStatement::Damaged("its checksum is another")) }
    }
}
