//! Whether a chain is as it was written.

use super::{
    Entry, HEAD, Operations,
    chain::{ChainKey, Head},
    entry::place,
};
use crate::{StoreError, table::s};
use heatpay_domain::StaffNo;
use serde::Serialize;

/// How a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breakage {
    /// There is no entry of that number: it was removed.
    Missing,
    /// The entry is not what was written.
    Altered,
    /// The entry was written after another one than stands before it.
    NotLinked,
    /// The chain's head is missing, was changed, or tells of fewer entries than there are.
    HeadDiffers,
}

/// Where a chain is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// The first entry that is not as it was written.
    pub seq: u64,
    /// How.
    pub how: Breakage,
}

/// What a look at a chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verification {
    /// Entries looked at that are as they were written.
    pub whole: u64,
    /// The first break, if there is one.
    pub broken: Option<Broken>,
    /// Where to go on, where there are more than one look takes.
    pub next: Option<u64>,
}

/// Follows a chain entry by entry.
struct Walk<'a> {
    key: &'a ChainKey,
    /// The number the next entry must have.
    seq: u64,
    /// The hash it must follow; `None` where the walk begins in the middle.
    previous: Option<String>,
}

impl Walk<'_> {
    fn step(&mut self, entry: &Entry) -> Result<(), Broken> {
        let broken = |how| Err(Broken { seq: self.seq, how });
        if entry.seq != self.seq {
            return broken(Breakage::Missing);
        }
        if self.key.hash(entry) != entry.hash {
            return broken(Breakage::Altered);
        }
        if self.previous.as_ref().is_some_and(|previous| *previous != entry.previous) {
            return broken(Breakage::NotLinked);
        }
        self.seq += 1;
        self.previous = Some(entry.hash.clone());
        Ok(())
    }

    /// Whether the head tells of what was walked.
    fn end(&self, staff_no: &StaffNo, head: Option<&Head>) -> Result<(), Broken> {
        let last = self.seq - 1;
        let broken = |how| Err(Broken { seq: self.seq, how });
        match head {
            None if last == 0 => Ok(()),
            None => broken(Breakage::HeadDiffers),
            Some(head) if *head != self.key.head(staff_no, head.count, head.hash.clone()) => {
                broken(Breakage::HeadDiffers)
            }
            Some(head) if head.count > last => broken(Breakage::Missing),
            Some(head) if head.count < last => broken(Breakage::HeadDiffers),
            Some(head) if self.previous.as_ref().is_some_and(|previous| *previous != head.hash) => {
                broken(Breakage::NotLinked)
            }
            Some(_) => Ok(()),
        }
    }
}

impl Operations {
    /// Looks at a person's chain from the entry `from` (1: all of it), at most `most` entries at once, and at its head when the end
    /// is reached. Queries of 1 MiB, two GetItems or three.
    pub async fn verify(&self, staff_no: &StaffNo, from: u64, most: u64) -> Result<Verification, StoreError> {
        let mut head_before = self.head(staff_no).await?;
        let from = from.clamp(1, head_before.as_ref().map_or(0, |head| head.count) + 1);
        // From the middle on, the entry before is looked at too: the next one must follow it.
        let previous = (from == 1).then(String::new);
        let mut walk = Walk { key: &self.key, seq: (from - 1).max(1), previous };
        loop {
            let entries = self.from(staff_no, walk.seq).await?;
            let more = !entries.is_empty();
            for entry in &entries {
                if let Err(broken) = walk.step(entry) {
                    return Ok(Verification {
                        whole: broken.seq.saturating_sub(from),
                        broken: Some(broken),
                        next: None,
                    });
                }
                if walk.seq.saturating_sub(from) >= most {
                    return Ok(Verification { whole: walk.seq - from, broken: None, next: Some(walk.seq) });
                }
            }
            if more {
                continue;
            }
            // Somebody may have written between the last page and the head: then there is another page.
            let head = self.head(staff_no).await?;
            let written_meanwhile = head.as_ref().is_some_and(|head| head.count >= walk.seq) && head != head_before;
            if written_meanwhile {
                head_before = head;
                continue;
            }
            let broken = walk.end(staff_no, head.as_ref()).err();
            return Ok(Verification { whole: walk.seq.saturating_sub(from), broken, next: None });
        }
    }

    /// A page of entries from that number on, oldest first.
    async fn from(&self, staff_no: &StaffNo, seq: u64) -> Result<Vec<Entry>, StoreError> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("staff_no = :staff AND #entry BETWEEN :from AND :to")
            .expression_attribute_names("#entry", "entry")
            .expression_attribute_values(":staff", s(staff_no.as_str()))
            .expression_attribute_values(":from", s(place(seq)))
            // Text order: every number is below the head's letters.
            .expression_attribute_values(":to", s(&HEAD[..1]))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.table.read(item)).collect()
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
