use crate::{
    App,
    given::{self, Checked, Rights},
    own_rights::changeable,
    reply::StaffView,
};
use axum::extract::State;
use heatpay_domain::staff::{Permission, StaffMember};
use heatpay_runtime::{
    Problem,
    http::{Json, Path},
    problem::ProblemBody,
    staff::Staff,
};
use heatpay_store::{StoreError, operations::Operation};
use serde::Deserialize;

/// What somebody is to be and may do from now on.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaffChange {
    /// Who he is and what he may do.
    rights: Rights,
    /// The version this changes, as it was read.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_u64, example = 1)]
    version: u64,
}

/// 修改员工
///
/// Changes somebody's name, roles and branches. His sessions end: he signs in with what he may do now. Nobody changes himself.
#[utoipa::path(put, path = "/api/staff/members/{staff_no}", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::StaffManage))), request_body = StaffChange,
    params(("staff_no" = String, Path, description = "工号", min_length = 8, max_length = 32, pattern = "^E[A-Za-z0-9]{7,31}$", example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Changed", body = StaffView),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `own_rights`; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`: read again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn change_staff(
    State(app): State<App>,
    administrator: Staff,
    Path(staff_no): Path<String>,
    Json(request): Json<StaffChange>,
) -> Result<axum::Json<StaffView>, Problem> {
    let Checked { name, roles, branches } = request.rights.checked()?;
    let staff_no = given::staff_no(staff_no)?;
    let now = app.clock.now();
    let before = changeable(&app, &administrator, &staff_no, now).await?;
    if !administrator.0.branches.cover(&branches) {
        return Err(Problem::other_branch());
    }
    if before.version != request.version {
        return Err(StoreError::Raced.into());
    }
    let (generation, version) = (before.generation + 1, before.version + 1);
    let after = StaffMember { name, roles, branches, generation, version, ..before.clone() };
    let operation = Operation::new(administrator.staff_no(), "change_staff", "staff", staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.members.change(&after, &entry).await?;
    Ok(axum::Json(StaffView::of(after)))
}
