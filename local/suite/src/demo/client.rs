use crate::run::RunError;
use bytes::Bytes;
use serde_json::Value;
use std::{path::PathBuf, time::Duration};

/// What went wrong in the demo.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The suite for the walk.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Nobody answers.
    #[error("the suite does not answer at {url}; start it with `make run`")]
    NotRunning {
        /// Where.
        url: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The HTTP client cannot be built.
    #[error("the HTTP client cannot be built")]
    Client(#[source] reqwest::Error),
    /// An answer is not a success.
    #[error("{request} was answered {status}: {body}")]
    Refused {
        /// What was asked.
        request: String,
        /// The status.
        status: u16,
        /// The answer.
        body: String,
    },
    /// An answer is not what it should be.
    #[error("{0}")]
    NotAsExpected(String),
    /// Something was done that must be refused.
    #[error("{0} was not refused")]
    NotRefused(String),
    /// Something did not happen in time.
    #[error("{0} did not happen within {1} seconds")]
    NotInTime(&'static str, u64),
    /// The file cannot be saved.
    #[error("{} cannot be written", path.display())]
    File {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

impl DemoError {
    /// The suite answered with that status.
    pub(super) fn is(&self, answered: u16) -> bool {
        matches!(self, Self::Refused { status, .. } if *status == answered)
    }
}

/// Speaks JSON with the suite.
pub(super) struct Client {
    http: reqwest::Client,
    base_url: String,
}

impl Client {
    pub(super) fn new(base_url: &str) -> Result<Self, DemoError> {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(20))
            .no_proxy()
            .build()
            .map_err(DemoError::Client)?;
        Ok(Self { http, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    /// Whether anybody is there.
    pub(super) async fn answers(&self) -> bool {
        self.http.get(self.url("/sandbox/api/state")).send().await.is_ok()
    }

    pub(super) async fn get(&self, path: &str, token: Option<&str>) -> Result<Value, DemoError> {
        self.call(reqwest::Method::GET, path, token, None, None).await
    }

    pub(super) async fn post(&self, path: &str, token: Option<&str>, body: Value) -> Result<Value, DemoError> {
        self.call(reqwest::Method::POST, path, token, Some(body), None).await
    }

    pub(super) async fn post_once(&self, path: &str, token: &str, body: Value, key: &str) -> Result<Value, DemoError> {
        self.call(reqwest::Method::POST, path, Some(token), Some(body), Some(key)).await
    }

    /// A request that must be refused with that code; answers the sentence.
    pub(super) async fn refused(&self, path: &str, token: &str, body: Value, code: &str) -> Result<String, DemoError> {
        let body = match self.post(path, Some(token), body).await {
            Ok(_) => return Err(DemoError::NotRefused(format!("POST {path}"))),
            Err(DemoError::Refused { body, .. }) => body,
            Err(error) => return Err(error),
        };
        let problem: Value = serde_json::from_str(&body).unwrap_or_default();
        match (problem["code"] == code, problem["detail"].as_str()) {
            (true, Some(detail)) => Ok(format!("{code}: {detail}")),
            _ => Err(DemoError::NotAsExpected(format!("POST {path} was refused, but not with {code}: {body}"))),
        }
    }

    pub(super) async fn file(&self, path: &str, token: &str) -> Result<Bytes, DemoError> {
        let answer = self.http.get(self.url(path)).bearer_auth(token).send().await;
        let answer = answer.map_err(|source| DemoError::NotRunning { url: self.base_url.clone(), source })?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(DemoError::Client)?;
        if status.is_success() {
            return Ok(bytes);
        }
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Err(DemoError::Refused { request: format!("GET {path}"), status: status.as_u16(), body })
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    async fn call(
        &self,
        method: reqwest::Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
        key: Option<&str>,
    ) -> Result<Value, DemoError> {
        let mut request = self.http.request(method.clone(), self.url(path));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await;
        let answer = answer.map_err(|source| DemoError::NotRunning { url: self.base_url.clone(), source })?;
        let status = answer.status();
        let text = answer.text().await.map_err(DemoError::Client)?;
        if !status.is_success() {
            return Err(DemoError::Refused {
                request: format!("{method} {path}"),
                status: status.as_u16(),
                body: text,
            });
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }
}
