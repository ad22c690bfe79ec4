use aws_sdk_dynamodb::{error::SdkError, operation::transact_write_items::TransactWriteItemsError};
use heatpay_runtime::{Problem, StepError};

use crate::Item;

/// What can go wrong with a table.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another writer was first: read again and decide again.
    #[error("another writer was first")]
    Raced,
    /// The table cannot be reached, is throttled, or has no answer; whether a write happened is not known.
    #[error("the table did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// An item is not what the code that wrote it wrote.
    #[error("an item of {table} cannot be read")]
    Malformed {
        /// Where.
        table: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StoreError {
    pub(crate) fn unavailable<E>(error: E) -> Self
    where
        E: Into<aws_sdk_dynamodb::Error>,
    {
        Self::Unavailable(Box::new(error.into()))
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Raced => Self::conflict("changed_meanwhile", "内容刚刚有变化,请刷新后再试。"),
            StoreError::Unavailable(_) => Self::unavailable("unavailable", "系统繁忙,请稍后再试。", &error),
            StoreError::Malformed { .. } => Self::internal(&error),
        }
    }
}

impl From<StoreError> for StepError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Raced | StoreError::Unavailable(_) => Self::retry(error),
            StoreError::Malformed { .. } => Self::reject(error),
        }
    }
}

/// Why one part of a transaction stopped it.
#[derive(Debug)]
pub(crate) enum Stop {
    /// This part was not the cause.
    None,
    /// Its condition failed; the item as it stands, if it was asked for.
    Condition(Option<Item>),
}

/// Reads a failed transaction: `Ok` with one entry a part if conditions stopped it, in order.
pub(crate) fn stops<R>(error: SdkError<TransactWriteItemsError, R>) -> Result<Vec<Stop>, StoreError>
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    let Some(TransactWriteItemsError::TransactionCanceledException(canceled)) = error.as_service_error() else {
        return Err(StoreError::Unavailable(Box::new(error)));
    };
    let reasons = canceled.cancellation_reasons();
    if reasons.iter().any(|reason| reason.code() == Some("ConditionalCheckFailed")) {
        return Ok(reasons
            .iter()
            .map(|reason| match reason.code() {
                Some("ConditionalCheckFailed") => Stop::Condition(reason.item.clone()),
                _ => Stop::None,
            })
            .collect());
    }
    // TransactionConflict: somebody else writes one of the items right now.
    if reasons.iter().any(|reason| reason.code() == Some("TransactionConflict")) {
        return Err(StoreError::Raced);
    }
    Err(StoreError::Unavailable(Box::new(error)))
}
