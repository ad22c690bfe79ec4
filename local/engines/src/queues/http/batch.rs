use crate::{limits, queues::QueueError};
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;

/// An entry of a batch.
pub(super) trait Entry {
    fn id(&self) -> &str;
}

/// Checks what must hold for the batch as a whole.
pub(super) fn check<E: Entry>(entries: &[E]) -> Result<(), QueueError> {
    if entries.is_empty() {
        return Err(QueueError::EmptyBatch);
    }
    if entries.len() > limits::BATCH {
        return Err(QueueError::TooManyEntries);
    }
    let mut seen = HashSet::new();
    for entry in entries {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if !(1..=80).contains(&entry.id().len()) || !entry.id().bytes().all(allowed) {
            return Err(QueueError::BadEntryId);
        }
        if !seen.insert(entry.id()) {
            return Err(QueueError::RepeatedEntry(entry.id().to_owned()));
        }
    }
    Ok(())
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Failed {
    id: String,
    sender_fault: bool,
    code: &'static str,
    message: String,
}

/// The answer: each entry done or refused on its own. An error of the file itself fails the whole call, to be asked again.
pub(super) fn answer<T>(
    outcomes: Vec<(String, Result<T, QueueError>)>,
    done: impl Fn(&str, &T) -> Value,
) -> Result<Value, QueueError> {
    let (mut successful, mut failed) = (Vec::new(), Vec::new());
    for (id, outcome) in outcomes {
        match outcome {
            Ok(value) => successful.push(done(&id, &value)),
            Err(error @ QueueError::Journal(_)) => return Err(error),
            Err(error) => failed.push(Failed {
                id,
                sender_fault: error.is_callers_fault(),
                code: error.names().1,
                message: error.to_string(),
            }),
        }
    }
    Ok(json!({ "Successful": successful, "Failed": failed }))
}
