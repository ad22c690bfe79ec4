use super::error::QueueError;
use crate::limits;
use base64::{Engine, engine::general_purpose::STANDARD};
use md5::{Digest, Md5};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The attributes of a message, by name.
pub type MessageAttributes = BTreeMap<String, MessageAttribute>;

/// One attribute, in the shape of the SQS JSON protocol.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MessageAttribute {
    /// `String`, `Number` or `Binary`, perhaps with a label after a dot.
    pub data_type: String,
    /// The value of a `String` or a `Number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub string_value: Option<String>,
    /// The value of a `Binary`, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub binary_value: Option<String>,
}

impl MessageAttribute {
    /// A `String` attribute.
    pub fn text(value: impl Into<String>) -> Self {
        Self { data_type: "String".to_owned(), string_value: Some(value.into()), binary_value: None }
    }

    /// The value's bytes and the mark of their kind in the MD5: 1 text, 2 binary.
    fn value(&self) -> Result<(u8, Vec<u8>), QueueError> {
        let kind = self.data_type.split('.').next().unwrap_or_default();
        let value = match (kind, &self.string_value, &self.binary_value) {
            ("String" | "Number", Some(text), None) => (1, text.clone().into_bytes()),
            ("Binary", None, Some(base64)) => {
                let bytes = STANDARD.decode(base64).map_err(|_| wrong("a Binary attribute is not base64"))?;
                (2, bytes)
            }
            _ => return Err(wrong("a message attribute needs a DataType and the one value that belongs to it")),
        };
        if value.1.is_empty() {
            return Err(wrong("a message attribute must not be empty"));
        }
        Ok(value)
    }
}

fn wrong(why: &str) -> QueueError {
    QueueError::Parameter(why.to_owned())
}

/// Checks the attributes' names, types and number; their size in bytes.
pub(crate) fn check(attributes: &MessageAttributes) -> Result<usize, QueueError> {
    if attributes.len() > limits::MESSAGE_ATTRIBUTES {
        return Err(wrong("a message has at most 10 attributes"));
    }
    let mut bytes = 0;
    for (name, attribute) in attributes {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.');
        if !(1..=256).contains(&name.len()) || !name.bytes().all(allowed) {
            return Err(wrong("an attribute's name is 1 to 256 letters, digits, _, - or ."));
        }
        bytes += name.len() + attribute.data_type.len() + attribute.value()?.1.len();
    }
    Ok(bytes)
}

/// The MD5 the SDKs compare: name, type and value, each after its length, in the order of the names.
/// Source: SQS Developer Guide, "Calculating the MD5 message digest for message attributes".
pub(crate) fn md5_of_attributes(attributes: &MessageAttributes) -> Option<String> {
    if attributes.is_empty() {
        return None;
    }
    let mut whole = Vec::new();
    for (name, attribute) in attributes {
        let (kind, value) = attribute.value().ok()?;
        push(&mut whole, name.as_bytes());
        push(&mut whole, attribute.data_type.as_bytes());
        whole.push(kind);
        push(&mut whole, &value);
    }
    Some(md5_of(&whole))
}

fn push(whole: &mut Vec<u8>, bytes: &[u8]) {
    whole.extend(u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_be_bytes());
    whole.extend(bytes);
}

/// An MD5 in hex: a check against damage on the way, not against an adversary.
pub(crate) fn md5_of(bytes: &[u8]) -> String {
    hex::encode(Md5::digest(bytes))
}
