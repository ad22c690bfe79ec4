use heatpay_ports::Call;
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt,
    ops::{Add, AddAssign},
    sync::{
        Mutex,
        atomic::{AtomicBool, Ordering},
    },
};

/// DynamoDB request units in tenths (half a unit is an eventually consistent read).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Units(pub u64);

impl AddAssign for Units {
    fn add_assign(&mut self, more: Self) {
        self.0 += more.0;
    }
}

impl Add for Units {
    type Output = Self;
    fn add(self, more: Self) -> Self {
        Self(self.0 + more.0)
    }
}

impl fmt::Display for Units {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 % 10 {
            0 => write!(f, "{}", self.0 / 10),
            tenths => write!(f, "{}.{tenths}", self.0 / 10),
        }
    }
}

/// Request units, reads and writes apart: they have different prices.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// Read request units.
    pub reads: Units,
    /// Write request units.
    pub writes: Units,
}

impl Taken {
    fn add(&mut self, reads: bool, units: Units) {
        if reads { self.reads += units } else { self.writes += units }
    }
}

/// What one function did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Figures {
    /// Calls, by service and operation: `dynamodb:Query`.
    pub calls: BTreeMap<String, u64>,
    /// Request units, by table (`households`) and index (`households/roster`), while the meter is on.
    pub taken: BTreeMap<String, Taken>,
}

impl Figures {
    /// The units of all tables and indexes.
    pub fn total(&self) -> Taken {
        let mut total = Taken::default();
        for taken in self.taken.values() {
            total.reads += taken.reads;
            total.writes += taken.writes;
        }
        total
    }

    /// How many calls to one service.
    pub fn calls_to(&self, service: &str) -> u64 {
        let of = |name: &str| name.strip_prefix(service).is_some_and(|rest| rest.starts_with(':'));
        self.calls.iter().filter(|(name, _)| of(name)).map(|(_, count)| count).sum()
    }
}

/// Counts the calls of every function and, while it is on, the request units they took: the tables must be asked for those.
#[derive(Debug, Default)]
pub struct Meter {
    functions: Mutex<BTreeMap<String, Figures>>,
    units: AtomicBool,
}

impl Meter {
    /// Whether request units are counted from now on.
    pub fn count_units(&self, on: bool) {
        self.units.store(on, Ordering::Relaxed);
    }

    pub(super) fn counts_units(&self) -> bool {
        self.units.load(Ordering::Relaxed)
    }

    pub(super) fn count(&self, function: &str, call: &Call, answer: &[u8]) {
        // Outside the lock, which all functions share.
        let taken = if call.service == "dynamodb" && self.counts_units() { taken(answer) } else { Vec::new() };
        let reads = call.operation.contains("Get") || matches!(call.operation.as_str(), "Query" | "Scan");
        let Ok(mut functions) = self.functions.lock() else { return };
        let figures = match functions.get_mut(function) {
            Some(figures) => figures,
            None => functions.entry(function.to_owned()).or_default(),
        };
        *figures.calls.entry(format!("{}:{}", call.service, call.operation)).or_default() += 1;
        for (place, units) in taken {
            figures.taken.entry(place).or_default().add(reads, units);
        }
    }

    /// The figures so far, by function.
    pub fn read(&self) -> BTreeMap<String, Figures> {
        self.functions.lock().map(|figures| figures.clone()).unwrap_or_default()
    }

    /// The figures so far; counting goes on from nothing.
    pub fn take(&self) -> BTreeMap<String, Figures> {
        self.functions.lock().map(|mut figures| std::mem::take(&mut *figures)).unwrap_or_default()
    }
}

/// The units an answer says it took, by table and index: `ConsumedCapacity` is one object, or one a table.
fn taken(answer: &[u8]) -> Vec<(String, Units)> {
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().flat_map(of_table).collect(),
        table => of_table(table),
    }
}

fn of_table(consumed: &Value) -> Vec<(String, Units)> {
    let Some(table) = consumed["TableName"].as_str() else { return Vec::new() };
    let indexes = consumed["GlobalSecondaryIndexes"].as_object();
    let indexes =
        indexes.into_iter().flatten().map(|(index, took)| (format!("{table}/{index}"), tenths(&took["CapacityUnits"])));
    std::iter::once((table.to_owned(), tenths(&consumed["Table"]["CapacityUnits"])))
        .chain(indexes)
        .filter(|(_, units)| *units != Units(0))
        .collect()
}

/// `2.5` as 25, from the number's text.
fn tenths(number: &Value) -> Units {
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let part = part.bytes().next().map_or(0, |digit| u64::from(digit.saturating_sub(b'0')));
    Units(whole.parse::<u64>().unwrap_or(0) * 10 + part)
}

#[cfg(test)]
mod tests {
    use super::{Units, taken};

    #[test]
    fn a_query_on_an_index_takes_its_units_there() {
        let answer = br#"{"Items":[],"ConsumedCapacity":{"TableName":"payments","CapacityUnits":0.5,
            "Table":{"CapacityUnits":0.0},"GlobalSecondaryIndexes":{"open":{"CapacityUnits":0.5}}}}"#;
        assert_eq!(taken(answer), [("payments/open".to_owned(), Units(5))]);
    }

    #[test]
    fn a_transaction_names_every_table_it_touched() {
        let answer = br#"{"ConsumedCapacity":[
            {"TableName":"payments","CapacityUnits":6,"Table":{"CapacityUnits":2},
             "GlobalSecondaryIndexes":{"by_account":{"CapacityUnits":2},"open":{"CapacityUnits":2}}},
            {"TableName":"receipts","CapacityUnits":2.0,"Table":{"CapacityUnits":2.0}}]}"#;
        let took = taken(answer).into_iter().map(|(place, units)| format!("{place} {units}"));
        assert_eq!(took.collect::<Vec<_>>(), ["payments 2", "payments/by_account 2", "payments/open 2", "receipts 2"]);
    }

    #[test]
    fn an_answer_that_tells_nothing_counts_nothing() {
        assert_eq!(taken(b"{}"), []);
        assert_eq!(taken(b""), []);
    }
}
