use super::{batch, queue_in, read, send::duration, written};
use crate::{
    limits, queue_arn,
    queues::{
        MessageAttributes, QueueError, Queues, Receive, Received,
        attributes::{md5_of, md5_of_attributes},
        message::seconds,
        receipt::Receipt,
        shelf,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiveMessage {
    #[serde(default)]
    queue_url: String,
    max_number_of_messages: Option<i64>,
    visibility_timeout: Option<i64>,
    wait_time_seconds: Option<i64>,
    #[serde(default)]
    message_attribute_names: Vec<String>,
    #[serde(default)]
    message_system_attribute_names: Vec<String>,
    /// The older name of the same.
    #[serde(default)]
    attribute_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Message {
    message_id: String,
    receipt_handle: String,
    #[serde(rename = "MD5OfBody")]
    md5_of_body: String,
    body: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<&'static str, String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    message_attributes: MessageAttributes,
    #[serde(rename = "MD5OfMessageAttributes", skip_serializing_if = "Option::is_none")]
    md5_of_attributes: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct OneReceipt {
    #[serde(default)]
    queue_url: String,
    #[serde(flatten)]
    receipt: ReceiptEntry,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Receipts {
    #[serde(default)]
    queue_url: String,
    #[serde(default)]
    entries: Vec<ReceiptEntry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ReceiptEntry {
    #[serde(default)]
    id: String,
    #[serde(default)]
    receipt_handle: String,
    visibility_timeout: Option<i64>,
}

impl batch::Entry for ReceiptEntry {
    fn id(&self) -> &str {
        &self.id
    }
}

impl ReceiptEntry {
    fn visibility_s(&self) -> Result<i64, QueueError> {
        let given = self.visibility_timeout.ok_or(QueueError::Missing("VisibilityTimeout"))?;
        seconds("VisibilityTimeout", duration("VisibilityTimeout", given)?, limits::VISIBILITY_S)
    }
}

impl Queues {
    pub(super) async fn receive_message(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: ReceiveMessage = read(body)?;
        let want = Receive {
            max: usize::try_from(call.max_number_of_messages.unwrap_or(1)).unwrap_or(0),
            visibility: call.visibility_timeout.map(|s| duration("VisibilityTimeout", s)).transpose()?,
            wait: call.wait_time_seconds.map(|s| duration("WaitTimeSeconds", s)).transpose()?,
        };
        let mut system = call.message_system_attribute_names;
        system.extend(call.attribute_names);
        let received = self.receive(queue_in(&call.queue_url)?, want).await?;
        let messages: Vec<Message> =
            received.into_iter().map(|r| message(r, &call.message_attribute_names, &system)).collect();
        match messages.is_empty() {
            true => Ok(json!({})),
            false => Ok(json!({ "Messages": written(&messages)? })),
        }
    }

    pub(super) async fn delete_message(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: OneReceipt = read(body)?;
        self.delete(queue_in(&call.queue_url)?, &call.receipt.receipt_handle).await?;
        Ok(json!({}))
    }

    pub(super) async fn delete_message_batch(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: Receipts = read(body)?;
        batch::check(&call.entries)?;
        let outcomes = self
            .in_queue(queue_in(&call.queue_url)?, move |turn, queue| {
                let delete =
                    |entry: &ReceiptEntry| shelf::delete(turn, Receipt::parse(&entry.receipt_handle, queue.id)?);
                Ok(call.entries.into_iter().map(|entry| (entry.id.clone(), delete(&entry))).collect())
            })
            .await?;
        batch::answer(outcomes, |id, ()| json!({ "Id": id }))
    }

    pub(super) async fn change_message_visibility(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: OneReceipt = read(body)?;
        let seconds = call.receipt.visibility_s()?;
        self.in_queue(queue_in(&call.queue_url)?, move |turn, queue| {
            let receipt = Receipt::parse(&call.receipt.receipt_handle, queue.id)?;
            shelf::change_visibility(turn, queue, receipt, seconds)
        })
        .await?;
        Ok(json!({}))
    }

    pub(super) async fn change_message_visibility_batch(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: Receipts = read(body)?;
        batch::check(&call.entries)?;
        let outcomes = self
            .in_queue(queue_in(&call.queue_url)?, move |turn, queue| {
                let mut change = |entry: &ReceiptEntry| {
                    let receipt = Receipt::parse(&entry.receipt_handle, queue.id)?;
                    shelf::change_visibility(turn, queue, receipt, entry.visibility_s()?)
                };
                Ok(call.entries.into_iter().map(|entry| (entry.id.clone(), change(&entry))).collect())
            })
            .await?;
        batch::answer(outcomes, |id, ()| json!({ "Id": id }))
    }
}

fn message(received: Received, attribute_names: &[String], system_names: &[String]) -> Message {
    let mut attributes = BTreeMap::from([
        ("SenderId", crate::ACCOUNT.to_owned()),
        ("SentTimestamp", received.sent_at.as_millisecond().to_string()),
        ("ApproximateReceiveCount", received.receives.to_string()),
        ("ApproximateFirstReceiveTimestamp", received.first_received_at.as_millisecond().to_string()),
    ]);
    if let Some(source) = &received.came_from {
        attributes.insert("DeadLetterQueueSourceArn", queue_arn(source));
    }
    attributes.retain(|name, _| system_names.iter().any(|wanted| wanted == "All" || wanted == name));
    let mut message_attributes = received.attributes;
    message_attributes.retain(|name, _| attribute_names.iter().any(|wanted| names(wanted, name)));
    Message {
        md5_of_body: md5_of(received.body.as_bytes()),
        md5_of_attributes: md5_of_attributes(&message_attributes),
        message_id: received.message_id,
        receipt_handle: received.receipt_handle,
        body: received.body,
        attributes,
        message_attributes,
    }
}

/// `All`, `.*`, a name, or the beginning of names: `order.*`.
fn names(wanted: &str, name: &str) -> bool {
    wanted == "All" || wanted == name || wanted.strip_suffix(".*").is_some_and(|beginning| name.starts_with(beginning))
}
