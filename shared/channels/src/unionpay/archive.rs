//! The settlement file's zip: its entries are read from where they lie, none is unpacked before it is read.

use flate2::{CrcReader, read::DeflateDecoder};
use heatpay_domain::statement::BadStatement;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use zip::{CompressionMethod, ZipArchive};

/// More files than a settlement file has.
const MAX_ENTRIES: usize = 64;

/// A file within the zip.
pub(super) struct Entry<'a> {
    pub(super) name: String,
    packed: &'a [u8],
    deflated: bool,
    size: u64,
    crc: u32,
}

/// The entries, in the order of the zip.
pub(super) fn entries(file: &[u8]) -> Result<Vec<Entry<'_>>, BadStatement> {
    let damaged = |_| BadStatement::Damaged("it is no zip");
    let mut archive = ZipArchive::new(Cursor::new(file)).map_err(damaged)?;
    if archive.len() > MAX_ENTRIES {
        return Err(BadStatement::Damaged("the zip has too many files"));
    }
    (0..archive.len()).map(|index| entry(file, &mut archive, index)).collect()
}

fn entry<'a>(
    file: &'a [u8],
    archive: &mut ZipArchive<Cursor<&'a [u8]>>,
    index: usize,
) -> Result<Entry<'a>, BadStatement> {
    let found = archive.by_index_raw(index).map_err(|_| BadStatement::Damaged("the zip's list is broken"))?;
    let deflated = match found.compression() {
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        _ => return Err(BadStatement::Damaged("the zip is packed in another way")),
    };
    if found.encrypted() {
        return Err(BadStatement::Damaged("the zip is encrypted"));
    }
    let packed = || {
        let start = usize::try_from(found.data_start()?).ok()?;
        let length = usize::try_from(found.compressed_size()).ok()?;
        file.get(start..start.checked_add(length)?)
    };
    Ok(Entry {
        name: found.name().map(|name| name.into_owned()).unwrap_or_default(),
        packed: packed().ok_or(BadStatement::Incomplete("the zip ends before its files"))?,
        deflated,
        size: found.size(),
        crc: found.crc32(),
    })
}

impl<'a> Entry<'a> {
    /// The file's lines, unpacked as they are asked for.
    pub(super) fn lines(&self) -> Lines<'a> {
        let unpacked: Box<dyn Read + Send + 'a> =
            if self.deflated { Box::new(DeflateDecoder::new(self.packed)) } else { Box::new(self.packed) };
        // One byte more than it may have, to see that it has more.
        let limited = unpacked.take(self.size.saturating_add(1));
        Lines { reader: CrcReader::new(BufReader::new(limited)), size: self.size, crc: self.crc, read: 0 }
    }
}

/// Lines of a file within the zip.
pub(super) struct Lines<'a> {
    reader: CrcReader<BufReader<io::Take<Box<dyn Read + Send + 'a>>>>,
    size: u64,
    crc: u32,
    read: u64,
}

impl Lines<'_> {
    /// The longest line, in bytes: one of the file has 607.
    const MAX_LINE: u64 = 4096;

    /// The next line without its end, `None` after the last; an error where the file is not what the zip says.
    pub(super) fn next(&mut self) -> Result<Option<Vec<u8>>, BadStatement> {
        let mut line = Vec::new();
        let read = (&mut self.reader).take(Self::MAX_LINE).read_until(b'\n', &mut line);
        let read = read.map_err(|_| BadStatement::Damaged("a file of the zip cannot be unpacked"))?;
        self.read += u64::try_from(read).unwrap_or(u64::MAX);
        if line.is_empty() {
            let whole = self.read == self.size && self.reader.crc().sum() == self.crc;
            return if whole { Ok(None) } else { Err(BadStatement::Damaged("a file of the zip is not what it was")) };
        }
        if line.last() != Some(&b'\n') && u64::try_from(line.len()).is_ok_and(|length| length >= Self::MAX_LINE) {
            return Err(BadStatement::Damaged("a line never ends"));
        }
        while line.last().is_some_and(|byte| matches!(byte, b'\n' | b'\r')) {
            line.pop();
        }
        Ok(Some(line))
    }
}
