use super::{
    chain::{ChainKey, Head},
    masked::masked,
};
use crate::{
    StoreError,
    table::{Item, Table, s, sortable},
};
use heatpay_domain::{StaffNo, calendar::civil_date};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most bytes the values before, or after, may take. More is cut to its size: a log is no archive.
const MAX_VALUE_BYTES: usize = 8 * 1024;

/// What somebody does.
#[derive(Clone, Debug)]
pub struct Operation {
    pub(super) who: StaffNo,
    what: &'static str,
    object: String,
    branch: Option<String>,
    before: Option<String>,
    after: Option<String>,
    at: Timestamp,
    request_id: Option<String>,
}

impl Operation {
    /// `what` in snake case, named for the verb (`refund_approve`); the object by kind and number (`refund`, `R01K…`). The
    /// request's id is taken from where the code runs.
    pub fn new(who: &StaffNo, what: &'static str, kind: &str, number: &str, at: Timestamp) -> Self {
        Self {
            who: who.clone(),
            what,
            object: format!("{kind}#{number}"),
            branch: None,
            before: None,
            after: None,
            at,
            request_id: heatpay_runtime::http::request_id(),
        }
    }

    /// The branch the object belongs to; whoever is limited to others does not see the entry.
    #[must_use]
    pub fn in_branch(mut self, branch: &str) -> Self {
        self.branch = Some(branch.to_owned());
        self
    }

    /// How the object was. Known personal fields are masked here; give nothing that is not to be read for ever.
    #[must_use]
    pub fn before(mut self, value: &impl Serialize) -> Self {
        self.before = Some(text(value));
        self
    }

    /// How the object is now, or what was asked for. Masked like [`Self::before`].
    #[must_use]
    pub fn after(mut self, value: &impl Serialize) -> Self {
        self.after = Some(text(value));
        self
    }
}

/// The value as masked JSON.
fn text(value: &impl Serialize) -> String {
    let value = masked(serde_json::to_value(value).unwrap_or_default());
    let text = value.to_string();
    if text.len() <= MAX_VALUE_BYTES { text } else { format!(r#"{{"bytes_left_out":{}}}"#, text.len()) }
}

/// An operation as the log has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Who did it; the chain is his.
    pub staff_no: StaffNo,
    /// Which one of his it is, from 1.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// What he did: `refund_approve`.
    pub what: String,
    /// To what: `refund#R01K…`.
    pub object: String,
    /// Whose branch's.
    pub branch: Option<String>,
    /// The object before, masked JSON.
    pub before: Option<String>,
    /// The object after, masked JSON.
    pub after: Option<String>,
    /// The request that did it.
    pub request_id: Option<String>,
    /// The hash of the entry before; empty at the first.
    pub previous: String,
    /// The keyed hash of all that stands above.
    pub hash: String,
}

impl Entry {
    /// The next one of a chain.
    pub(super) fn after(head: &Head, operation: Operation, key: &ChainKey) -> Self {
        let Operation { who, what, object, branch, before, after, at, request_id } = operation;
        let mut entry = Self {
            staff_no: who,
            seq: head.count + 1,
            // As it is kept, so that the hash is that of what is read back.
            at: Timestamp::from_millisecond(at.as_millisecond()).unwrap_or(at),
            what: what.to_owned(),
            object,
            branch,
            before,
            after,
            request_id,
            previous: head.hash.clone(),
            hash: String::new(),
        };
        entry.hash = key.hash(&entry);
        entry
    }

    pub(super) fn item(&self, table: &Table) -> Result<Item, StoreError> {
        let mut item = table.item(self)?;
        item.retain(|_, value| !value.is_null());
        item.insert("entry".to_owned(), s(place(self.seq)));
        item.insert("at".to_owned(), s(sortable(self.at)));
        item.insert("day".to_owned(), s(civil_date(self.at).to_string()));
        Ok(item)
    }
}

/// The sort key of an entry: its number, so that text order is the order of time. Below the head's.
pub(super) fn place(seq: u64) -> String {
    format!("{seq:012}")
}
