use super::{WEIXIN, Weixin};
use crate::PartnerError;
use bytes::Bytes;
use heatpay_ports::{OutboundRequest, OutboundResponse};
use http::{HeaderMap, HeaderValue, Method, header};
use jiff::Timestamp;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(8);
/// The access token is wrong, expired or malformed.
const TOKEN_REFUSED: [i64; 3] = [40001, 42001, 40014];

/// The platform's refusal; HTTP is 200 all the same, and `errmsg` carries the `rid` support asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) errcode: i64,
    pub(super) errmsg: String,
}

impl Refusal {
    /// What a refusal means where the call's own table does not name it.
    pub(super) fn into_error(self) -> PartnerError {
        let partner = WEIXIN;
        let code = self.errcode.to_string();
        match self.errcode {
            // Busy; too often, by the minute.
            -1 | 45011 => PartnerError::TryLater { partner, code },
            // appid, secret, token after a fresh one, caller's address, the day's quota.
            40001 | 40013 | 40014 | 40125 | 40164 | 42001 | 45009 | 48001 => {
                PartnerError::Misconfigured { partner, code }
            }
            _ => PartnerError::Refused { partner, code, message: self.errmsg },
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Verdict {
    errcode: i64,
    errmsg: String,
}

impl Weixin {
    /// A call under the access token. When the platform does not accept the token, nothing was done: fetch another and call
    /// once more.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        now: Timestamp,
    ) -> Result<Result<T, Refusal>, PartnerError> {
        let token = self.access_token(None, now).await?;
        match self.post(&tokened(path, token.expose_secret()), body).await? {
            Err(refusal) if TOKEN_REFUSED.contains(&refusal.errcode) => {
                let token = self.access_token(Some(&token), now).await?;
                self.post(&tokened(path, token.expose_secret()), body).await
            }
            answer => Ok(answer),
        }
    }

    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path_and_query: &str,
        body: &serde_json::Value,
    ) -> Result<Result<T, Refusal>, PartnerError> {
        self.send(Method::POST, path_and_query, body.to_string().into()).await
    }

    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path_and_query: &str,
    ) -> Result<Result<T, Refusal>, PartnerError> {
        self.send(Method::GET, path_and_query, Bytes::new()).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        body: Bytes,
    ) -> Result<Result<T, Refusal>, PartnerError> {
        let mut headers = HeaderMap::new();
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let url = format!("{}{path_and_query}", self.base_url);
        let request = OutboundRequest { service: WEIXIN, method, url, headers, body, timeout: TIMEOUT };
        let answer = self.outbound.send(request).await.map_err(|error| PartnerError::of_transport(WEIXIN, error))?;
        read(&answer)
    }
}

pub(super) fn escaped(value: &str) -> String {
    utf8_percent_encode(value, NON_ALPHANUMERIC).to_string()
}

fn tokened(path: &str, token: &str) -> String {
    format!("{path}?access_token={}", escaped(token))
}

/// Success is a missing or zero `errcode`.
fn read<T: DeserializeOwned>(answer: &OutboundResponse) -> Result<Result<T, Refusal>, PartnerError> {
    if !answer.status.is_success() {
        return Err(PartnerError::unreadable(WEIXIN, answer, None));
    }
    let unreadable = |error| PartnerError::unreadable(WEIXIN, answer, Some(error));
    let Verdict { errcode, errmsg } = serde_json::from_slice(&answer.body).map_err(unreadable)?;
    if errcode != 0 {
        return Ok(Err(Refusal { errcode, errmsg }));
    }
    serde_json::from_slice(&answer.body).map(Ok).map_err(unreadable)
}
