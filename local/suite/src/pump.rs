//! Takes messages from a queue and gives them to the function that the template attaches to it, as Lambda's poller does:
//! what the function does not report as failed is deleted, the rest is seen again after the visibility time-out.

use aws_lambda_events::event::sqs::{SqsEvent, SqsMessage};
use heatpay_engines::{QueueError, Queues, Receive, Received};
use heatpay_runtime::{Step, queue::run_batch};
use std::{collections::HashSet, sync::Arc, time::Duration};

/// A function on a queue.
#[derive(Clone)]
pub struct Pump {
    /// The function's name.
    pub function: String,
    /// The queue's name.
    pub queue: String,
    /// How many messages one call gets at most.
    pub batch_size: usize,
    /// How many calls run at once.
    pub at_once: usize,
    /// The function.
    pub step: Arc<dyn Step>,
}

impl Pump {
    /// Takes one batch, waiting up to `wait` for it. Answers how many messages it was, and how many failed.
    pub async fn once(&self, queues: &Queues, wait: Option<Duration>) -> Result<(usize, usize), QueueError> {
        let want = Receive { max: self.batch_size.min(10), visibility: None, wait };
        let received = queues.receive(&self.queue, want).await?;
        if received.is_empty() {
            return Ok((0, 0));
        }
        let mut event = SqsEvent::default();
        event.records = received.iter().map(record).collect();
        let response = run_batch(self.step.as_ref(), event).await;
        let failed: HashSet<_> =
            response.batch_item_failures.into_iter().map(|failure| failure.item_identifier).collect();
        for message in received.iter().filter(|message| !failed.contains(&message.message_id)) {
            queues.delete(&self.queue, &message.receipt_handle).await?;
        }
        Ok((received.len(), failed.len()))
    }
}

fn record(message: &Received) -> SqsMessage {
    let mut record = SqsMessage::default();
    record.message_id = Some(message.message_id.clone());
    record.receipt_handle = Some(message.receipt_handle.clone());
    record.body = Some(message.body.clone());
    record.attributes.insert("ApproximateReceiveCount".to_owned(), message.receives.to_string());
    record.attributes.insert("SentTimestamp".to_owned(), message.sent_at.as_millisecond().to_string());
    record.event_source = Some("aws:sqs".to_owned());
    record
}
