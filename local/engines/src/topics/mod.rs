//! SNS with queues as subscribers. A publication and the messages it becomes are one transaction in the queues' file.

mod filter;
mod form;
pub(crate) mod http;
mod subscriptions;

use crate::{
    journal::{Journal, JournalError, Turn},
    limits,
    names::topic_arn,
    queues::{
        MessageAttributes, NewMessage, QueueError,
        message::{Letter, uuid},
        shelf,
    },
};
use filter::FilterPolicy;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

/// A topic as the template declares it, with its subscriptions.
#[derive(Clone, Debug, PartialEq)]
pub struct TopicSpec {
    /// Its name.
    pub name: String,
    /// Who gets what is published.
    pub subscriptions: Vec<Subscription>,
}

/// A queue that gets what is published.
#[derive(Clone, Debug, PartialEq)]
pub struct Subscription {
    /// The queue's name or ARN.
    pub queue: String,
    /// The message as it was published, its attributes as the queue message's; else wrapped in a JSON envelope.
    pub raw_message_delivery: bool,
    /// The `FilterPolicy` on message attributes: exact strings only; `null` or `{}` for everything.
    pub filter_policy: Value,
}

/// A message to publish.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// The text, up to 256 KiB.
    pub message: String,
    /// For the envelope.
    pub subject: Option<String>,
    /// What the filters look at.
    pub attributes: MessageAttributes,
}

/// Why SNS says no.
#[derive(Clone, Debug, thiserror::Error)]
pub enum TopicError {
    /// No such topic.
    #[error("Topic does not exist")]
    NoSuchTopic,
    /// A filter policy with more than exact strings.
    #[error("Invalid parameter: FilterPolicy: {0}")]
    Filter(String),
    /// A parameter outside its limits.
    #[error("Invalid parameter: {0}")]
    Parameter(String),
    /// Something that the cloud has and this does not.
    #[error("{0} is not played here")]
    Unsupported(String),
    /// A subscribed queue does not exist or does not take the message.
    #[error("a subscribed queue does not take the message")]
    Queue(#[from] QueueError),
    /// The file did not take it; the caller may ask again.
    #[error("the queues' file did not take the publication")]
    Journal(#[from] JournalError),
}

impl From<rusqlite::Error> for TopicError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Journal(source.into())
    }
}

/// The topics.
#[derive(Clone)]
pub struct Topics {
    journal: Journal,
}

impl Topics {
    pub(crate) fn new(journal: Journal) -> Self {
        Self { journal }
    }

    /// Makes the topics with exactly these subscriptions; those of an earlier declaration end.
    pub async fn declare(&self, specs: &[TopicSpec]) -> Result<(), TopicError> {
        for spec in specs {
            for subscription in &spec.subscriptions {
                subscriptions::policy_of(subscription)?;
            }
        }
        let specs = specs.to_vec();
        self.journal.apply(move |turn| specs.iter().try_for_each(|spec| subscriptions::put(turn, spec))).await
    }

    /// Publishes one message; its id. When this answers, every queue that wants it has it on the disk.
    pub async fn publish(&self, topic: &str, publication: Publication) -> Result<String, TopicError> {
        let mut ids = self.publish_all(topic, vec![publication]).await?;
        ids.pop().ok_or_else(|| TopicError::Parameter("nothing to publish".to_owned()))
    }

    /// Publishes all or none; their ids in the same order.
    pub(crate) async fn publish_all(
        &self,
        topic: &str,
        publications: Vec<Publication>,
    ) -> Result<Vec<String>, TopicError> {
        publications.iter().try_for_each(check)?;
        let topic = topic.to_owned();
        self.journal
            .apply(move |turn| {
                let subscribed = subscriptions::of(turn, &topic)?;
                publications.into_iter().map(|p| fan_out(turn, &topic, &subscribed, p)).collect()
            })
            .await
    }
}

fn check(publication: &Publication) -> Result<(), TopicError> {
    match publication.message.len() {
        0 => Err(TopicError::Parameter("Empty message".to_owned())),
        n if n > limits::NOTIFICATION_BYTES => Err(TopicError::Parameter("Message too long".to_owned())),
        // What a queue would refuse is refused before anything is written.
        _ => Letter::of(raw(publication)).map(drop).map_err(|e| TopicError::Parameter(e.to_string())),
    }
}

fn raw(publication: &Publication) -> NewMessage {
    NewMessage { body: publication.message.clone(), attributes: publication.attributes.clone(), delay: None }
}

fn fan_out(
    turn: &mut Turn<'_>,
    topic: &str,
    subscribed: &[(Subscription, FilterPolicy)],
    publication: Publication,
) -> Result<String, TopicError> {
    let id = uuid();
    for (subscription, policy) in subscribed {
        if !policy.accepts(&publication.attributes) {
            continue;
        }
        let queue = shelf::get(turn, &subscription.queue)?;
        let message = match subscription.raw_message_delivery {
            true => raw(&publication),
            false => NewMessage { body: envelope(&id, topic, &publication, turn.now_ms), ..NewMessage::default() },
        };
        shelf::insert(turn, &queue, &Letter::of(message)?)?;
    }
    Ok(id)
}

/// The JSON around a message without raw delivery. The cloud signs it; here nobody could verify that, so it is not signed.
fn envelope(id: &str, topic: &str, publication: &Publication, now_ms: i64) -> String {
    let at = Timestamp::from_millisecond(now_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let mut body = json!({
        "Type": "Notification",
        "MessageId": id,
        "TopicArn": topic_arn(topic),
        "Message": publication.message,
        "Timestamp": format!("{at:.3}"),
    });
    if let Some(subject) = &publication.subject {
        body["Subject"] = json!(subject);
    }
    if !publication.attributes.is_empty() {
        let attributes: Map<String, Value> = publication
            .attributes
            .iter()
            .map(|(name, a)| {
                let value = a.string_value.as_ref().or(a.binary_value.as_ref());
                (name.clone(), json!({ "Type": a.data_type, "Value": value }))
            })
            .collect();
        body["MessageAttributes"] = Value::Object(attributes);
    }
    body.to_string()
}
