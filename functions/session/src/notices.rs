use crate::App;
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Json, Path},
    problem::ProblemBody,
};
use serde::Deserialize;

/// What a household wants to be told.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoticeChoice {
    /// Reminders that may be declined. What the law wants told before heat is limited comes all the same.
    reminders: bool,
}

/// 提醒设置
///
/// Whether the household is reminded of what it owes, where it may choose.
#[utoipa::path(put, path = "/api/households/{account_no}/notices", tag = "households", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001")), request_body = NoticeChoice,
    responses(
        (status = 204, description = "So it will be"),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn choose_notices(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Json(request): Json<NoticeChoice>,
) -> Result<StatusCode, Problem> {
    let account_no = resident.household(&account_no)?;
    // The token may be older than an unbinding on another phone.
    match app.residents.choose_reminders(account_no, &resident.0.sub, request.reminders).await? {
        true => Ok(StatusCode::NO_CONTENT),
        false => Err(Problem::not_yours()),
    }
}
