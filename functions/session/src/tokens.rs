//! What a signed-in resident is handed.

use crate::{
    App,
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
    let phone_sealed =
        phone.map(|phone| app.personal_data.seal(app.ids.as_ref(), &format!("{resident_id}#phone"), phone));
    let resident_id = app.residents.find_or_make(identity, Newcomer { resident_id, phone_sealed, at: now }).await?;
    let openid = match identity {
        Identity::Weixin { openid, .. } => Some(openid.clone()),
        Identity::Phone { .. } => None,
    };
    let accounts = app.residents.households_of(&resident_id).await?;
    let households = shown(app, &accounts).await?;
    let session = NewSession { resident_id: resident_id.clone(), openid };
    let refresh_token = RefreshToken::new(app.ids.as_ref());
    app.sessions.start(&session, &refresh_token, now).await?;
    Ok(SessionReply {
        tokens: tokens(app, session, accounts, &refresh_token, now),
        resident: ResidentReply { resident_id, households },
    })
}

/// The access token and the refresh token of a session.
pub(crate) fn tokens(
    app: &App,
    session: NewSession,
    accounts: Vec<AccountNo>,
    refresh_token: &RefreshToken,
    now: Timestamp,
) -> TokensReply {
    let NewSession { resident_id, openid } = session;
    TokensReply {
        access_token: access_token(app, resident_id, accounts, openid, now),
        expires_in: ACCESS_LIFETIME.as_secs(),
        refresh_token: refresh_token.as_str().to_owned(),
    }
}

/// A fresh access token for a resident whose households have changed.
pub(crate) async fn after_change(app: &App, claims: Claims, now: Timestamp) -> Result<BindingReply, Problem> {
    let accounts = app.residents.households_of(&claims.sub).await?;
    let households = shown(app, &accounts).await?;
    Ok(BindingReply {
        access_token: access_token(app, claims.sub, accounts, claims.oid, now),
        expires_in: ACCESS_LIFETIME.as_secs(),
        households,
    })
}

pub(crate) async fn shown(app: &App, accounts: &[AccountNo]) -> Result<Vec<BoundHousehold>, StoreError> {
    Ok(app.households.find_all(accounts).await?.iter().map(BoundHousehold::of).collect())
}

fn access_token(app: &App, sub: ResidentId, acc: Vec<AccountNo>, oid: Option<String>, now: Timestamp) -> String {
    app.tokens.sign(&Claims { sub, acc, oid, exp: (now + ACCESS_LIFETIME).as_second() })
}
