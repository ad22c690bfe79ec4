use crate::App;
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{Problem, auth::Resident, problem::ProblemBody};

/// 注销账号
///
/// Forgets the resident: his identities, his bindings, the messages he agreed to. Whoever signs in again is a new resident. No
/// session of his is refreshed any more, on any device; access tokens run out within 30 minutes. Payments, invoices and what
/// else the law wants kept stay with the household, and money under way still arrives. Deleting again is no error.
#[utoipa::path(delete, path = "/api/account", tag = "session", security(("token" = [])),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`: repeat it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again: what was begun is finished", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn delete_account(State(app): State<App>, resident: Resident) -> Result<StatusCode, Problem> {
    app.residents.delete(&resident.0.sub).await?;
    tracing::info!(resident_id = %resident.0.sub, "a resident has deleted his account");
    Ok(StatusCode::NO_CONTENT)
}
