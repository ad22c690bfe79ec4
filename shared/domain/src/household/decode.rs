//! Files come from Excel: UTF-8 with or without BOM, or GBK. Whatever it was, UTF-8 comes out, a little at a time.

use encoding_rs::{CoderResult, Decoder, GBK, UTF_8};
use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

/// How much of the file is looked at to tell its encoding.
const LOOK_AHEAD: usize = 64 * 1024;
/// The largest row. What one row may read beyond it is the reader's own buffer.
pub(super) const MAX_ROW_BYTES: usize = 64 * 1024;
/// The reader's own buffer.
pub(super) const BUFFER_BYTES: usize = 8 * 1024;

/// A row ran over [`MAX_ROW_BYTES`]; usually a quote that is never closed.
#[derive(Debug, thiserror::Error)]
#[error("row over {MAX_ROW_BYTES} bytes")]
pub(super) struct RowTooLong;

/// Limits how much one row may read, so that a quote left open does not read the whole file into memory.
#[derive(Clone, Debug, Default)]
pub(super) struct RowBudget(Arc<AtomicUsize>);

impl RowBudget {
    /// A new row begins.
    pub(super) fn refill(&self) {
        self.0.store(MAX_ROW_BYTES + BUFFER_BYTES, Ordering::Relaxed);
    }

    fn take(&self, bytes: usize) -> Result<(), RowTooLong> {
        let left = self.0.load(Ordering::Relaxed).checked_sub(bytes).ok_or(RowTooLong)?;
        self.0.store(left, Ordering::Relaxed);
        Ok(())
    }
}

/// What a file's first bytes say it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looks {
    Utf8,
    Gbk,
    /// A workbook, a UTF-16 text or another binary: not a CSV.
    NotText,
}

/// Reads any of the encodings as UTF-8.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` is not decoded yet.
    from: usize,
    ended: bool,
    /// The decoder has given its last character.
    finished: bool,
    budget: RowBudget,
}

impl<R: Read> Decoded<R> {
    /// Looks at the beginning and decides. `Ok(None)` where it is no text.
    pub(super) fn open(mut inner: R, budget: RowBudget) -> io::Result<Option<Self>> {
        let mut raw = Vec::with_capacity(LOOK_AHEAD);
        inner.by_ref().take(LOOK_AHEAD as u64).read_to_end(&mut raw)?;
        let decoder = match looks(&raw) {
            Looks::Utf8 => UTF_8.new_decoder_with_bom_removal(),
            Looks::Gbk => GBK.new_decoder_without_bom_handling(),
            Looks::NotText => return Ok(None),
        };
        Ok(Some(Self { inner, decoder, raw, from: 0, ended: false, finished: false, budget }))
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.finished {
            if self.from == self.raw.len() && !self.ended {
                self.raw.resize(LOOK_AHEAD, 0);
                let read = self.inner.read(&mut self.raw)?;
                self.raw.truncate(read);
                self.from = 0;
                self.ended = read == 0;
            }
            let (result, read, written, _) = self.decoder.decode_to_utf8(&self.raw[self.from..], out, self.ended);
            self.from += read;
            self.finished = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                self.budget.take(written).map_err(io::Error::other)?;
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                return Err(io::Error::other("the buffer holds no character"));
            }
        }
        Ok(0)
    }
}

/// GBK where the bytes are not UTF-8. A character cut by the end of the look-ahead is no objection.
pub(super) fn looks(start: &[u8]) -> Looks {
    let workbook = start.starts_with(b"PK\x03\x04") || start.starts_with(b"\xd0\xcf\x11\xe0");
    if workbook || start.contains(&0) {
        return Looks::NotText;
    }
    match std::str::from_utf8(start) {
        Ok(_) => Looks::Utf8,
        Err(wrong) if wrong.error_len().is_none() && start.len() == LOOK_AHEAD => Looks::Utf8,
        Err(_) => Looks::Gbk,
    }
}
