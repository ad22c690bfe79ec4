use crate::{Call, Probe, ProbeDenied};
use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Method, StatusCode};
use std::{sync::Arc, time::Duration};

/// HTTP to third parties: one pooled client, a time limit, a size limit, and the probe.
#[derive(Clone)]
pub struct Outbound {
    client: reqwest::Client,
    probe: Arc<dyn Probe>,
}

/// One request, exactly as it goes out: the body was serialised and signed by the caller and is not touched.
#[derive(Clone, Debug)]
pub struct OutboundRequest {
    /// The third party's name for the probe and the logs.
    pub service: &'static str,
    /// The method.
    pub method: Method,
    /// The absolute URL, percent-encoded as it was signed.
    pub url: String,
    /// All headers the protocol asks for.
    pub headers: HeaderMap,
    /// The exact bytes.
    pub body: Bytes,
    /// The whole exchange's time limit.
    pub timeout: Duration,
}

/// The answer, unread: signatures are verified over these bytes.
#[derive(Clone, Debug)]
pub struct OutboundResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers, names in lower case.
    pub headers: HeaderMap,
    /// The exact bytes.
    pub body: Bytes,
}

/// Why there is no answer. What matters with money: may the other side have done it?
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// No connection was made: nothing was done.
    #[error("no connection to {service}")]
    NotSent {
        /// Whom we called.
        service: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// Sent, or partly sent; the outcome is unknown.
    #[error("no answer from {service}")]
    NoAnswer {
        /// Whom we called.
        service: &'static str,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The answer passes the size limit of 1 MiB (or what the caller set); the outcome is unknown.
    #[error("answer of {service} passes {limit} bytes")]
    TooLarge {
        /// Whom we called.
        service: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The probe stopped it: nothing was done.
    #[error(transparent)]
    Denied(#[from] ProbeDenied),
}

impl Outbound {
    /// One answer's size limit.
    pub const MAX_ANSWER_BYTES: usize = 1 << 20;

    /// A client over rustls with ring. Installs ring as the process's provider if none is installed.
    pub fn new(probe: Arc<dyn Probe>) -> Result<Self, reqwest::Error> {
        // Fails only when a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(3))
            .pool_idle_timeout(Duration::from_secs(50))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Self { client, probe })
    }

    /// Sends the request once; never retries.
    pub async fn send(&self, request: OutboundRequest) -> Result<OutboundResponse, OutboundError> {
        self.send_within(request, Self::MAX_ANSWER_BYTES).await
    }

    /// Sends the request once; its answer may have as many bytes as `limit` says (a file).
    pub async fn send_within(&self, request: OutboundRequest, limit: usize) -> Result<OutboundResponse, OutboundError> {
        let service = request.service;
        let operation = operation(&request.method, &request.url);
        let call = Call { service: service.to_owned(), operation, resources: Vec::new() };
        self.probe.before(&call)?;
        // A URL may carry a secret or a code in its query, and an error ends up in a log.
        let failed = |source: reqwest::Error| {
            let source = source.without_url();
            if source.is_connect() || source.is_builder() {
                OutboundError::NotSent { service, source }
            } else {
                OutboundError::NoAnswer { service, source }
            }
        };
        let mut answer = self
            .client
            .request(request.method, &request.url)
            .headers(request.headers)
            .body(request.body)
            .timeout(request.timeout)
            .send()
            .await
            .map_err(failed)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > limit {
                return Err(OutboundError::TooLarge { service, limit });
            }
            body.extend_from_slice(&chunk);
        }
        self.probe.after(&call, &[]);
        Ok(OutboundResponse { status: answer.status(), headers: answer.headers().clone(), body: body.freeze() })
    }
}

/// `POST /v3/pay/transactions/jsapi`, or `POST /gateway.do alipay.trade.query` where one path takes every method: of the query
/// nothing else is told, for it may be secret.
fn operation(method: &Method, url: &str) -> String {
    let path = url.split_once("://").map_or("", |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    match query.split('&').find_map(|pair| pair.strip_prefix("method=")) {
        Some(named) => format!("{method} {path} {named}"),
        None => format!("{method} {path}"),
    }
}
