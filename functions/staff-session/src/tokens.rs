//! What somebody who signed in is handed.

use crate::{
    App,
    reply::{SignedInStaff, StaffSessionReply},
};
use heatpay_domain::staff::StaffMember;
use heatpay_runtime::{
    Problem,
    staff::{Audience, STAFF_ACCESS_LIFETIME, StaffClaims},
};
use heatpay_store::sessions::RefreshToken;
use jiff::Timestamp;

/// A new session of somebody who has proven to be himself.
pub(crate) async fn start_session(
    app: &App,
    member: &StaffMember,
    now: Timestamp,
) -> Result<StaffSessionReply, Problem> {
    let refresh_token = RefreshToken::new(app.ids.as_ref());
    app.sessions.start(&member.staff_no, member.generation, &refresh_token, now).await?;
    Ok(session_reply(app, member, &refresh_token, now))
}

/// The tokens of a session.
pub(crate) fn session_reply(
    app: &App,
    member: &StaffMember,
    refresh_token: &RefreshToken,
    now: Timestamp,
) -> StaffSessionReply {
    let claims = StaffClaims {
        aud: Audience::Staff,
        sub: member.staff_no.clone(),
        name: member.name.clone(),
        roles: member.roles.clone(),
        branches: member.branches.clone(),
        sid: refresh_token.session_id().to_owned(),
        generation: member.generation,
        exp: (now + STAFF_ACCESS_LIFETIME).as_second(),
    };
    StaffSessionReply {
        access_token: app.tokens.sign(&claims),
        expires_in: STAFF_ACCESS_LIFETIME.as_secs(),
        refresh_token: refresh_token.as_str().to_owned(),
        staff: SignedInStaff::of(member),
    }
}
