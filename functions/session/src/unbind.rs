use crate::{App, reply::BindingReply, tokens::after_change};
use axum::extract::State;
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};

/// 解绑户号
///
/// The household is no longer the resident's; its bills and payments stay as they are.
#[utoipa::path(delete, path = "/api/households/{account_no}", tag = "households", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001")),
    responses(
        (status = 200, description = "Unbound; go on with the new access token", body = BindingReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn unbind_household(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
) -> Result<axum::Json<BindingReply>, Problem> {
    let account_no = resident.household(&account_no)?.clone();
    app.residents.unbind(&account_no, &resident.0.sub).await?;
    Ok(axum::Json(after_change(&app, resident.0, app.clock.now()).await?))
}
