use crate::{App, reply::TokensReply, tokens::tokens};
use axum::extract::State;
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};
use heatpay_store::sessions::{RefreshToken, Rotated};
use serde::Deserialize;

/// The refresh token of a session.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShownToken {
    /// As the sign-in or the last refresh gave it.
    #[schema(min_length = 43, max_length = 43, pattern = "^[A-Za-z0-9]{43}$")]
    pub(crate) refresh_token: String,
}

/// 续期
///
/// Gives a new access token and a new refresh token; the one shown is replaced. A replaced one that comes again ends the
/// session (a repeat within 30 seconds is taken for a lost answer).
#[utoipa::path(post, path = "/api/session/refresh", tag = "session", request_body = ShownToken,
    responses(
        (status = 200, description = "The session goes on", body = TokensReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "The session is over: sign in again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn refresh_session(
    State(app): State<App>,
    Json(request): Json<ShownToken>,
) -> Result<axum::Json<TokensReply>, Problem> {
    let token = parse(request)?;
    let now = app.clock.now();
    match app.sessions.rotate(&token, app.ids.as_ref(), now).await? {
        Rotated::On(session, next) => {
            let Some(accounts) = app.residents.households_of(&session.resident_id).await? else {
                // He has deleted his account, perhaps on another phone: his sessions are found only by their tokens.
                app.sessions.end(&next).await?;
                return Err(Problem::signed_out());
            };
            Ok(axum::Json(tokens(&app, session, accounts, &next, now)))
        }
        Rotated::Ended => Err(Problem::signed_out()),
        Rotated::Reused => {
            tracing::warn!("a replaced refresh token came again; its session is ended");
            Err(Problem::signed_out())
        }
    }
}

pub(crate) fn parse(request: ShownToken) -> Result<RefreshToken, Problem> {
    RefreshToken::parse(request.refresh_token).ok_or_else(|| Problem::invalid("登录凭证的格式不正确。"))
}
