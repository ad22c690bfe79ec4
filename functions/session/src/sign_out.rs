use crate::{
    App,
    refresh::{ShownToken, parse},
};
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};

/// 退出登录
///
/// Ends the session; its access token runs out within 30 minutes. A session that is over already is no error.
#[utoipa::path(delete, path = "/api/session", tag = "session", request_body = ShownToken,
    responses(
        (status = 204, description = "Signed out"),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_out(State(app): State<App>, Json(request): Json<ShownToken>) -> Result<StatusCode, Problem> {
    app.sessions.end(&parse(request)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
