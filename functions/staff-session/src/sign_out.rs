use crate::{
    App,
    refresh::{ShownStaffToken, parse},
};
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};

/// 员工退出登录
///
/// Ends the session. Its access token is refused at once where money goes out or rights change, and runs out everywhere within ten
/// minutes. A session that is over already is no error.
#[utoipa::path(delete, path = "/api/staff/session", tag = "staff", request_body = ShownStaffToken,
    responses(
        (status = 204, description = "Signed out"),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_out_staff(
    State(app): State<App>,
    Json(request): Json<ShownStaffToken>,
) -> Result<StatusCode, Problem> {
    app.sessions.end(&parse(request)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
