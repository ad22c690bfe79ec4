use super::{BAIWANG, Baiwang, BaiwangCodes, sign::sign};
use crate::PartnerError;
use bytes::Bytes;
use heatpay_ports::{OutboundRequest, OutboundResponse};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{collections::BTreeMap, time::Duration};

/// Issuing talks to the tax bureau behind the platform, which is slow.
const TIMEOUT: Duration = Duration::from_secs(20);

/// The platform's envelope; HTTP is 200 either way.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Envelope {
    success: bool,
    response: Option<serde_json::Value>,
    error_response: Option<Rejection>,
}

/// What the platform says when it does not do it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Rejection {
    #[serde(deserialize_with = "text")]
    pub(super) code: String,
    pub(super) message: String,
    #[serde(deserialize_with = "text")]
    pub(super) sub_code: String,
    pub(super) sub_message: String,
}

impl Rejection {
    pub(super) fn is_one_of(&self, codes: &[String]) -> bool {
        codes.iter().any(|code| *code == self.code || *code == self.sub_code)
    }

    /// The order number was used before.
    pub(super) fn is_duplicate(&self, codes: &BaiwangCodes) -> bool {
        codes.duplicate_words.iter().any(|word| self.message.contains(word) || self.sub_message.contains(word))
    }

    pub(super) fn into_error(self, codes: &BaiwangCodes) -> PartnerError {
        let most_exact = if self.sub_code.is_empty() { &self.code } else { &self.sub_code };
        if self.is_one_of(&codes.token) || self.is_one_of(&codes.misconfigured) {
            PartnerError::Misconfigured { partner: BAIWANG, code: most_exact.clone() }
        } else {
            PartnerError::refused(BAIWANG, most_exact, format!("{} {}", self.message, self.sub_message).trim())
        }
    }
}

impl Baiwang {
    /// One signed call. When the platform does not accept the token, nothing was done: fetch another and call once more.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: &'static str,
        body: &(impl Serialize + Sync),
        now: Timestamp,
    ) -> Result<Result<T, Rejection>, PartnerError> {
        // Serialised once: these very bytes are signed and sent.
        let body = serde_json::to_vec(body)
            .map_err(|error| PartnerError::refused(BAIWANG, "unwritable_body", error.to_string()))?;
        let body = Bytes::from(body);
        let token = self.access_token(None, now).await?;
        let answer = self.call_with(&token, method, body.clone(), now).await?;
        match answer {
            Err(rejection) if rejection.is_one_of(&self.settings.codes.token) => {
                let token = self.access_token(Some(&token), now).await?;
                self.call_with(&token, method, body, now).await
            }
            answer => Ok(answer),
        }
    }

    async fn call_with<T: DeserializeOwned>(
        &self,
        token: &SecretString,
        method: &'static str,
        body: Bytes,
        now: Timestamp,
    ) -> Result<Result<T, Rejection>, PartnerError> {
        let mut query = BTreeMap::from([
            ("method", method.to_owned()),
            ("version", "6.0".to_owned()),
            ("appKey", self.settings.app_key.clone()),
            ("format", "json".to_owned()),
            ("timestamp", now.as_millisecond().to_string()),
            ("token", token.expose_secret().to_owned()),
            ("type", "sync".to_owned()),
            ("requestId", self.request_id()),
        ]);
        let signature = sign(self.settings.app_secret.expose_secret(), &query, &body);
        query.insert("sign", signature);
        self.post(&query.into_iter().collect::<Vec<_>>(), body).await
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        query: &[(&str, String)],
        body: Bytes,
    ) -> Result<Result<T, Rejection>, PartnerError> {
        let query: Vec<_> = query.iter().map(|(key, value)| format!("{key}={}", escaped(value))).collect();
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        let request = OutboundRequest {
            service: BAIWANG,
            method: Method::POST,
            url: format!("{}/router/rest?{}", self.base_url, query.join("&")),
            headers,
            body,
            timeout: TIMEOUT,
        };
        let answer = self.outbound.send(request).await.map_err(|error| PartnerError::of_transport(BAIWANG, error))?;
        read(&answer)
    }

    /// A random UUID (version 4).
    fn request_id(&self) -> String {
        let mut bytes = [0; 16];
        self.ids.fill(&mut bytes);
        bytes[6] = bytes[6] & 0x0f | 0x40;
        bytes[8] = bytes[8] & 0x3f | 0x80;
        let hex = hex::encode(bytes);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

fn read<T: DeserializeOwned>(answer: &OutboundResponse) -> Result<Result<T, Rejection>, PartnerError> {
    let unreadable = |source| PartnerError::unreadable(BAIWANG, answer, source);
    if answer.status == StatusCode::TOO_MANY_REQUESTS {
        return Err(PartnerError::TryLater { partner: BAIWANG, code: "429".to_owned() });
    }
    if !answer.status.is_success() {
        return Err(unreadable(None));
    }
    let envelope: Envelope = serde_json::from_slice(&answer.body).map_err(|error| unreadable(Some(error)))?;
    if !envelope.success {
        return Ok(Err(envelope.error_response.unwrap_or_default()));
    }
    if let Some(failed) = envelope.response.as_ref().and_then(first_failure) {
        return Ok(Err(failed));
    }
    serde_json::from_value(envelope.response.unwrap_or_default()).map(Ok).map_err(|error| unreadable(Some(error)))
}

/// `success: true` with an entry in `fail` is a failure all the same.
fn first_failure(response: &serde_json::Value) -> Option<Rejection> {
    let entry = response.get("fail")?.as_array()?.first()?;
    let field = |names: &[&str]| {
        let found = names.iter().find_map(|name| entry.get(name));
        found.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).unwrap_or_default()
    };
    Some(Rejection {
        code: field(&["code", "errorCode"]),
        message: field(&["message", "errorMessage"]),
        ..Rejection::default()
    })
}

fn escaped(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

/// A code, written as a string or as a number.
fn text<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(match serde_json::Value::deserialize(from)? {
        serde_json::Value::String(text) => text,
        serde_json::Value::Null => String::new(),
        other => other.to_string(),
    })
}
