//! Queues, and the topics that feed them.

use super::{document::Document, error::TemplateError};
use serde::Deserialize;
use std::{collections::BTreeMap, time::Duration};

/// A queue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queue {
    /// Its name in the template.
    pub logical_id: String,
    /// Its name at the place.
    pub name: String,
    /// Where it answers.
    pub url: String,
    /// Its ARN.
    pub arn: String,
    /// How long a message that was taken stays hidden from others.
    pub visibility: Duration,
    /// Where messages go that fail again and again.
    pub dead_letter: Option<DeadLetter>,
}

/// Where messages go that fail again and again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The logical id of that queue.
    pub queue: String,
    /// How often a message is delivered before that.
    pub after: u32,
}

/// A topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// Its name in the template.
    pub logical_id: String,
    /// Its ARN.
    pub arn: String,
    /// Which queues get what.
    pub subscriptions: Vec<Subscription>,
}

/// A queue that gets a topic's messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscription {
    /// The queue's logical id.
    pub queue: String,
    /// Whether the message comes as it was published, without an envelope.
    pub raw: bool,
    /// The message attributes that must be there, each with one of the values; empty for every message.
    pub filter: BTreeMap<String, Vec<String>>,
}

impl Subscription {
    /// Whether a message with these attributes is for this queue.
    pub fn takes(&self, attributes: &BTreeMap<String, String>) -> bool {
        self.filter.iter().all(|(name, values)| attributes.get(name).is_some_and(|value| values.contains(value)))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct QueueProperties {
    /// SQS hides a message for 30 seconds if nothing is said.
    #[serde(default = "thirty_seconds")]
    visibility_timeout: u64,
    redrive_policy: Option<Redrive>,
}

fn thirty_seconds() -> u64 {
    30
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Redrive {
    dead_letter_target_arn: String,
    max_receive_count: u32,
}

pub(super) fn queues(document: &Document<'_>) -> Result<Vec<Queue>, TemplateError> {
    let arn_of = |written: &super::document::Written<'_>, attribute: &str| {
        document
            .place()
            .attribute(written.resource(), attribute)
            .ok_or_else(|| TemplateError::unusable(written.logical_id, format!("the place knows no {attribute} of it")))
    };
    let mut logical_ids = BTreeMap::new();
    for written in document.of_kind("AWS::SQS::Queue") {
        logical_ids.insert(arn_of(&written, "Arn")?, written.logical_id.to_owned());
    }
    document
        .of_kind("AWS::SQS::Queue")
        .map(|written| {
            let properties: QueueProperties = document.read(written.logical_id, &written.properties)?;
            let dead_letter = properties
                .redrive_policy
                .map(|redrive| match logical_ids.get(&redrive.dead_letter_target_arn) {
                    Some(queue) => Ok(DeadLetter { queue: queue.clone(), after: redrive.max_receive_count }),
                    None => {
                        Err(TemplateError::unusable(written.logical_id, "its dead-letter queue is not in the template"))
                    }
                })
                .transpose()?;
            Ok(Queue {
                logical_id: written.logical_id.to_owned(),
                name: arn_of(&written, "QueueName")?,
                url: document.place().reference(written.resource()),
                arn: arn_of(&written, "Arn")?,
                visibility: Duration::from_secs(properties.visibility_timeout),
                dead_letter,
            })
        })
        .collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SubscriptionProperties {
    topic_arn: String,
    protocol: String,
    endpoint: String,
    #[serde(default)]
    raw_message_delivery: bool,
    #[serde(default)]
    filter_policy: BTreeMap<String, Vec<String>>,
    /// SNS filters by message attributes if nothing is said.
    filter_policy_scope: Option<String>,
}

/// The topics that feed queues; one that only writes to people (alarms) is none of them.
pub(super) fn topics(document: &Document<'_>, queues: &[Queue]) -> Result<Vec<Topic>, TemplateError> {
    let mut topics: Vec<Topic> = document
        .of_kind("AWS::SNS::Topic")
        .map(|written| Topic {
            logical_id: written.logical_id.to_owned(),
            arn: document.place().reference(written.resource()),
            subscriptions: Vec::new(),
        })
        .collect();
    for written in document.of_kind("AWS::SNS::Subscription") {
        let fault = |reason: &str| TemplateError::unusable(written.logical_id, reason);
        let properties: SubscriptionProperties = document.read(written.logical_id, &written.properties)?;
        if properties.protocol != "sqs" {
            continue;
        }
        if !properties.filter_policy.is_empty()
            && properties.filter_policy_scope.as_deref().unwrap_or("MessageAttributes") != "MessageAttributes"
        {
            return Err(fault("only message attributes are filtered by here"));
        }
        let queue = queues.iter().find(|queue| queue.arn == properties.endpoint);
        let topic = topics.iter_mut().find(|topic| topic.arn == properties.topic_arn);
        topic.ok_or_else(|| fault("its topic is not in the template"))?.subscriptions.push(Subscription {
            queue: queue.ok_or_else(|| fault("its queue is not in the template"))?.logical_id.clone(),
            raw: properties.raw_message_delivery,
            filter: properties.filter_policy,
        });
    }
    topics.retain(|topic| !topic.subscriptions.is_empty());
    Ok(topics)
}
