//! The statement's file: the one that is kept, or fetched and kept before anybody reads it.

use crate::Reconcile;
use bytes::Bytes;
use heatpay_channels::{ChannelError, StatementSource};
use heatpay_domain::{
    Channel,
    reconcile::{KeptFile, ReconcileDay, RunProblem},
    statement::BadStatement,
};
use heatpay_runtime::{StepError, files::FileError, queue::causes};
use jiff::{Timestamp, civil::Date};
use ring::digest::{SHA256, digest};

/// A statement that was had.
pub(crate) enum Had {
    /// This file.
    File(KeptFile, Bytes),
    /// The channel says that nothing happened.
    Nothing,
    /// It is not to be had, or not to be believed.
    Not(RunProblem),
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest(&SHA256, bytes))
}

impl Reconcile {
    /// The file that is kept, as it was kept; `None` where none is.
    pub(crate) async fn kept(&self, day: &ReconcileDay) -> Result<Option<(KeptFile, Bytes)>, StepError> {
        let Some(file) = &day.file else { return Ok(None) };
        match self.files.read(&file.key).await {
            Ok(bytes) if sha256(&bytes) == file.sha256 => Ok(Some((file.clone(), bytes))),
            Ok(_) | Err(FileError::Missing) => {
                tracing::error!(key = file.key, "a kept statement is not what it was");
                Ok(None)
            }
            Err(error @ FileError::Unavailable(_)) => Err(StepError::retry(error)),
        }
    }

    pub(crate) async fn fetch(
        &self,
        source: &dyn StatementSource,
        channel: Channel,
        day: Date,
        now: Timestamp,
    ) -> Result<Had, StepError> {
        let file = match source.fetch_statement(day, now).await {
            Ok(Some(file)) => file,
            Ok(None) => return Ok(Had::Nothing),
            Err(error) => {
                let problem = problem(&error);
                tracing::warn!(channel = channel.name(), %day, ?problem, reason = causes(&error), "no statement");
                return Ok(Had::Not(problem));
            }
        };
        let sha256 = sha256(&file.bytes);
        // Named by its hash too: a statement that the channel makes anew replaces none.
        let key = format!("reconciliations/{}/{day}/{}-{}", channel.name(), &sha256[..16], file.name);
        self.files.keep(&key, "application/octet-stream", file.bytes.clone()).await.map_err(StepError::retry)?;
        Ok(Had::File(KeptFile { key, sha256 }, file.bytes))
    }
}

fn problem(error: &ChannelError) -> RunProblem {
    match error {
        ChannelError::OutcomeUnknown { source, .. } if source.is::<BadStatement>() => RunProblem::BadFile,
        ChannelError::OutcomeUnknown { .. } | ChannelError::TryLater { .. } => RunProblem::NotReady,
        ChannelError::Refused { .. } | ChannelError::Misconfigured { .. } => RunProblem::Refused,
    }
}
