use crate::{App, reply::StaffSessionReply, tokens::session_reply};
use axum::extract::State;
use heatpay_domain::staff::StaffStatus;
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};
use heatpay_store::sessions::{RefreshToken, StaffRotated};
use serde::Deserialize;

/// The refresh token of a staff session.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownStaffToken {
    /// As the sign-in or the last refresh gave it.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9]{43}$")]
    pub(crate) refresh_token: String,
}

/// 员工续期
///
/// Gives a new access token, with the rights of this moment, and a new refresh token; the one shown is replaced. A replaced one
/// that comes again ends the session (a repeat within 30 seconds is taken for a lost answer). A session ends after two hours
/// without a refresh, after twelve hours in any case, and when the person's rights change.
#[utoipa::path(post, path = "/api/staff/session/refresh", tag = "staff", request_body = ShownStaffToken,
    responses(
        (status = 200, description = "The session goes on", body = StaffSessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "The session is over: sign in again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn refresh_staff_session(
    State(app): State<App>,
    Json(request): Json<ShownStaffToken>,
) -> Result<axum::Json<StaffSessionReply>, Problem> {
    let token = parse(request)?;
    let now = app.clock.now();
    let (session, next) = match app.sessions.rotate(&token, app.ids.as_ref(), now).await? {
        StaffRotated::On(session, next) => (session, next),
        StaffRotated::Ended => return Err(Problem::signed_out()),
        StaffRotated::Reused => {
            tracing::warn!("a replaced refresh token of staff came again; its session is ended");
            return Err(Problem::signed_out());
        }
    };
    let member = app.members.find(&session.staff_no).await?;
    let current = member.filter(|m| m.status == StaffStatus::Active && m.generation == session.generation);
    let Some(member) = current else {
        app.sessions.end(&next).await?;
        return Err(Problem::signed_out());
    };
    Ok(axum::Json(session_reply(&app, &member, &next, now)))
}

pub(crate) fn parse(request: ShownStaffToken) -> Result<RefreshToken, Problem> {
    RefreshToken::parse(request.refresh_token).ok_or_else(|| Problem::invalid("登录凭证的格式不正确。"))
}
