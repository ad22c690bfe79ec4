use super::{batch, queue_in, read, written};
use crate::{
    limits,
    queues::{MessageAttributes, NewMessage, QueueError, Queues, Sent, check_size, message::Letter, shelf},
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::time::Duration;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessage {
    #[serde(default)]
    queue_url: String,
    #[serde(flatten)]
    message: Message,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    #[serde(default)]
    message_body: String,
    delay_seconds: Option<i64>,
    #[serde(default)]
    message_attributes: MessageAttributes,
    #[serde(default)]
    message_system_attributes: Map<String, Value>,
    message_group_id: Option<String>,
    message_deduplication_id: Option<String>,
}

impl Message {
    fn into_letter(self) -> Result<Letter, QueueError> {
        if !self.message_system_attributes.is_empty() {
            return Err(QueueError::Unsupported("message system attributes are not kept here".to_owned()));
        }
        if self.message_group_id.is_some() || self.message_deduplication_id.is_some() {
            return Err(QueueError::Unsupported("groups and deduplication are not kept here".to_owned()));
        }
        let delay = self.delay_seconds.map(|s| duration("DelaySeconds", s)).transpose()?;
        Letter::of(NewMessage { body: self.message_body, attributes: self.message_attributes, delay })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendMessageBatch {
    #[serde(default)]
    queue_url: String,
    #[serde(default)]
    entries: Vec<SendEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEntry {
    #[serde(default)]
    id: String,
    #[serde(flatten)]
    message: Message,
}

impl batch::Entry for SendEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

#[derive(Serialize)]
struct SentAnswer<'a> {
    #[serde(rename = "Id", skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "MessageId")]
    message_id: &'a str,
    #[serde(rename = "MD5OfMessageBody")]
    md5_of_body: &'a str,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<&'a str>,
}

impl<'a> SentAnswer<'a> {
    fn of(id: Option<&'a str>, sent: &'a Sent) -> Self {
        Self {
            id,
            message_id: &sent.message_id,
            md5_of_body: &sent.md5_of_body,
            md5_of_attributes: sent.md5_of_attributes.as_deref(),
        }
    }
}

impl Queues {
    pub(super) async fn send_message(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: SendMessage = read(body)?;
        let letter = call.message.into_letter()?;
        let sent = self.send_letter(queue_in(&call.queue_url)?, letter).await?;
        written(&SentAnswer::of(None, &sent))
    }

    pub(super) async fn send_message_batch(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: SendMessageBatch = read(body)?;
        batch::check(&call.entries)?;
        let letters: Vec<(String, Result<Letter, QueueError>)> =
            call.entries.into_iter().map(|entry| (entry.id, entry.message.into_letter())).collect();
        let bytes: usize = letters.iter().filter_map(|(_, letter)| letter.as_ref().ok()).map(|l| l.bytes).sum();
        if bytes > limits::MESSAGE_BYTES {
            return Err(QueueError::BatchTooLong);
        }
        let outcomes = self
            .in_queue(queue_in(&call.queue_url)?, move |turn, queue| {
                let mut outcomes = Vec::new();
                for (id, letter) in letters {
                    let outcome = letter.and_then(|letter| check_size(queue, &letter).map(|()| letter));
                    if let Ok(letter) = &outcome {
                        shelf::insert(turn, queue, letter)?;
                    }
                    outcomes.push((id, outcome.map(|letter| letter.sent)));
                }
                Ok(outcomes)
            })
            .await?;
        batch::answer(outcomes, |id, sent| written(&SentAnswer::of(Some(id), sent)).unwrap_or_default())
    }
}

/// Seconds of the wire.
pub(super) fn duration(name: &str, seconds: i64) -> Result<Duration, QueueError> {
    u64::try_from(seconds)
        .map(Duration::from_secs)
        .map_err(|_| QueueError::Parameter(format!("Value {seconds} for parameter {name} is invalid")))
}
