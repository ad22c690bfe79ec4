//! Secrets, read once when the function boots. Each is a JSON object; a function's role names the ones it may read.

use crate::aws::Aws;

/// A secret cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// Secrets Manager did not give it.
    #[error("the secret {id} cannot be read")]
    Unavailable {
        /// Its name.
        id: String,
        /// Why.
        #[source]
        source: Box<aws_sdk_secretsmanager::Error>,
    },
    /// Its text is not the JSON we expect. The text itself is not repeated here.
    #[error("the secret {id} has not the expected fields (line {line}, column {column})")]
    Malformed {
        /// Its name.
        id: String,
        /// Where.
        line: usize,
        /// Where.
        column: usize,
    },
}

/// Reads a secret's JSON.
pub async fn read<T: serde::de::DeserializeOwned>(aws: &Aws, id: &str) -> Result<T, SecretError> {
    let answer = aws
        .secrets
        .get_secret_value()
        .secret_id(id)
        .send()
        .await
        .map_err(|e| SecretError::Unavailable { id: id.to_owned(), source: Box::new(e.into()) })?;
    serde_json::from_str(answer.secret_string().unwrap_or_default()).map_err(|e| SecretError::Malformed {
        id: id.to_owned(),
        line: e.line(),
        column: e.column(),
    })
}
