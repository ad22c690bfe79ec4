use super::{queue_in, read};
use crate::{
    queue_arn,
    queues::{QueueError, Queues, counts_of, shelf},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NamedQueue {
    #[serde(default)]
    queue_name: String,
    #[serde(default)]
    attributes: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ListQueues {
    #[serde(default)]
    queue_name_prefix: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct AtQueue {
    #[serde(default)]
    queue_url: String,
    #[serde(default)]
    attribute_names: Vec<String>,
}

impl Queues {
    pub(super) async fn create_queue(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: NamedQueue = read(body)?;
        Ok(json!({ "QueueUrl": self.create(call.queue_name, call.attributes).await? }))
    }

    pub(super) async fn get_queue_url(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: NamedQueue = read(body)?;
        self.in_queue(&call.queue_name, |_, _| Ok(())).await?;
        Ok(json!({ "QueueUrl": self.url(&call.queue_name) }))
    }

    pub(super) async fn list_queues(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: ListQueues = read(body)?;
        let names = self.journal.apply(|turn| shelf::names(turn)).await?;
        let urls: Vec<String> =
            names.iter().filter(|n| n.starts_with(&call.queue_name_prefix)).map(|n| self.url(n)).collect();
        Ok(json!({ "QueueUrls": urls }))
    }

    pub(super) async fn purge_queue(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: AtQueue = read(body)?;
        self.in_queue(queue_in(&call.queue_url)?, |turn, queue| shelf::purge(turn, queue)).await?;
        Ok(json!({}))
    }

    pub(super) async fn get_queue_attributes(&self, body: &[u8]) -> Result<Value, QueueError> {
        let call: AtQueue = read(body)?;
        let attributes = self
            .in_queue(queue_in(&call.queue_url)?, |turn, queue| {
                let counts = counts_of(turn, queue)?;
                let settings = &queue.settings;
                let mut attributes = BTreeMap::from([
                    ("ApproximateNumberOfMessages", counts.visible.to_string()),
                    ("ApproximateNumberOfMessagesDelayed", counts.delayed.to_string()),
                    ("ApproximateNumberOfMessagesNotVisible", counts.in_flight.to_string()),
                    ("CreatedTimestamp", (queue.created_at_ms / 1000).to_string()),
                    ("DelaySeconds", settings.delay_s.to_string()),
                    ("MaximumMessageSize", settings.max_bytes.to_string()),
                    ("MessageRetentionPeriod", settings.retention_s.to_string()),
                    ("QueueArn", queue_arn(&queue.name)),
                    ("ReceiveMessageWaitTimeSeconds", settings.wait_s.to_string()),
                    ("VisibilityTimeout", settings.visibility_s.to_string()),
                ]);
                if let Some(redrive) = &settings.redrive {
                    let policy = json!({
                        "deadLetterTargetArn": queue_arn(&redrive.dead_letter_queue),
                        "maxReceiveCount": redrive.max_receives,
                    });
                    attributes.insert("RedrivePolicy", policy.to_string());
                }
                Ok(attributes)
            })
            .await?;
        chosen(attributes, &call.attribute_names)
    }
}

fn chosen(mut attributes: BTreeMap<&'static str, String>, wanted: &[String]) -> Result<Value, QueueError> {
    if !wanted.iter().any(|name| name == "All") {
        // Known, though this queue has none.
        let known = |name: &String| name == "RedrivePolicy" || attributes.contains_key(name.as_str());
        if let Some(unknown) = wanted.iter().find(|name| !known(name)) {
            return Err(QueueError::UnknownAttribute(unknown.clone()));
        }
        attributes.retain(|name, _| wanted.iter().any(|w| w == name));
    }
    Ok(json!({ "Attributes": attributes }))
}
