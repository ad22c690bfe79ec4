use super::error::QueueError;
use crate::{limits, names::name_in_arn};
use serde_json::Value;
use std::collections::BTreeMap;

/// What a queue is told when it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) delay_s: i64,
    pub(crate) visibility_s: i64,
    pub(crate) wait_s: i64,
    pub(crate) max_bytes: i64,
    /// Kept and told, not acted upon: here a message stays until it is deleted, whatever a clock moved by hand says.
    pub(crate) retention_s: i64,
    pub(crate) redrive: Option<Redrive>,
}

/// After how many receives a message goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Redrive {
    pub(crate) dead_letter_queue: String,
    pub(crate) max_receives: i64,
}

impl Default for Settings {
    /// The defaults of SQS.
    fn default() -> Self {
        let max_bytes = limits::MESSAGE_BYTES as i64;
        Self { delay_s: 0, visibility_s: 30, wait_s: 0, max_bytes, retention_s: 345_600, redrive: None }
    }
}

/// What may be said of a queue and changes nothing here: encryption, permissions, names and tags.
const WITHOUT_EFFECT: [&str; 7] = [
    "KmsDataKeyReusePeriodSeconds",
    "KmsMasterKeyId",
    "Policy",
    "QueueName",
    "RedriveAllowPolicy",
    "SqsManagedSseEnabled",
    "Tags",
];

impl Settings {
    /// Sets what the attributes say and leaves the rest.
    pub(crate) fn with(mut self, attributes: &BTreeMap<String, String>) -> Result<Self, QueueError> {
        for (name, value) in attributes {
            match name.as_str() {
                "DelaySeconds" => self.delay_s = whole(name, value, 0..=limits::DELAY_S)?,
                "VisibilityTimeout" => self.visibility_s = whole(name, value, 0..=limits::VISIBILITY_S)?,
                "ReceiveMessageWaitTimeSeconds" => self.wait_s = whole(name, value, 0..=limits::WAIT_S)?,
                "MaximumMessageSize" => {
                    self.max_bytes = whole(name, value, 1024..=limits::MESSAGE_BYTES as i64)?;
                }
                "MessageRetentionPeriod" => self.retention_s = whole(name, value, 60..=1_209_600)?,
                "RedrivePolicy" => self.redrive = redrive(value)?,
                "FifoQueue" if value == "true" => {
                    return Err(QueueError::Unsupported("only standard queues are kept here".to_owned()));
                }
                "FifoQueue" => {}
                known if WITHOUT_EFFECT.contains(&known) => {}
                unknown => return Err(QueueError::UnknownAttribute(unknown.to_owned())),
            }
        }
        Ok(self)
    }
}

fn whole(name: &str, value: &str, range: std::ops::RangeInclusive<i64>) -> Result<i64, QueueError> {
    match value.parse() {
        Ok(number) if range.contains(&number) => Ok(number),
        _ => Err(QueueError::AttributeValue(format!(
            "{name} must be a whole number from {} to {}",
            range.start(),
            range.end()
        ))),
    }
}

fn redrive(value: &str) -> Result<Option<Redrive>, QueueError> {
    if value.is_empty() {
        return Ok(None);
    }
    let malformed =
        || QueueError::AttributeValue("RedrivePolicy needs deadLetterTargetArn and maxReceiveCount".to_owned());
    let policy: Value = serde_json::from_str(value).map_err(|_| malformed())?;
    let target = policy["deadLetterTargetArn"].as_str().ok_or_else(malformed)?;
    let count = match &policy["maxReceiveCount"] {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.clone(),
        _ => return Err(malformed()),
    };
    let max_receives = whole("maxReceiveCount", &count, 1..=1000)?;
    Ok(Some(Redrive { dead_letter_queue: name_in_arn(target).to_owned(), max_receives }))
}

/// A queue as the template declares it.
#[derive(Clone, Debug, PartialEq)]
pub struct QueueSpec {
    /// Its name: letters, digits, `-` and `_`, at most 80.
    pub name: String,
    /// The `Properties` of `AWS::SQS::Queue` with every intrinsic function resolved; `{}` for the defaults.
    pub properties: Value,
}

impl QueueSpec {
    /// The properties as SQS takes them: text.
    pub(crate) fn attributes(&self) -> Result<BTreeMap<String, String>, QueueError> {
        let object = match &self.properties {
            Value::Object(object) => object,
            _ => return Err(QueueError::AttributeValue(format!("the properties of {} are no object", self.name))),
        };
        let text = |value: &Value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Ok(object.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    }
}

/// Checks a queue's name.
pub(crate) fn check_name(name: &str) -> Result<(), QueueError> {
    if name.ends_with(".fifo") {
        return Err(QueueError::Unsupported("only standard queues are kept here".to_owned()));
    }
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    if (1..=80).contains(&name.len()) && name.bytes().all(allowed) {
        Ok(())
    } else {
        Err(QueueError::Parameter("a queue's name is 1 to 80 letters, digits, - or _".to_owned()))
    }
}
