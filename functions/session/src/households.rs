use crate::{
    App,
    reply::HouseholdsReply,
    tokens::{accounts_of, shown},
};
use axum::extract::State;
use heatpay_runtime::{Problem, auth::Resident, problem::ProblemBody};

/// 我的户号
///
/// The households bound to the resident.
#[utoipa::path(get, path = "/api/households", tag = "households", security(("token" = [])),
    responses(
        (status = 200, description = "The resident's households", body = HouseholdsReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_households(
    State(app): State<App>,
    resident: Resident,
) -> Result<axum::Json<HouseholdsReply>, Problem> {
    let accounts = accounts_of(&app, &resident.0.sub).await?;
    Ok(axum::Json(HouseholdsReply { households: shown(&app, &accounts).await? }))
}
