//! A DynamoDB in memory, quick enough for a million histories: the operations and expressions that the stores use, and an error
//! for everything else. `tests/tables.rs` holds it against dynoxide.

mod evaluate;
mod operations;
mod parse;
mod reads;

pub use operations::Refusal;

use parse::{Change, Condition};
use serde_json::{Map, Value};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// An item as DynamoDB's JSON has it: `{"status": {"S": "paid"}}`.
pub type Item = Map<String, Value>;

/// A table's or an index's key: partition, and sort key where it has one. All are strings.
#[derive(Clone, Copy, Debug)]
pub struct KeyNames {
    /// The partition key's attribute.
    pub partition: &'static str,
    /// The sort key's attribute.
    pub sort: Option<&'static str>,
}

/// A table: its name, its key, and its indexes with theirs.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Its name; without prefix, as on one machine.
    pub name: &'static str,
    /// Its key.
    pub key: KeyNames,
    /// Its indexes.
    pub indexes: &'static [(&'static str, KeyNames)],
}

const fn key(partition: &'static str, sort: Option<&'static str>) -> KeyNames {
    KeyNames { partition, sort }
}

const BY_ACCOUNT: (&str, KeyNames) = ("by_account", key("account_no", Some("created_at")));
const OPEN: (&str, KeyNames) = ("open", key("open_shard", Some("ask_at")));

const fn by_day(number: &'static str) -> (&'static str, KeyNames) {
    ("by_day", key("day_shard", Some(number)))
}

/// The tables that money is in, and those of the people who move it, as the template has them.
pub const SPECS: [Spec; 13] = [
    Spec { name: "households", key: key("account_no", Some("item")), indexes: &[] },
    Spec { name: "payments", key: key("payment_no", None), indexes: &[BY_ACCOUNT, OPEN] },
    Spec { name: "refunds", key: key("refund_no", None), indexes: &[BY_ACCOUNT, OPEN, by_day("refund_no")] },
    Spec { name: "receipts", key: key("receipt_no", None), indexes: &[by_day("receipt_no")] },
    Spec { name: "postings", key: key("book", Some("posting_no")), indexes: &[] },
    Spec { name: "idempotency", key: key("key", None), indexes: &[] },
    Spec { name: "invoices", key: key("invoice_no", None), indexes: &[] },
    Spec { name: "tills", key: key("till", Some("item")), indexes: &[] },
    Spec { name: "reconcile_days", key: key("channel", Some("day")), indexes: &[] },
    Spec { name: "reconcile_cases", key: key("day_key", Some("case_no")), indexes: &[] },
    Spec { name: "operations", key: key("staff_no", Some("entry")), indexes: &[] },
    Spec { name: "staff", key: key("kind", Some("id")), indexes: &[] },
    Spec { name: "sessions", key: key("key", None), indexes: &[] },
];

type Key = (String, String);

#[derive(Clone, Debug)]
struct Table {
    spec: Spec,
    items: BTreeMap<Key, Arc<Item>>,
}

/// What was parsed once: the stores write the same few texts over and over.
#[derive(Debug, Default)]
struct Known {
    conditions: HashMap<String, Arc<Condition>>,
    updates: HashMap<String, Arc<Vec<Change>>>,
}

/// All tables.
#[derive(Clone, Debug)]
pub struct Tables {
    tables: Vec<Table>,
    /// Transactions by their `ClientRequestToken`: the same one again does nothing.
    done: HashSet<String>,
    /// Counts every item written.
    pub writes: u64,
}

impl Default for Tables {
    fn default() -> Self {
        Self::of(&SPECS)
    }
}

impl Tables {
    /// Empty tables.
    pub fn of(specs: &[Spec]) -> Self {
        let tables = specs.iter().map(|spec| Table { spec: *spec, items: BTreeMap::new() }).collect();
        Self { tables, done: HashSet::new(), writes: 0 }
    }

    /// Every item of a table, by its key.
    pub fn items(&self, table: &str) -> impl Iterator<Item = &Item> {
        self.tables
            .iter()
            .filter(move |found| found.spec.name == table)
            .flat_map(|found| found.items.values())
            .map(Arc::as_ref)
    }

    /// One item by its partition key, in a table that has no other.
    pub fn item(&self, table: &str, partition: &str) -> Option<&Item> {
        let found = self.tables.iter().find(|found| found.spec.name == table)?;
        found.items.get(&(partition.to_owned(), String::new())).map(Arc::as_ref)
    }
}

/// The text of an attribute, or none.
pub fn text<'a>(item: &'a Item, attribute: &str) -> &'a str {
    item.get(attribute).and_then(|value| value["S"].as_str()).unwrap_or_default()
}

/// The number of an attribute, or zero.
pub fn number(item: &Item, attribute: &str) -> i64 {
    item.get(attribute).and_then(|value| value["N"].as_str()).and_then(|text| text.parse().ok()).unwrap_or(0)
}
