use heatpay_ports::Call;
use serde::Serialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::Mutex};

/// DynamoDB request units in tenths (half a unit is an eventually consistent read).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Units(pub u64);

/// What one function did.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Calls, by service and operation.
    pub calls: BTreeMap<String, u64>,
    /// DynamoDB request units, in tenths, where the tables answer them.
    pub units: Units,
}

/// Counts the calls of every function.
#[derive(Debug, Default)]
pub struct Meter(Mutex<BTreeMap<String, Figures>>);

impl Meter {
    pub(super) fn count(&self, function: &str, call: &Call, answer: &[u8]) {
        let Ok(mut functions) = self.0.lock() else { return };
        let figures = match functions.get_mut(function) {
            Some(figures) => figures,
            None => functions.entry(function.to_owned()).or_default(),
        };
        *figures.calls.entry(format!("{}:{}", call.service, call.operation)).or_default() += 1;
        if call.service == "dynamodb" {
            figures.units.0 += units(answer);
        }
    }

    /// The figures so far, by function.
    pub fn read(&self) -> BTreeMap<String, Figures> {
        self.0.lock().map(|figures| figures.clone()).unwrap_or_default()
    }

    /// Starts from nothing.
    pub fn reset(&self) {
        if let Ok(mut figures) = self.0.lock() {
            figures.clear();
        }
    }
}

/// The units an answer says it consumed: one object, or one a table.
fn units(answer: &[u8]) -> u64 {
    if !answer.windows(16).any(|window| window == b"ConsumedCapacity") {
        return 0;
    }
    let answer: Value = serde_json::from_slice(answer).unwrap_or_default();
    let one = |consumed: &Value| tenths(&consumed["CapacityUnits"]);
    match &answer["ConsumedCapacity"] {
        Value::Array(tables) => tables.iter().map(one).sum(),
        table => one(table),
    }
}

/// `2.5` as 25, from the number's text.
fn tenths(number: &Value) -> u64 {
    let text = number.to_string();
    let (whole, part) = text.split_once('.').unwrap_or((&text, "0"));
    let part = part.bytes().next().map_or(0, |digit| u64::from(digit.saturating_sub(b'0')));
    whole.parse::<u64>().unwrap_or(0) * 10 + part
}
