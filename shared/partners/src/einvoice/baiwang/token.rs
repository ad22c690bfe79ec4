use super::{BAIWANG, Baiwang, TokenVersion, sign::password_hash};
use crate::PartnerError;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// A token is not used in its last minutes, so that it does not expire on the way.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);

pub(super) struct CachedToken {
    value: SecretString,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    #[serde(deserialize_with = "seconds")]
    expires_in: i64,
}

impl Baiwang {
    /// The token at hand, or a new one when there is none, it is about to expire, or the platform `refused` it.
    /// Callers wait for one another here, so that many of them fetch one token.
    pub(super) async fn access_token(
        &self,
        refused: Option<&SecretString>,
        now: Timestamp,
    ) -> Result<SecretString, PartnerError> {
        let mut cached = self.token.lock().await;
        if let Some(token) = &*cached
            && token.expires_at > now + MARGIN
            && refused.is_none_or(|refused| refused.expose_secret() != token.value.expose_secret())
        {
            return Ok(token.value.clone());
        }
        *cached = None;
        let answer = self.fetch_token(now).await.map_err(PartnerError::before_the_call)?;
        let lifetime = SignedDuration::from_secs(answer.expires_in.clamp(0, 30 * 86_400));
        let value = answer.access_token;
        *cached = Some(CachedToken { value: value.clone(), expires_at: now + lifetime });
        Ok(value)
    }

    /// The token call is not signed; the password goes out hashed, the application's secret in the body.
    async fn fetch_token(&self, now: Timestamp) -> Result<TokenAnswer, PartnerError> {
        let settings = &self.settings;
        let version = match settings.token_version {
            TokenVersion::V6 => "6.0",
            TokenVersion::V7 => "7.0",
        };
        let mut query = vec![
            ("method", "baiwang.oauth.token".to_owned()),
            ("grant_type", "password".to_owned()),
            ("client_id", settings.app_key.clone()),
            ("version", version.to_owned()),
            ("timestamp", now.as_millisecond().to_string()),
        ];
        if settings.token_version == TokenVersion::V7 {
            query.push(("encryptType", "NONE".to_owned()));
            query.push(("encryptScope", "00".to_owned()));
        }
        let password = settings.password.expose_secret();
        let mut body = serde_json::json!({
            "username": settings.username,
            "password": password_hash(settings.token_version, password, settings.salt.expose_secret()),
            "client_secret": settings.app_secret.expose_secret(),
        });
        if let Some(code) = &settings.org_auth_code {
            body["orgAuthCode"] = code.expose_secret().into();
        }
        match self.post(&query, body.to_string().into()).await? {
            Ok(answer) => Ok(answer),
            Err(rejection) => Err(PartnerError::Misconfigured { partner: BAIWANG, code: rejection.code }),
        }
    }
}

/// A number of seconds, written as a number or as a string.
fn seconds<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let value = serde_json::Value::deserialize(from)?;
    let number = value.as_i64().or_else(|| value.as_str()?.parse().ok());
    number.ok_or_else(|| serde::de::Error::custom("not a number of seconds"))
}
