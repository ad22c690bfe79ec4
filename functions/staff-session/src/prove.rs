//! Whether somebody is who he says: a password and the code of an authenticator, both, or neither is told to be wrong.

use crate::{App, codes::totp_place};
use axum::http::StatusCode;
use heatpay_domain::staff::{StaffMember, StaffStatus};
use heatpay_runtime::{Problem, personal_data::PersonalData, totp::TotpSecret};
use heatpay_store::{sessions::Taken, staff::Credentials};
use jiff::Timestamp;

/// What somebody showed.
pub(crate) struct Shown<'a> {
    pub(crate) password: &'a str,
    pub(crate) totp_code: &'a str,
}

/// Somebody who is who he says.
pub(crate) struct Proven {
    pub(crate) member: StaffMember,
    /// The hash his password has.
    pub(crate) password: String,
    /// The step of his authenticator, not yet used up.
    pub(crate) step: i64,
}

/// Looks at what was shown. Whoever is not there, is not active, or shows anything wrong gets one answer, after the same time.
pub(crate) async fn prove(
    app: &App,
    found: Option<(StaffMember, Credentials)>,
    shown: Shown<'_>,
    now: Timestamp,
) -> Result<Proven, Problem> {
    let active = found.filter(|(member, _)| member.status == StaffStatus::Active);
    let hash = active.as_ref().and_then(|(_, credentials)| credentials.password.clone());
    let matches = app.passwords.matches(shown.password, hash.as_deref()).await?;
    let (Some((member, credentials)), Some(password), true) = (active, hash, matches) else { return Err(wrong()) };
    let secret = opened(&app.personal_data, &member, credentials.totp.as_deref())?;
    let step = secret.step_of(shown.totp_code, now, credentials.totp_step).ok_or_else(wrong)?;
    Ok(Proven { member, password, step })
}

/// The secret of a person's authenticator.
pub(crate) fn opened(
    personal_data: &PersonalData,
    member: &StaffMember,
    sealed: Option<&str>,
) -> Result<TotpSecret, Problem> {
    let text = personal_data
        .open(&totp_place(&member.staff_no), sealed.unwrap_or_default())
        .map_err(|error| Problem::internal(&error))?;
    TotpSecret::parse(&text).ok_or_else(|| Problem::internal(&NoSecret))
}

/// What was sealed is no authenticator's secret.
#[derive(Debug, thiserror::Error)]
#[error("an authenticator's secret cannot be read")]
struct NoSecret;

/// One answer for all: whoever guesses learns nothing.
pub(crate) fn wrong() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "sign_in_failed", "登录名、密码或动态验证码不正确。")
}

pub(crate) fn allowed(taken: Taken) -> Result<(), Problem> {
    match taken {
        Taken::Yes => Ok(()),
        Taken::TooOften { wait } => Err(Problem::too_often(wait)),
    }
}
