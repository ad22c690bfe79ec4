//! A message's fields, and the three forms they come in: an answer's bare text, a form, the text that is signed.

use form_urlencoded::Serializer;
use std::collections::{BTreeMap, btree_map::Entry};

/// The fields of one message, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// These.
    pub fn new<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        Self(fields.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    /// These as well; a name that was there gets the new value.
    pub fn with<'a>(mut self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        self.0.extend(Self::new(fields).0);
        self
    }

    /// Reads a synchronous answer: `k=v&k=v`, nothing encoded. The first `=` ends a name; a value that starts with a bracket
    /// ends behind the closing one and may hold `&` and `=`. `None` where a name comes twice or has no value.
    pub fn of_answer(text: &str) -> Option<Self> {
        let mut fields = Self::default();
        let mut rest = text;
        while !rest.is_empty() {
            let (name, after) = rest.split_once('=')?;
            let (value, left) = after.split_at(value_end(after));
            fields.insert(name, value)?;
            rest = left.strip_prefix('&').unwrap_or(left);
        }
        Some(fields)
    }

    /// Reads a notification: an ordinary form. `None` where a name comes twice.
    pub fn of_form(body: &[u8]) -> Option<Self> {
        let mut fields = Self::default();
        for (name, value) in form_urlencoded::parse(body) {
            fields.insert(&name, &value)?;
        }
        Some(fields)
    }

    fn insert(&mut self, name: &str, value: &str) -> Option<()> {
        match self.0.entry(name.to_owned()) {
            Entry::Vacant(free) => {
                free.insert(value.to_owned());
                Some(())
            }
            Entry::Occupied(_) => None,
        }
    }

    /// A field that is there and not empty.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    /// What is signed: all fields but the signature and the empty ones, `k=v` joined by `&`, nothing encoded.
    pub fn signed_text(&self) -> String {
        let signed = self.0.iter().filter(|(name, value)| *name != "signature" && !value.trim().is_empty());
        signed.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
    }

    /// The fields as a form's body.
    pub fn form(&self) -> String {
        Serializer::new(String::new()).extend_pairs(&self.0).finish()
    }

    /// The fields as JSON, for keeping.
    pub(super) fn to_json(&self) -> String {
        serde_json::json!(self.0).to_string()
    }

    /// Fields that were kept.
    pub(super) fn of_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).map(Self).ok()
    }
}

impl From<Fields> for BTreeMap<String, String> {
    fn from(fields: Fields) -> Self {
        fields.0
    }
}

/// Where the value that the text starts with ends. A bracket that never closes is a character like any other.
fn value_end(text: &str) -> usize {
    let next_field = |from: usize| text[from..].find('&').map_or(text.len(), |at| from + at);
    let (open, close) = match text.as_bytes().first() {
        Some(b'{') => (b'{', b'}'),
        Some(b'[') => (b'[', b']'),
        _ => return next_field(0),
    };
    let mut depth = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        if byte == open {
            depth += 1;
        } else if byte == close {
            depth -= 1;
            if depth == 0 {
                return next_field(at);
            }
        }
    }
    next_field(0)
}
