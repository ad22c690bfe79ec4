use super::{
    attributes::{self, MessageAttributes, md5_of, md5_of_attributes},
    error::QueueError,
};
use crate::limits;
use heatpay_ports::{Ids, RandomIds};
use jiff::Timestamp;
use std::time::Duration;

/// A message to send.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NewMessage {
    /// 1 to 1,048,576 bytes of text, the attributes counted with it.
    pub body: String,
    /// At most ten.
    pub attributes: MessageAttributes,
    /// Whole seconds up to 900 before anyone sees it; the queue's own delay when none is given.
    pub delay: Option<Duration>,
}

/// What is told of a message that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// Its id: a UUID.
    pub message_id: String,
    /// MD5 of the body, in hex.
    pub md5_of_body: String,
    /// MD5 of the attributes, when there are any.
    pub md5_of_attributes: Option<String>,
}

/// How to receive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receive {
    /// 1 to 10 messages.
    pub max: usize,
    /// How long they stay hidden, at most 12 hours; the queue's own when none is given.
    pub visibility: Option<Duration>,
    /// How long to wait for the first, at most 20 seconds of the machine's clock; the queue's own when none is given.
    pub wait: Option<Duration>,
}

/// A message that was received and is hidden until it is deleted or its time is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub message_id: String,
    /// What deletes it.
    pub receipt_handle: String,
    /// The text.
    pub body: String,
    /// The attributes.
    pub attributes: MessageAttributes,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was received first.
    pub first_received_at: Timestamp,
    /// How often it was received, this time included.
    pub receives: i64,
    /// In a dead-letter queue: the queue that gave it up.
    pub came_from: Option<String>,
}

/// A message that passed every check.
#[derive(Clone, Debug)]
pub(crate) struct Letter {
    pub(crate) sent: Sent,
    pub(crate) body: String,
    pub(crate) attributes_json: String,
    pub(crate) delay_s: Option<i64>,
    pub(crate) bytes: usize,
}

impl Letter {
    /// Checks what does not depend on the queue.
    pub(crate) fn of(message: NewMessage) -> Result<Self, QueueError> {
        let NewMessage { body, attributes, delay } = message;
        if body.is_empty() {
            return Err(QueueError::Missing("MessageBody"));
        }
        if !body.chars().all(is_allowed) {
            return Err(QueueError::BadCharacters);
        }
        let bytes = body.len() + attributes::check(&attributes)?;
        let delay_s = delay.map(|delay| seconds("DelaySeconds", delay, limits::DELAY_S)).transpose()?;
        let attributes_json = serde_json::to_string(&attributes)
            .map_err(|_| QueueError::Parameter("the attributes cannot be written as JSON".to_owned()))?;
        let sent = Sent {
            message_id: uuid(),
            md5_of_body: md5_of(body.as_bytes()),
            md5_of_attributes: md5_of_attributes(&attributes),
        };
        Ok(Self { sent, body, attributes_json, delay_s, bytes })
    }
}

/// Whole seconds within the limit.
pub(crate) fn seconds(name: &str, given: Duration, limit: i64) -> Result<i64, QueueError> {
    i64::try_from(given.as_secs())
        .ok()
        .filter(|seconds| *seconds <= limit)
        .ok_or_else(|| QueueError::Parameter(format!("Value {} for parameter {name} is invalid", given.as_secs())))
}

/// The characters of XML 1.0, which SQS takes (SendMessage, "MessageBody").
fn is_allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

/// A random UUID (version 4).
pub(crate) fn uuid() -> String {
    let mut bytes = [0; 16];
    RandomIds::default().fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let hex = hex::encode(bytes);
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}
