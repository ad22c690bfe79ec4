//! Queues: sending, and running a batch of messages through a step.

use crate::{
    context::Context,
    settings::SettingError,
    step::{Step, StepError},
};
use aws_lambda_events::event::sqs::{BatchItemFailure, SqsBatchResponse, SqsEvent};
use futures::{FutureExt, future::join_all};
use serde::Serialize;
use std::{panic::AssertUnwindSafe, time::Duration};

/// A message was not taken by its queue.
#[derive(Debug, thiserror::Error)]
#[error("the queue did not take the message")]
pub struct NotTaken(#[source] Box<dyn std::error::Error + Send + Sync>);

/// A queue we send to.
#[derive(Clone)]
pub struct Queue {
    client: aws_sdk_sqs::Client,
    url: String,
}

impl Queue {
    /// The longest delay a message may have.
    pub const MAX_DELAY: Duration = Duration::from_secs(900);

    /// The queue whose URL is in the setting.
    pub fn of(context: &Context, setting: &str) -> Result<Self, SettingError> {
        Ok(Self { client: context.aws.sqs.clone(), url: context.settings.required(setting)?.to_owned() })
    }

    /// Sends one message, to be seen after `delay` (at most 15 minutes).
    pub async fn send(&self, message: &impl Serialize, delay: Duration) -> Result<(), NotTaken> {
        let body = serde_json::to_string(message).map_err(|e| NotTaken(Box::new(e)))?;
        let seconds = i32::try_from(delay.min(Self::MAX_DELAY).as_secs()).unwrap_or(0);
        let mut send = self.client.send_message().queue_url(&self.url).message_body(body);
        if seconds > 0 {
            send = send.delay_seconds(seconds);
        }
        send.send().await.map_err(|e| NotTaken(Box::new(aws_sdk_sqs::Error::from(e))))?;
        Ok(())
    }
}

/// Runs every message of a batch, each on its own: a failure or a panic of one is reported for that one alone.
pub async fn run_batch(step: &dyn Step, event: SqsEvent) -> SqsBatchResponse {
    let runs = event.records.into_iter().map(|record| async move {
        let body = record.body.unwrap_or_default();
        let id = record.message_id.unwrap_or_default();
        match AssertUnwindSafe(step.message(&body)).catch_unwind().await {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                log_failure(&id, &error);
                Some(id)
            }
            Err(_) => {
                tracing::error!(message_id = id, "a message made the step panic");
                Some(id)
            }
        }
    });
    let failed = join_all(runs).await.into_iter().flatten().map(|id| {
        let mut failure = BatchItemFailure::default();
        failure.item_identifier = id;
        failure
    });
    let mut response = SqsBatchResponse::default();
    response.batch_item_failures = failed.collect();
    response
}

fn log_failure(message_id: &str, error: &StepError) {
    let reason = causes(error);
    match error {
        StepError::Retry(_) => tracing::warn!(message_id, reason, "message will be delivered again"),
        StepError::Reject(_) => tracing::error!(message_id, reason, "message rejected"),
    }
}

/// The error and what caused it, outermost first.
pub fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}
