//! Staff sign-in: the access token of the company's people, and the guard before every staff endpoint. Its key is another than
//! the residents' and it names its audience, so that a resident's token is never taken for staff's, nor the other way round.

mod guard;

pub use guard::{GuardError, PERMISSION, guarded};

use crate::{
    context::{BootError, Context},
    jwt,
    problem::Problem,
};
use axum::{extract::FromRequestParts, http::request::Parts};
use heatpay_domain::{
    StaffNo,
    staff::{Branches, Permission, Role, StaffPerson},
};
use heatpay_ports::Clock;
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeSet, sync::Arc};

/// How long a staff access token is good for: roles and branches that are taken away are gone within that time, and at once where
/// the store's `Presence` is asked.
pub const STAFF_ACCESS_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

/// The secret that signs staff tokens: any text of at least 32 characters.
#[derive(Deserialize)]
pub struct StaffSessionSecret {
    /// The key.
    pub token_key: String,
}

/// Whom a token is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Audience {
    /// Staff endpoints.
    #[serde(rename = "heatpay-staff")]
    Staff,
}

/// Who asks, as the token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffClaims {
    /// Staff.
    pub aud: Audience,
    /// The person.
    pub sub: StaffNo,
    /// His name, as it stands on vouchers.
    pub name: String,
    /// What he does.
    pub roles: BTreeSet<Role>,
    /// Where.
    pub branches: Branches,
    /// The session it belongs to.
    pub sid: String,
    /// The generation of his account it was made in: see `StaffMember::generation`.
    #[serde(rename = "gen")]
    pub generation: u32,
    /// Until when, in Unix seconds.
    pub exp: i64,
}

/// Signs and checks staff access tokens.
#[derive(Clone)]
pub struct StaffTokens {
    key: hmac::Key,
    clock: Arc<dyn Clock>,
}

impl StaffTokens {
    /// With the key in the secret `STAFF_SESSION_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let secret: StaffSessionSecret = context.secret("STAFF_SESSION_SECRET_ID").await?;
        if secret.token_key.len() < 32 {
            return Err(BootError::Unusable {
                what: "the staff session secret",
                source: "token_key has fewer than 32 characters".into(),
            });
        }
        Ok(Self::new(&secret, context.clock.clone()))
    }

    fn new(secret: &StaffSessionSecret, clock: Arc<dyn Clock>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret.token_key.as_bytes()), clock }
    }

    /// A token for the claims.
    pub fn sign(&self, claims: &StaffClaims) -> String {
        jwt::sign(&self.key, claims)
    }

    /// The claims, if we signed them and they are not over at `now`.
    pub fn check(&self, token: &str, now: Timestamp) -> Option<StaffClaims> {
        let claims: StaffClaims = jwt::verified(&self.key, token)?;
        (now.as_second() < claims.exp).then_some(claims)
    }
}

/// The signed-in member of staff. An extractor behind [`guarded`], which has checked the token and the endpoint's permission
/// already; a router that is not guarded refuses everybody.
#[derive(Clone, Debug)]
pub struct Staff(pub StaffClaims);

impl Staff {
    /// His number.
    pub fn staff_no(&self) -> &StaffNo {
        &self.0.sub
    }

    /// Whether he may, where it depends on more than the endpoint.
    pub fn may(&self, permission: Permission) -> Result<(), Problem> {
        if permission.allowed_to(&self.0.roles) { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }

    /// Whether he may, for what belongs to that branch.
    pub fn may_in_branch(&self, permission: Permission, branch: &str) -> Result<(), Problem> {
        self.may(permission)?;
        if self.0.branches.include(branch) { Ok(()) } else { Err(Problem::other_branch()) }
    }

    /// As a two-person decision sees him.
    pub fn person(&self) -> StaffPerson<'_> {
        StaffPerson { staff_no: &self.0.sub, roles: &self.0.roles, branches: &self.0.branches }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Staff {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::signed_out)
    }
}

#[cfg(test)]
mod tests;
