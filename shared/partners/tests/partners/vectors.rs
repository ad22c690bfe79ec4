use serde_json::Value;
use std::collections::BTreeMap;

/// A committed file of vectors.
pub(crate) fn read(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    serde_json::from_str(&text).unwrap()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}"))
}

pub(crate) fn pairs(value: &Value) -> BTreeMap<&str, String> {
    value.as_object().unwrap().iter().map(|(key, value)| (key.as_str(), text(value).to_owned())).collect()
}
