//! What the switch of statements does to a file: to its rows, its text, its checksums.

use crate::switches::Statements;
use heatpay_ports::Ids;

/// So many bytes are lost where a text breaks off: the end of the last line of a settlement file, of other texts the totals too.
const LOST: usize = 305;

/// A ZIP's end record without a comment, and what stands in it and in an entry of the directory where.
const END_RECORD: usize = 22;
const DIRECTORY_AT: usize = 16;
const ENTRY: usize = 46;
const CRC_AT: usize = 16;
const LENGTHS_AT: usize = 28;

impl Statements {
    /// The rows, as they are told.
    pub(crate) fn rows<T: Clone>(self, mut rows: Vec<T>, ids: &dyn Ids) -> Vec<T> {
        match self {
            Self::Proper | Self::Truncated | Self::WrongHash => rows,
            Self::Shuffled => {
                rows.sort_by_cached_key(|_| ids.token(16));
                rows
            }
            Self::Doubled => rows.into_iter().flat_map(|row| [row.clone(), row]).collect(),
            Self::Empty => Vec::new(),
        }
    }

    /// How many bytes of a text of that length there are.
    pub(crate) fn length(self, whole: usize) -> usize {
        if self == Self::Truncated { whole.saturating_sub(LOST) } else { whole }
    }

    /// The ZIP, with other checksums in its directory where they are to be wrong.
    pub(crate) fn zip(self, mut zip: Vec<u8>) -> Vec<u8> {
        if self == Self::WrongHash {
            spoil(&mut zip);
        }
        zip
    }
}

/// Changes the checksum of every file of a ZIP.
fn spoil(zip: &mut [u8]) -> Option<()> {
    let end = zip.len().checked_sub(END_RECORD)?;
    let directory = zip.get(end + DIRECTORY_AT..)?.first_chunk().copied()?;
    let mut at = usize::try_from(u32::from_le_bytes(directory)).ok()?;
    while at < end {
        *zip.get_mut(at + CRC_AT)? ^= 0xff;
        let lengths: [u8; 6] = *zip.get(at + LENGTHS_AT..)?.first_chunk()?;
        let lengths = lengths.chunks_exact(2).map(|two| usize::from(two[0]) + 256 * usize::from(two[1]));
        at += ENTRY + lengths.sum::<usize>();
    }
    Some(())
}
