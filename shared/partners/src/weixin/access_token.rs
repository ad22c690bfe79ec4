use super::{Weixin, call::Refusal};
use crate::PartnerError;
use jiff::{SignedDuration, Timestamp};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// From five minutes before expiry the stable-token endpoint hands out the next token while the old one is still accepted.
const MARGIN: SignedDuration = SignedDuration::from_mins(5);
const LONGEST_LIFE_SECONDS: i64 = 7200;

pub(super) struct CachedToken {
    value: SecretString,
    expires_at: Timestamp,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: SecretString,
    expires_in: i64,
}

impl Weixin {
    /// The token at hand, or another when there is none, it is about to expire, or the platform `refused` it. Always in the
    /// ordinary mode: `force_refresh` would kill the token of every other caller. Callers wait for one another here, so that
    /// many of them fetch one token.
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
        let body = serde_json::json!({
            "grant_type": "client_credential",
            "appid": self.settings.appid,
            "secret": self.settings.secret.expose_secret(),
            "force_refresh": false,
        });
        let answer = self.post::<TokenAnswer>("/cgi-bin/stable_token", &body).await;
        let answer = answer.and_then(|answer| answer.map_err(Refusal::into_error));
        let answer = answer.map_err(PartnerError::before_the_call)?;
        let lifetime = SignedDuration::from_secs(answer.expires_in.clamp(0, LONGEST_LIFE_SECONDS));
        let value = answer.access_token;
        *cached = Some(CachedToken { value: value.clone(), expires_at: now + lifetime });
        Ok(value)
    }
}
