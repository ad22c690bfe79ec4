//! One call to WeChat Pay: signed, sent once, its answer verified before anybody reads it.

use super::{
    Wechatpay,
    failure::{Failure, Unclear},
    signature::{authorization, request_message},
    verify::{Signed, Unverified},
};
use crate::ChannelError;
use bytes::Bytes;
use heatpay_domain::Channel;
use heatpay_ports::{OutboundError, OutboundRequest, OutboundResponse};
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::time::Duration;

/// WeChat answers an order within two seconds nearly always; the function that waits has a limit of its own.
const TIME_LIMIT: Duration = Duration::from_secs(6);

/// Two hundred-something, verified; or an error answer, which nobody signs.
pub(super) enum Exchanged<T> {
    Done(T),
    Failed(Failure),
}

impl Wechatpay {
    /// Calls and reads the verified answer as JSON.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        now: Timestamp,
    ) -> Result<Exchanged<T>, ChannelError> {
        let answer = self.exchange(method, path, body, now).await?;
        if !is_done(&answer) {
            return Ok(Exchanged::Failed(Failure::of(&answer)));
        }
        self.believe(&answer, now).await?;
        serde_json::from_slice(&answer.body).map(Exchanged::Done).map_err(unclear)
    }

    /// Calls and verifies an answer without a body (204).
    pub(super) async fn call_empty(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        now: Timestamp,
    ) -> Result<Exchanged<()>, ChannelError> {
        let answer = self.exchange(method, path, body, now).await?;
        if !is_done(&answer) {
            return Ok(Exchanged::Failed(Failure::of(&answer)));
        }
        self.believe(&answer, now).await?;
        Ok(Exchanged::Done(()))
    }

    /// Sends the signed request; the twin host gets it only if nothing was sent to the first.
    pub(super) async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<&impl Serialize>,
        now: Timestamp,
    ) -> Result<OutboundResponse, ChannelError> {
        let body = body.map(serde_json::to_string).transpose().map_err(unclear)?.unwrap_or_default();
        let request = |base_url: &str| OutboundRequest {
            service: "wechatpay",
            method: method.clone(),
            url: format!("{base_url}{path}"),
            headers: self.headers(&method, path, &body, now),
            body: Bytes::from(body.clone()),
            timeout: TIME_LIMIT,
        };
        let first = self.outbound.send(request(&self.base_url)).await;
        let answer = match (first, &self.fallback_base_url) {
            (Err(OutboundError::NotSent { .. }), Some(twin)) => self.outbound.send(request(twin)).await,
            (first, _) => first,
        };
        answer.map_err(|error| ChannelError::of_transport(Channel::Wechatpay, error))
    }

    pub(super) fn headers(&self, method: &Method, path: &str, body: &str, now: Timestamp) -> HeaderMap {
        let nonce = self.ids.token(32);
        let timestamp = now.as_second();
        let message = request_message(method.as_str(), path, timestamp, &nonce, body);
        let signature = self.merchant_key.sign(message.as_bytes());
        let Self { settings, .. } = self;
        let authorization = authorization(&settings.mchid, &settings.merchant_serial, timestamp, &nonce, &signature);
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("heatpay/", env!("CARGO_PKG_VERSION"))));
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let text = |text: &str| HeaderValue::from_str(text).ok();
        if let Some(authorization) = text(&authorization) {
            headers.insert(header::AUTHORIZATION, authorization);
        }
        // Makes WeChat sign its answer with this key.
        if let Some(id) = self.settings.public_key_id.as_deref().and_then(text) {
            headers.insert("wechatpay-serial", id);
        }
        headers
    }

    /// A success nobody signed is no success; neither is it a failure, whatever keeps us from verifying it.
    pub(super) async fn believe(&self, answer: &OutboundResponse, now: Timestamp) -> Result<(), ChannelError> {
        self.verify(&answer.headers, &answer.body, now).await.map_err(unclear)
    }

    /// Verifies with the keys at hand; an unknown serial makes it fetch the platform certificates once.
    pub(super) async fn verify(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> Result<(), NotVerified> {
        let signed = Signed::from_headers(headers)?;
        match self.verifier.check(&signed, body, now) {
            Err(Unverified::UnknownSerial) if self.may_fetch_certificates(signed.serial, now) => {
                self.fetch_certificates(now).await.map_err(NotVerified::Certificates)?;
                Ok(self.verifier.check(&signed, body, now)?)
            }
            checked => Ok(checked?),
        }
    }
}

/// Why it was not verified.
#[derive(Debug, thiserror::Error)]
pub(super) enum NotVerified {
    #[error(transparent)]
    Not(#[from] Unverified),
    #[error("the platform certificates cannot be had")]
    Certificates(#[source] ChannelError),
}

/// 202 is "accepted, not done".
fn is_done(answer: &OutboundResponse) -> bool {
    answer.status.is_success() && answer.status.as_u16() != 202
}

/// The other side may have done it.
pub(super) fn unclear(source: impl std::error::Error + Send + Sync + 'static) -> ChannelError {
    ChannelError::OutcomeUnknown { channel: Channel::Wechatpay, source: Box::new(source) }
}

/// The answer has not the fields it must have.
pub(super) fn incomplete(what: &str) -> ChannelError {
    unclear(Unclear { status: 200, code: format!("the answer has no {what}") })
}
