//! One call to UnionPay: signed, sent once, its answer verified before anybody reads it.

use super::{
    Unionpay,
    fields::Fields,
    response::{Class, unclear, unreadable},
};
use crate::ChannelError;
use bytes::Bytes;
use heatpay_domain::Channel;
use heatpay_ports::{Outbound, OutboundRequest};
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use std::time::Duration;

/// An order is answered within two seconds nearly always; the function that waits has a limit of its own.
const TIME_LIMIT: Duration = Duration::from_secs(6);

/// A verified answer.
pub(super) struct Answer {
    pub(super) fields: Fields,
    /// The text it was read from.
    pub(super) raw: String,
}

impl Answer {
    /// The field, which must be there.
    pub(super) fn need(&self, name: &str) -> Result<&str, ChannelError> {
        self.fields.get(name).ok_or_else(|| unreadable(name))
    }

    /// What became of the request.
    pub(super) fn class(&self) -> Class {
        Class::of(self.code())
    }

    fn code(&self) -> &str {
        self.fields.get("respCode").unwrap_or_default()
    }

    /// The error that an answer without success is.
    pub(super) fn error(&self) -> ChannelError {
        self.class().error(self.code(), self.fields.get("respMsg").unwrap_or_default())
    }
}

impl Unionpay {
    /// The fields every request has.
    pub(super) fn request<'a>(&'a self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
        Fields::new([
            ("version", "5.1.0"),
            ("encoding", "UTF-8"),
            ("signMethod", "01"),
            ("certId", &self.settings.cert_id),
            ("merId", &self.settings.mer_id),
            ("accessType", "0"),
        ])
        .with(fields)
    }

    /// Sends the request and verifies what comes back. An answer of any response code is an answer.
    pub(super) async fn call(&self, url: String, request: Fields, now: Timestamp) -> Result<Answer, ChannelError> {
        self.call_within(url, request, Outbound::MAX_ANSWER_BYTES, TIME_LIMIT, now).await
    }

    /// The same; its answer may have as many bytes as `limit` says, and take that long (a file).
    pub(super) async fn call_within(
        &self,
        url: String,
        request: Fields,
        limit: usize,
        timeout: Duration,
        now: Timestamp,
    ) -> Result<Answer, ChannelError> {
        let mut headers = HeaderMap::new();
        let form = HeaderValue::from_static("application/x-www-form-urlencoded; charset=UTF-8");
        headers.insert(header::CONTENT_TYPE, form);
        headers.insert(header::USER_AGENT, HeaderValue::from_static(concat!("heatpay/", env!("CARGO_PKG_VERSION"))));
        let request = OutboundRequest {
            service: "unionpay",
            method: Method::POST,
            url,
            headers,
            body: Bytes::from(self.merchant_key.sign(request).form()),
            timeout,
        };
        let sent = self.outbound.send_within(request, limit).await;
        let answer = sent.map_err(|error| ChannelError::of_transport(Channel::Unionpay, error))?;
        if answer.status.as_u16() != 200 {
            return Err(unreadable("status 200"));
        }
        let raw = String::from_utf8(answer.body.to_vec()).map_err(unclear)?;
        let fields = Fields::of_answer(&raw).ok_or_else(|| unreadable("readable fields"))?;
        self.verifier.check(&fields, now).map_err(unclear)?;
        if fields.get("merId").is_some_and(|merchant| merchant != self.settings.mer_id) {
            return Err(unreadable("merId of ours"));
        }
        Ok(Answer { fields, raw })
    }
}
