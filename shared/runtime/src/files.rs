//! Files we keep: the invoices' PDF, OFD and XML, the channels' statements.

use crate::{context::Context, settings::SettingError};
use aws_smithy_types::timeout::TimeoutConfig;
use bytes::Bytes;
use std::time::Duration;

/// How long a file may take on its way, 1 MiB a second at least; the time limits of small calls are not for files of 100 MB.
fn time_limit(bytes: usize) -> TimeoutConfig {
    let whole = Duration::from_secs(10 + u64::try_from(bytes >> 20).unwrap_or(u64::MAX).min(600));
    TimeoutConfig::builder().operation_attempt_timeout(whole).operation_timeout(whole * 2).build()
}

/// The bucket did not do it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// No such file.
    #[error("no such file")]
    Missing,
    /// The bucket cannot be reached or refuses.
    #[error("the bucket did not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// The bucket of files.
#[derive(Clone)]
pub struct Files {
    client: aws_sdk_s3::Client,
    bucket: String,
}

impl Files {
    /// The bucket in `FILES_BUCKET`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { client: context.aws.s3.clone(), bucket: context.settings.required("FILES_BUCKET")?.to_owned() })
    }

    /// Keeps a file; the same key again replaces it.
    pub async fn keep(&self, key: &str, content_type: &str, bytes: Bytes) -> Result<(), FileError> {
        let patience = aws_sdk_s3::config::Builder::new().timeout_config(time_limit(bytes.len()));
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(key)
            .content_type(content_type)
            .body(bytes.into())
            .customize()
            .config_override(patience)
            .send()
            .await
            .map_err(|e| FileError::Unavailable(Box::new(aws_sdk_s3::Error::from(e))))?;
        Ok(())
    }

    /// The file's bytes.
    pub async fn read(&self, key: &str) -> Result<Bytes, FileError> {
        let answer = self.client.get_object().bucket(&self.bucket).key(key).send().await.map_err(|e| {
            match aws_sdk_s3::Error::from(e) {
                aws_sdk_s3::Error::NoSuchKey(_) => FileError::Missing,
                other => FileError::Unavailable(Box::new(other)),
            }
        })?;
        let body = answer.body.collect().await.map_err(|e| FileError::Unavailable(Box::new(e)))?;
        Ok(body.into_bytes())
    }
}
