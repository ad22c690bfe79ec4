use crate::journal::JournalError;

/// Why SQS says no.
#[derive(Clone, Debug, thiserror::Error)]
pub enum QueueError {
    /// No such queue.
    #[error("The specified queue does not exist: {0}")]
    NoSuchQueue(String),
    /// The queue exists with other settings.
    #[error("A queue already exists with the same name and a different value for an attribute: {0}")]
    Exists(String),
    /// The receipt was not given by this queue.
    #[error("The input receipt handle is invalid")]
    BadReceipt,
    /// The message is not hidden by this receipt any more.
    #[error("The message referred to is not in flight")]
    NotInFlight,
    /// A batch without entries.
    #[error("There should be at least one entry in the request")]
    EmptyBatch,
    /// A batch of more than ten.
    #[error("A batch has at most 10 entries")]
    TooManyEntries,
    /// Two entries of a batch have the same id.
    #[error("Id {0} repeated")]
    RepeatedEntry(String),
    /// An entry's id is not 1 to 80 letters, digits, `-` or `_`.
    #[error("A batch entry id is 1 to 80 letters, digits, - or _")]
    BadEntryId,
    /// All messages of the batch together are too long.
    #[error("Batch requests cannot be longer than 1048576 bytes")]
    BatchTooLong,
    /// A character SQS does not take.
    #[error("The message contains characters outside the allowed set")]
    BadCharacters,
    /// A parameter outside its limits.
    #[error("{0}")]
    Parameter(String),
    /// A parameter is missing.
    #[error("The request must contain the parameter {0}")]
    Missing(&'static str),
    /// A queue has no attribute of that name.
    #[error("Unknown Attribute {0}")]
    UnknownAttribute(String),
    /// An attribute of a queue has a value outside its limits.
    #[error("{0}")]
    AttributeValue(String),
    /// Something that the cloud has and this does not.
    #[error("{0}")]
    Unsupported(String),
    /// The file did not take it; the caller may ask again.
    #[error("the queues' file did not take the call")]
    Journal(#[from] JournalError),
}

impl From<rusqlite::Error> for QueueError {
    fn from(source: rusqlite::Error) -> Self {
        Self::Journal(source.into())
    }
}

impl QueueError {
    /// The error's names in the JSON protocol (`__type`) and in the older query protocol, which the SDKs still look at.
    pub(crate) fn names(&self) -> (&'static str, &'static str) {
        match self {
            Self::NoSuchQueue(_) => ("QueueDoesNotExist", "AWS.SimpleQueueService.NonExistentQueue"),
            Self::Exists(_) => ("QueueNameExists", "QueueAlreadyExists"),
            Self::BadReceipt => ("ReceiptHandleIsInvalid", "ReceiptHandleIsInvalid"),
            Self::NotInFlight => ("MessageNotInflight", "AWS.SimpleQueueService.MessageNotInflight"),
            Self::EmptyBatch => ("EmptyBatchRequest", "AWS.SimpleQueueService.EmptyBatchRequest"),
            Self::TooManyEntries => {
                ("TooManyEntriesInBatchRequest", "AWS.SimpleQueueService.TooManyEntriesInBatchRequest")
            }
            Self::RepeatedEntry(_) => ("BatchEntryIdsNotDistinct", "AWS.SimpleQueueService.BatchEntryIdsNotDistinct"),
            Self::BadEntryId => ("InvalidBatchEntryId", "AWS.SimpleQueueService.InvalidBatchEntryId"),
            Self::BatchTooLong => ("BatchRequestTooLong", "AWS.SimpleQueueService.BatchRequestTooLong"),
            Self::BadCharacters => ("InvalidMessageContents", "InvalidMessageContents"),
            Self::Parameter(_) => ("InvalidParameterValueException", "InvalidParameterValue"),
            Self::Missing(_) => ("MissingRequiredParameterException", "MissingParameter"),
            Self::UnknownAttribute(_) => ("InvalidAttributeName", "InvalidAttributeName"),
            Self::AttributeValue(_) => ("InvalidAttributeValue", "InvalidAttributeValue"),
            Self::Unsupported(_) => ("UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation"),
            Self::Journal(_) => ("InternalFailure", "InternalFailure"),
        }
    }

    /// Whether the caller or this process is to blame.
    pub(crate) fn is_callers_fault(&self) -> bool {
        !matches!(self, Self::Journal(_))
    }
}
