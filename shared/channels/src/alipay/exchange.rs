//! One call to the gateway: signed, sent once, its answer verified over its raw bytes before anybody reads it.

use super::{
    Alipay,
    answer::cut,
    biz::Call,
    failure::{Failure, Head, no_answer, unclear},
    signature::request_text,
    time,
};
use crate::ChannelError;
use bytes::Bytes;
use heatpay_domain::Channel;
use heatpay_ports::{OutboundRequest, OutboundResponse};
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use std::{collections::BTreeMap, time::Duration};
use url::form_urlencoded::Serializer;

/// Alipay answers nearly always within two seconds; the function that waits has a limit of its own.
const TIME_LIMIT: Duration = Duration::from_secs(6);

const FORM: &str = "application/x-www-form-urlencoded;charset=utf-8";

/// Done and verified, with the text it was read from; or refused.
pub(super) enum Exchanged<T> {
    Done(T, String),
    Failed(Failure),
}

impl Alipay {
    /// Calls and reads the verified answer.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        now: Timestamp,
    ) -> Result<Exchanged<T>, ChannelError> {
        let answer = self.exchange(call, now).await?;
        let inner = cut(&answer.body, call.method).ok_or_else(|| no_answer(answer.status))?;
        let head: Head = serde_json::from_str(inner.signed).map_err(unclear)?;
        let Some(sign) = &inner.sign else {
            // The gateway signs no refusal of somebody it does not know. It is a failure, whatever it says.
            return Ok(Exchanged::Failed(Failure::of(head, false)));
        };
        self.believe(inner.signed, sign, inner.certificate_sn.as_deref(), now).await?;
        let done = match head.code.as_deref() {
            Some(code) => code == "10000",
            None => !inner.is_error,
        };
        if !done || inner.is_error {
            return Ok(Exchanged::Failed(Failure::of(head, true)));
        }
        let read = serde_json::from_str(inner.signed).map_err(unclear)?;
        Ok(Exchanged::Done(read, inner.signed.to_owned()))
    }

    /// Sends the signed request: public parameters in the query, the content in the body.
    pub(super) async fn exchange(&self, call: &Call<'_>, now: Timestamp) -> Result<OutboundResponse, ChannelError> {
        let mut parameters = self.parameters_of(call, None, now);
        let body = match parameters.remove("biz_content") {
            Some(content) => Serializer::new(String::new()).append_pair("biz_content", &content).finish(),
            None => String::new(),
        };
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("heatpay/", env!("CARGO_PKG_VERSION"))));
        let request = OutboundRequest {
            service: "alipay",
            method: Method::POST,
            url: self.url(&parameters),
            headers,
            body: Bytes::from(body),
            timeout: TIME_LIMIT,
        };
        let answer = self.outbound.send(request).await;
        let answer = answer.map_err(|error| ChannelError::of_transport(Channel::Alipay, error))?;
        if answer.status.as_u16() == 200 { Ok(answer) } else { Err(no_answer(answer.status)) }
    }

    /// The address of a call with its parameters.
    pub(super) fn url(&self, parameters: &BTreeMap<&'static str, String>) -> String {
        let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
        format!("{}?{query}", self.gateway)
    }

    /// All parameters of a call, signed. `return_url` is for calls that a browser makes.
    pub(super) fn parameters_of(
        &self,
        call: &Call<'_>,
        return_url: Option<&str>,
        now: Timestamp,
    ) -> BTreeMap<&'static str, String> {
        let mut parameters = BTreeMap::from([
            ("app_id", self.settings.app_id.clone()),
            ("method", call.method.to_owned()),
            ("format", "JSON".to_owned()),
            ("charset", "utf-8".to_owned()),
            ("sign_type", "RSA2".to_owned()),
            ("timestamp", time::written(now)),
            ("version", "1.0".to_owned()),
        ]);
        parameters.extend(call.biz_content.map(|content| ("biz_content", content.to_owned())));
        parameters.extend(call.more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        parameters.extend(return_url.map(|url| ("return_url", url.to_owned())));
        if let Some((app_sn, root_sn)) = self.verifier.sns() {
            parameters.insert("app_cert_sn", app_sn.to_owned());
            parameters.insert("alipay_root_cert_sn", root_sn.to_owned());
        }
        let text = request_text(parameters.iter().map(|(name, value)| (*name, value.as_str())));
        parameters.insert("sign", self.app_key.sign(text.as_bytes()));
        parameters
    }
}
