//! A client of the API that speaks JSON.

use super::BenchError;
use reqwest::Method;
use serde_json::Value;
use std::time::Duration;

/// One call.
#[derive(Clone, Debug)]
pub(super) struct Ask<'a> {
    pub(super) method: Method,
    pub(super) path: String,
    pub(super) token: Option<&'a str>,
    pub(super) key: Option<String>,
    pub(super) body: Option<Value>,
}

impl<'a> Ask<'a> {
    pub(super) fn get(path: String, token: &'a str) -> Self {
        Self { method: Method::GET, path, token: Some(token), key: None, body: None }
    }

    pub(super) fn post(path: &str, token: Option<&'a str>, body: Value) -> Self {
        Self { method: Method::POST, path: path.to_owned(), token, key: None, body: Some(body) }
    }
}

/// The client. Clones share its connections.
#[derive(Clone)]
pub(super) struct Caller {
    http: reqwest::Client,
    url: String,
}

impl Caller {
    pub(super) fn new(url: &str) -> Result<Self, BenchError> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(20)).no_proxy().build()?;
        Ok(Self { http, url: url.to_owned() })
    }

    /// The answer's JSON; an answer that is no success is an error that names its status and code.
    pub(super) async fn call(&self, ask: Ask<'_>) -> Result<Value, BenchError> {
        let mut request = self.http.request(ask.method.clone(), format!("{}{}", self.url, ask.path));
        if let Some(token) = ask.token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = ask.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(body) = ask.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await?;
        let status = answer.status();
        let value: Value = serde_json::from_slice(&answer.bytes().await?).unwrap_or_default();
        if status.is_success() {
            return Ok(value);
        }
        let code = value["code"].as_str().unwrap_or("?");
        Err(BenchError::NotAsExpected(format!("{} {code}", status.as_u16())))
    }
}
