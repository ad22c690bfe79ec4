//! SQS, standard queues. In process by [`Queues`], and by the AWS JSON protocol over HTTP; both do the same.

mod attributes;
mod error;
pub(crate) mod http;
pub(crate) mod message;
mod receipt;
mod receiving;
mod settings;
pub(crate) mod shelf;

pub(crate) use attributes::md5_of;
pub use attributes::{MessageAttribute, MessageAttributes};
pub use error::QueueError;
pub use message::{NewMessage, Receive, Received, Sent};
pub use settings::QueueSpec;

use crate::{
    journal::{Journal, Turn},
    limits,
};
use message::{Letter, seconds};
use receipt::Receipt;
use settings::{Settings, check_name};
use shelf::QueueRow;
use std::{collections::BTreeMap, time::Duration};

/// The queues.
#[derive(Clone)]
pub struct Queues {
    journal: Journal,
    base_url: String,
}

/// How many messages a queue holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueCounts {
    /// The queue.
    pub name: String,
    /// Can be received now.
    pub visible: u64,
    /// Received and hidden.
    pub in_flight: u64,
    /// Sent with a delay that is not over.
    pub delayed: u64,
    /// Its dead-letter queue, if it has one.
    pub dead_letter_queue: Option<String>,
    /// All messages in that dead-letter queue.
    pub dead: u64,
}

impl Queues {
    pub(crate) fn new(journal: Journal, base_url: String) -> Self {
        Self { journal, base_url }
    }

    /// The queue's URL, as `QUEUE_URL` settings hold it.
    pub fn url(&self, name: &str) -> String {
        format!("{}/{}/{name}", self.base_url, crate::ACCOUNT)
    }

    /// Makes the queues, or gives those that exist these settings. All or none.
    pub async fn declare(&self, specs: &[QueueSpec]) -> Result<(), QueueError> {
        let mut wanted = Vec::new();
        for spec in specs {
            check_name(&spec.name)?;
            wanted.push((spec.name.clone(), Settings::default().with(&spec.attributes()?)?));
        }
        let names: Vec<String> = wanted.iter().map(|(name, _)| name.clone()).collect();
        self.journal
            .apply(move |turn| {
                for (name, settings) in &wanted {
                    shelf::put(turn, name, settings)?;
                }
                for (_, settings) in &wanted {
                    check_dead_letter_queue(turn, settings)?;
                }
                Ok::<_, QueueError>(())
            })
            .await?;
        names.iter().for_each(|name| self.journal.bells.hang(name));
        Ok(())
    }

    /// As `CreateQueue`: an existing queue must have the same values of the attributes given.
    pub(crate) async fn create(
        &self,
        name: String,
        attributes: BTreeMap<String, String>,
    ) -> Result<String, QueueError> {
        check_name(&name)?;
        let url = self.url(&name);
        let made = name.clone();
        self.journal
            .apply(move |turn| {
                let settings = match shelf::find(turn, &name)? {
                    Some(found) if found.settings.clone().with(&attributes)? == found.settings => return Ok(()),
                    Some(_) => return Err(QueueError::Exists(name)),
                    None => Settings::default().with(&attributes)?,
                };
                check_dead_letter_queue(turn, &settings)?;
                shelf::put(turn, &name, &settings)
            })
            .await?;
        self.journal.bells.hang(&made);
        Ok(url)
    }

    /// Sends one message. When this answers, the message is on the disk.
    pub async fn send(&self, queue: &str, message: NewMessage) -> Result<Sent, QueueError> {
        self.send_letter(queue, Letter::of(message)?).await
    }

    async fn send_letter(&self, queue: &str, letter: Letter) -> Result<Sent, QueueError> {
        self.in_queue(queue, move |turn, queue| {
            check_size(queue, &letter)?;
            shelf::insert(turn, queue, &letter)?;
            Ok(letter.sent)
        })
        .await
    }

    /// Deletes one received message. A receipt that a later receive has replaced deletes nothing, and is no error.
    pub async fn delete(&self, queue: &str, receipt_handle: &str) -> Result<(), QueueError> {
        let handle = receipt_handle.to_owned();
        self.in_queue(queue, move |turn, queue| shelf::delete(turn, Receipt::parse(&handle, queue.id)?)).await
    }

    /// Hides a received message from now for `visibility`; zero gives it back at once.
    pub async fn change_visibility(
        &self,
        queue: &str,
        receipt_handle: &str,
        visibility: Duration,
    ) -> Result<(), QueueError> {
        let handle = receipt_handle.to_owned();
        let seconds = seconds("VisibilityTimeout", visibility, limits::VISIBILITY_S)?;
        self.in_queue(queue, move |turn, queue| {
            shelf::change_visibility(turn, queue, Receipt::parse(&handle, queue.id)?, seconds)
        })
        .await
    }

    /// The counts of one queue.
    pub async fn depth(&self, queue: &str) -> Result<QueueCounts, QueueError> {
        self.in_queue(queue, |turn, queue| counts_of(turn, queue)).await
    }

    /// The counts of every queue, at one moment, sorted by name.
    pub async fn counts(&self) -> Result<Vec<QueueCounts>, QueueError> {
        self.journal
            .apply(|turn| {
                let names = shelf::names(turn)?;
                names.iter().map(|name| counts_of(turn, &shelf::get(turn, name)?)).collect()
            })
            .await
    }

    /// Gives back at once whatever was in flight: for a host that has just started and knows that all consumers ended with
    /// the process before it. Also frees messages that a clock set back would hide for longer than any delay.
    pub async fn release_in_flight(&self) -> Result<usize, QueueError> {
        self.journal.apply(|turn| shelf::release(turn, limits::DELAY_S)).await
    }

    /// Lets every waiting receiver look again: call it after the clock was moved.
    pub fn wake(&self) {
        self.journal.bells.ring_all();
    }

    async fn in_queue<T: Send + 'static>(
        &self,
        queue: &str,
        work: impl FnOnce(&mut Turn<'_>, &QueueRow) -> Result<T, QueueError> + Send + 'static,
    ) -> Result<T, QueueError> {
        let name = queue.to_owned();
        self.journal
            .apply(move |turn| {
                let queue = shelf::get(turn, &name)?;
                work(turn, &queue)
            })
            .await
    }
}

fn counts_of(turn: &Turn<'_>, queue: &QueueRow) -> Result<QueueCounts, QueueError> {
    let [visible, in_flight, delayed] = shelf::count(turn, queue)?;
    let dead_letter_queue = queue.settings.redrive.as_ref().map(|redrive| redrive.dead_letter_queue.clone());
    let dead = match &dead_letter_queue {
        Some(name) => shelf::count(turn, &shelf::get(turn, name)?)?.iter().sum(),
        None => 0,
    };
    Ok(QueueCounts { name: queue.name.clone(), visible, in_flight, delayed, dead_letter_queue, dead })
}

fn check_dead_letter_queue(turn: &Turn<'_>, settings: &Settings) -> Result<(), QueueError> {
    match &settings.redrive {
        Some(redrive) if shelf::find(turn, &redrive.dead_letter_queue)?.is_none() => Err(QueueError::AttributeValue(
            format!("RedrivePolicy names the queue {}, which does not exist", redrive.dead_letter_queue),
        )),
        _ => Ok(()),
    }
}

fn check_size(queue: &QueueRow, letter: &Letter) -> Result<(), QueueError> {
    let limit = queue.settings.max_bytes;
    if i64::try_from(letter.bytes).unwrap_or(i64::MAX) > limit {
        return Err(QueueError::Parameter(format!(
            "One or more parameters are invalid. Reason: Message must be shorter than {limit} bytes."
        )));
    }
    Ok(())
}
