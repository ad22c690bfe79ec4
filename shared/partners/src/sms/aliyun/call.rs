use super::{
    ALIYUN_SMS, AliyunSms,
    acs3::{Unsigned, authorization, canonical_query, sha256_hex},
};
use crate::PartnerError;
use bytes::Bytes;
use heatpay_ports::{OutboundRequest, OutboundResponse};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use jiff::Timestamp;
use secrecy::ExposeSecret;
use std::{collections::BTreeMap, time::Duration};

/// A message may take the provider three seconds and more.
const TIMEOUT: Duration = Duration::from_secs(10);
const VERSION: &str = "2017-05-25";

impl AliyunSms {
    /// One signed call: the parameters in the query in their canonical form, the body empty.
    pub(super) async fn call(
        &self,
        action: &'static str,
        query: &BTreeMap<&str, String>,
        now: Timestamp,
    ) -> Result<OutboundResponse, PartnerError> {
        let body_sha256 = sha256_hex(b"");
        let host = self.base_url.split_once("://").map_or(self.base_url.as_str(), |(_, host)| host);
        let mut signed = BTreeMap::from([
            ("host", host.to_owned()),
            ("x-acs-action", action.to_owned()),
            ("x-acs-version", VERSION.to_owned()),
            ("x-acs-date", now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ("x-acs-signature-nonce", self.ids.token(32)),
            ("x-acs-content-sha256", body_sha256.clone()),
        ]);
        if let Some(token) = &self.settings.security_token {
            signed.insert("x-acs-accesskey-id", self.settings.access_key_id.clone());
            signed.insert("x-acs-security-token", token.expose_secret().to_owned());
        }
        let request = Unsigned { method: "POST", path: "/", query, headers: &signed, body_sha256: &body_sha256 };
        let secret = self.settings.access_key_secret.expose_secret();
        let authorization = authorization(&self.settings.access_key_id, secret, &request);
        let request = OutboundRequest {
            service: ALIYUN_SMS,
            method: Method::POST,
            url: format!("{}/?{}", self.base_url, canonical_query(query)),
            headers: headers(&signed, &authorization)?,
            body: Bytes::new(),
            timeout: TIMEOUT,
        };
        self.outbound.send(request).await.map_err(|error| PartnerError::of_transport(ALIYUN_SMS, error))
    }
}

/// `host` is written by the HTTP client, from the same URL.
fn headers(signed: &BTreeMap<&'static str, String>, authorization: &str) -> Result<HeaderMap, PartnerError> {
    // Only the account's key id and token come from outside, so a bad one is a bad setting.
    let bad = || PartnerError::Misconfigured { partner: ALIYUN_SMS, code: "unwritable_header".to_owned() };
    let mut headers = HeaderMap::new();
    headers.insert(http::header::ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(http::header::AUTHORIZATION, HeaderValue::from_str(authorization).map_err(|_| bad())?);
    for (name, value) in signed.iter().filter(|(name, _)| **name != "host") {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).map_err(|_| bad())?);
    }
    Ok(headers)
}
