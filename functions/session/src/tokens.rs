//! What a signed-in resident is handed.

use crate::{
    App,
    account::phone_place,
    reply::{BindingReply, BoundHousehold, ResidentReply, SessionReply, TokensReply},
};
use heatpay_domain::{AccountNo, ResidentId};
use heatpay_runtime::{
    Problem,
    auth::{ACCESS_LIFETIME, Claims},
};
use heatpay_store::{
    StoreError,
    residents::{Identity, Newcomer},
    sessions::{NewSession, RefreshToken},
};
use jiff::Timestamp;

/// Signs in whoever has shown to be that identity; a newcomer is made a resident.
pub(crate) async fn start_session(
    app: &App,
    identity: &Identity,
    phone: Option<&str>,
    now: Timestamp,
) -> Result<SessionReply, Problem> {
    let resident_id = ResidentId::from_ulid(&app.ids.ulid(now)).map_err(|e| Problem::internal(&e))?;
    let phone_sealed = phone.map(|phone| app.personal_data.seal(app.ids.as_ref(), &phone_place(&resident_id), phone));
    let newcomer = Newcomer { resident_id, phone_sealed, at: now };
    let (resident_id, accounts) = find_or_make(app, identity, newcomer).await?;
    let (openid, alipay_open_id) = match identity {
        Identity::Weixin { openid, .. } => (Some(openid.clone()), None),
        Identity::Alipay { open_id, .. } => (None, Some(open_id.clone())),
        Identity::Phone { .. } => (None, None),
    };
    let households = shown(app, &accounts).await?;
    let session = NewSession { resident_id: resident_id.clone(), openid, alipay_open_id };
    let refresh_token = RefreshToken::new(app.ids.as_ref());
    app.sessions.start(&session, &refresh_token, now).await?;
    Ok(SessionReply {
        tokens: tokens(app, session, accounts, &refresh_token, now),
        resident: ResidentReply { resident_id, households },
    })
}

/// The resident of an identity, and his households. Whoever deletes his account at this very moment comes back as a new one.
async fn find_or_make(
    app: &App,
    identity: &Identity,
    newcomer: Newcomer,
) -> Result<(ResidentId, Vec<AccountNo>), StoreError> {
    for _ in 0..2 {
        let resident_id = app.residents.find_or_make(identity, newcomer.clone()).await?;
        if let Some(accounts) = app.residents.households_of(&resident_id).await? {
            return Ok((resident_id, accounts));
        }
    }
    Err(StoreError::Unavailable("the identity's resident has gone".into()))
}

/// The households of a resident, who is signed out if he has deleted his account: his access token does not know of it.
pub(crate) async fn accounts_of(app: &App, resident_id: &ResidentId) -> Result<Vec<AccountNo>, Problem> {
    app.residents.households_of(resident_id).await?.ok_or_else(Problem::signed_out)
}

/// The access token and the refresh token of a session.
pub(crate) fn tokens(
    app: &App,
    session: NewSession,
    accounts: Vec<AccountNo>,
    refresh_token: &RefreshToken,
    now: Timestamp,
) -> TokensReply {
    let NewSession { resident_id, openid, alipay_open_id } = session;
    let claims = Claims { sub: resident_id, acc: accounts, oid: openid, ali: alipay_open_id, exp: 0 };
    TokensReply {
        access_token: access_token(app, claims, now),
        expires_in: ACCESS_LIFETIME.as_secs(),
        refresh_token: refresh_token.as_str().to_owned(),
    }
}

/// A fresh access token for a resident whose households have changed.
pub(crate) async fn after_change(app: &App, claims: Claims, now: Timestamp) -> Result<BindingReply, Problem> {
    let accounts = accounts_of(app, &claims.sub).await?;
    let households = shown(app, &accounts).await?;
    Ok(BindingReply {
        access_token: access_token(app, Claims { acc: accounts, ..claims }, now),
        expires_in: ACCESS_LIFETIME.as_secs(),
        households,
    })
}

pub(crate) async fn shown(app: &App, accounts: &[AccountNo]) -> Result<Vec<BoundHousehold>, StoreError> {
    Ok(app.households.find_all(accounts).await?.iter().map(BoundHousehold::of).collect())
}

/// A token for the claims, good from now on.
fn access_token(app: &App, claims: Claims, now: Timestamp) -> String {
    app.tokens.sign(&Claims { exp: (now + ACCESS_LIFETIME).as_second(), ..claims })
}
