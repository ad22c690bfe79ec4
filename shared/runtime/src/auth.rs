//! Sign-in: the access token a client shows with every request. A JWT (RFC 7519) with HS256, so that looking up a bill reads
//! nothing to know who asks; it lives 30 minutes, so that unbinding a household takes effect within that time.

use crate::{
    context::{BootError, Context},
    jwt,
    problem::Problem,
};
use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, header::AUTHORIZATION, request::Parts},
};
use heatpay_domain::{AccountNo, ResidentId};
use heatpay_ports::Clock;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How long an access token is good for.
pub const ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(30);

/// The secret that signs tokens: any text of at least 32 characters.
#[derive(Deserialize)]
pub struct SessionSecret {
    /// The key.
    pub token_key: String,
}

/// Who asks, as the token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The resident.
    pub sub: ResidentId,
    /// The households he may see.
    pub acc: Vec<AccountNo>,
    /// His openid in the WeChat mini-program, if he signed in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub oid: Option<String>,
    /// His open_id in the Alipay mini-program, if he signed in there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ali: Option<String>,
    /// Until when, in Unix seconds.
    pub exp: i64,
}

/// Signs and checks access tokens.
#[derive(Clone)]
pub struct Tokens {
    key: hmac::Key,
    clock: Arc<dyn Clock>,
}

impl Tokens {
    /// With the key in the secret `SESSION_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let secret: SessionSecret = context.secret("SESSION_SECRET_ID").await?;
        if secret.token_key.len() < 32 {
            return Err(BootError::Unusable {
                what: "the session secret",
                source: "token_key has fewer than 32 characters".into(),
            });
        }
        Ok(Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.token_key.as_bytes()), clock: context.clock.clone() })
    }

    /// With that key.
    #[cfg(test)]
    pub(crate) fn with_key(key: &str, clock: Arc<dyn Clock>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.as_bytes()), clock }
    }

    /// A token for the claims.
    pub fn sign(&self, claims: &Claims) -> String {
        jwt::sign(&self.key, claims)
    }

    /// The claims, if we signed them and they are not over at `now`.
    pub fn check(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let claims: Claims = jwt::verified(&self.key, token)?;
        (now.as_second() < claims.exp).then_some(claims)
    }
}

/// The signed-in resident; an extractor for any state that has [`Tokens`].
#[derive(Clone, Debug)]
pub struct Resident(pub Claims);

impl Resident {
    /// The household, if it is one of his.
    pub fn household(&self, account_no: &str) -> Result<&AccountNo, Problem> {
        self.0.acc.iter().find(|mine| mine.as_str() == account_no).ok_or_else(Problem::not_yours)
    }
}

impl<S> FromRequestParts<S> for Resident
where
    S: Send + Sync,
    Tokens: axum::extract::FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let tokens = <Tokens as axum::extract::FromRef<S>>::from_ref(state);
        bearer(&parts.headers)
            .and_then(|token| tokens.check(token, tokens.clock.now()))
            .map(Self)
            .ok_or_else(Problem::signed_out)
    }
}

/// The token a request shows, whosever it is.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
