//! A workflow step driven by a queue or a schedule.

use async_trait::async_trait;

/// Why a step did not finish. Every error of a step is put in one of these classes once, at its edge.
#[derive(Debug, thiserror::Error)]
pub enum StepError {
    /// The same message may work later: the queue delivers it again.
    #[error("to be tried again")]
    Retry(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The message can never work; it goes to the dead-letter queue and a person looks at it.
    #[error("rejected")]
    Reject(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl StepError {
    /// Try again.
    pub fn retry(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Retry(error.into())
    }

    /// Give up on this message.
    pub fn reject(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Reject(error.into())
    }
}

/// A step. Its messages are JSON; each is handled alone, so that one bad message does not hold up the others.
#[async_trait]
pub trait Step: Send + Sync + 'static {
    /// Handles one message. Must be safe to run again with the same message: queues deliver at least once.
    async fn message(&self, body: &str) -> Result<(), StepError>;

    /// Runs on the step's schedule, where it has one.
    async fn scheduled(&self) -> Result<(), StepError> {
        Ok(())
    }
}
