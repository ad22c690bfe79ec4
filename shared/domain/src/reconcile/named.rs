//! What is set aside by name while the lines go past: as many as can be named, the first by their numbers, so that the order in
//! which they come makes no difference and a file without a single match costs no more memory.

use super::report::MAX_NAMED;
use crate::statement::{StatementKind, StatementLine};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// What lines are told apart by: kind, number, amount.
pub(super) type Name = (StatementKind, String, i64);

/// What all lines of a name have in common, and how many they are.
pub(super) struct Named {
    pub(super) lines: u32,
    pub(super) line: StatementLine,
}

#[derive(Default)]
pub(super) struct NamedLines(BTreeMap<Name, Named>);

impl NamedLines {
    /// Sets a line aside, if it is among the first.
    pub(super) fn add(&mut self, number: &str, line: &StatementLine) {
        let name = (line.kind, number.to_owned(), line.amount.0);
        if let Some(named) = self.0.get_mut(&name) {
            named.lines = named.lines.saturating_add(1);
            if shown(line) < shown(&named.line) {
                named.line = line.clone();
            }
            return;
        }
        // The last one can only become smaller, so whatever is left out once is left out for good.
        if self.0.len() == MAX_NAMED {
            match self.0.last_key_value() {
                Some((last, _)) if *last > name => drop(self.0.pop_last()),
                Some(_) | None => return,
            }
        }
        self.0.insert(name, Named { lines: 1, line: line.clone() });
    }

    pub(super) fn into_iter(self) -> impl Iterator<Item = (Name, Named)> {
        self.0.into_iter()
    }

    /// All lines.
    pub(super) fn lines(&self) -> impl Iterator<Item = &StatementLine> {
        self.0.values().map(|named| &named.line)
    }
}

/// What else a line shows.
fn shown(line: &StatementLine) -> (Timestamp, &str, &str, Option<&str>, i64) {
    (line.at, &line.order_no, &line.channel_txn, line.channel_refund_no.as_deref(), line.fee.0)
}
