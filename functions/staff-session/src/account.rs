use crate::{App, given, reply::SignedInStaff};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{Problem, problem::ProblemBody, staff::Staff};

/// 我的员工账号
///
/// Who is signed in, and what he may do at this moment.
#[utoipa::path(get, path = "/api/staff/account", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::OwnAccount))),
    responses(
        (status = 200, description = "Who is signed in", body = SignedInStaff),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn show_staff_account(
    State(app): State<App>,
    staff: Staff,
) -> Result<axum::Json<SignedInStaff>, Problem> {
    let member = app.members.find(staff.staff_no()).await?.ok_or_else(given::nobody)?;
    Ok(axum::Json(SignedInStaff::of(&member)))
}
