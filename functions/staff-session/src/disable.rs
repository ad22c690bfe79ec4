use crate::{App, given, own_rights::changeable, reply::StaffView};
use axum::extract::State;
use heatpay_domain::staff::{Permission, StaffEvent, StaffMember};
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::Operation;

/// 停用员工
///
/// Somebody left, or must not sign in for now. His sessions end; his number and the log stay.
#[utoipa::path(post, path = "/api/staff/members/{staff_no}/disable", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::StaffManage))),
    params(("staff_no" = String, Path, description = "工号", min_length = 8, max_length = 32, pattern = "^E[A-Za-z0-9]{7,31}$", example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Disabled", body = StaffView),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `own_rights`; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`already_disabled`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn disable_staff(
    State(app): State<App>,
    administrator: Staff,
    Path(staff_no): Path<String>,
) -> Result<axum::Json<StaffView>, Problem> {
    let staff_no = given::staff_no(staff_no)?;
    let now = app.clock.now();
    let before = changeable(&app, &administrator, &staff_no, now).await?;
    let status = before.status.on(StaffEvent::Disabled);
    let status = status.map_err(|_| Problem::conflict("already_disabled", "这位员工已经停用。"))?;
    let (generation, version) = (before.generation + 1, before.version + 1);
    let after = StaffMember { status, generation, version, ..before.clone() };
    let operation = Operation::new(administrator.staff_no(), "disable_staff", "staff", staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.members.change(&after, &entry).await?;
    Ok(axum::Json(StaffView::of(after)))
}
