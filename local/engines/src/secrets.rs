//! Secrets Manager: a folder with a JSON file a secret, read anew at each call so that an edited file counts at once.

use crate::{
    limits,
    names::{name_in_arn, secret_arn},
    queues::md5_of,
};
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
    sync::Arc,
    time::UNIX_EPOCH,
};
use tempfile::NamedTempFile;

/// The secrets.
#[derive(Clone)]
pub struct Secrets {
    folder: Arc<Path>,
}

/// Why a secret cannot be had or kept.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// No such secret.
    #[error("Secrets Manager can't find the specified secret.")]
    Missing,
    /// Not a name: 1 to 200 letters, digits, `/_+=.@-`, no part of it `.` or `..` or empty.
    #[error("invalid secret name")]
    BadName,
    /// Longer than 64 KiB.
    #[error("the secret is longer than 65536 bytes")]
    TooLong,
    /// The file cannot be read or written.
    #[error("the secret's file cannot be used")]
    File(#[source] io::Error),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct GetSecretValue {
    #[serde(default)]
    secret_id: String,
}

impl Secrets {
    pub(crate) fn new(folder: PathBuf) -> Self {
        Self { folder: folder.into() }
    }

    /// Whether there is such a secret.
    pub fn contains(&self, name: &str) -> Result<bool, SecretError> {
        self.file(name)?.try_exists().map_err(SecretError::File)
    }

    /// Keeps a secret; the same name again replaces it. The file can be read by its owner alone.
    pub fn put(&self, name: &str, secret: &Value) -> Result<(), SecretError> {
        let file = self.file(name)?;
        let text = format!("{secret:#}\n");
        if u64::try_from(text.len()).unwrap_or(u64::MAX) > limits::SECRET_BYTES {
            return Err(SecretError::TooLong);
        }
        let folder = file.parent().unwrap_or(&self.folder);
        let write = || -> io::Result<()> {
            fs::create_dir_all(folder)?;
            let mut temporary = NamedTempFile::new_in(folder)?;
            temporary.write_all(text.as_bytes())?;
            temporary.as_file().sync_all()?;
            temporary.persist(&file)?;
            fs::File::open(folder)?.sync_all()
        };
        write().map_err(SecretError::File)
    }

    /// The secret's text, and when it was written in seconds since 1970.
    fn read(&self, name: &str) -> Result<(String, u64), SecretError> {
        let file = self.file(name)?;
        let failed = |source: io::Error| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => SecretError::Missing,
            _ => SecretError::File(source),
        };
        let about = fs::metadata(&file).map_err(failed)?;
        if about.len() > limits::SECRET_BYTES {
            return Err(SecretError::TooLong);
        }
        let written = about.modified().map_err(failed)?;
        let text = fs::read_to_string(&file).map_err(failed)?;
        Ok((text, written.duration_since(UNIX_EPOCH).map(|d| d.as_secs()).unwrap_or(0)))
    }

    fn file(&self, name: &str) -> Result<PathBuf, SecretError> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_+=.@-".contains(&b);
        let part = |part: &str| !matches!(part, "" | "." | "..") && part.bytes().all(allowed);
        if name.len() > 200 || !name.split('/').all(part) {
            return Err(SecretError::BadName);
        }
        Ok(self.folder.join(format!("{name}.json")))
    }

    /// Answers one call; `operation` is what follows `secretsmanager.` in `X-Amz-Target`.
    pub(crate) async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        if operation != "GetSecretValue" {
            return refusal(StatusCode::BAD_REQUEST, "InvalidRequestException", "only GetSecretValue is played here");
        }
        let Ok(call) = serde_json::from_slice::<GetSecretValue>(body) else {
            return refusal(StatusCode::BAD_REQUEST, "InvalidParameterException", "the request cannot be read");
        };
        let name = name_in_arn(&call.secret_id).to_owned();
        let secrets = self.clone();
        let (read, name) = match tokio::task::spawn_blocking(move || (secrets.read(&name), name)).await {
            Ok(done) => done,
            Err(_) => return refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError", "stopping"),
        };
        match read {
            Ok((text, written_s)) => {
                let value = json!({
                    "ARN": secret_arn(&name),
                    "Name": name,
                    "CreatedDate": written_s,
                    "SecretString": text,
                    "VersionId": version_of(&text),
                    "VersionStages": ["AWSCURRENT"],
                });
                (StatusCode::OK, [("content-type", "application/x-amz-json-1.1")], value.to_string()).into_response()
            }
            Err(error) => refused(&error),
        }
    }
}

/// The same text is the same version: a UUID's shape out of its MD5.
fn version_of(text: &str) -> String {
    let hex = md5_of(text.as_bytes());
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn refused(error: &SecretError) -> Response {
    let (status, code) = match error {
        SecretError::Missing => (StatusCode::BAD_REQUEST, "ResourceNotFoundException"),
        SecretError::BadName => (StatusCode::BAD_REQUEST, "InvalidParameterException"),
        SecretError::TooLong | SecretError::File(_) => {
            tracing::error!(error = error as &dyn std::error::Error, "a secret cannot be read");
            (StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceError")
        }
    };
    refusal(status, code, &error.to_string())
}

fn refusal(status: StatusCode, code: &str, message: &str) -> Response {
    let body = json!({ "__type": code, "Message": message });
    (status, [("content-type", "application/x-amz-json-1.1")], body.to_string()).into_response()
}
