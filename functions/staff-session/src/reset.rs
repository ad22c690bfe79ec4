use crate::{
    App,
    codes::new_code,
    given,
    own_rights::changeable,
    reply::{InvitedStaff, StaffView},
};
use axum::extract::State;
use heatpay_domain::staff::{Permission, StaffEvent, StaffMember};
use heatpay_runtime::{Problem, http::Path, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::Operation;

/// 重置员工登录
///
/// For somebody who lost his phone or forgot his password, or who comes back: password and authenticator of before are forgotten,
/// his sessions end, and the answer has the one-time code he enrols with.
#[utoipa::path(post, path = "/api/staff/members/{staff_no}/reset", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::StaffManage))),
    params(("staff_no" = String, Path, description = "工号", min_length = 8, max_length = 32, pattern = "^E[A-Za-z0-9]{7,31}$", example = "E01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "Reset; he enrols with the code", body = InvitedStaff),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `own_rights`; `other_branch`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn reset_staff(
    State(app): State<App>,
    administrator: Staff,
    Path(staff_no): Path<String>,
) -> Result<axum::Json<InvitedStaff>, Problem> {
    let staff_no = given::staff_no(staff_no)?;
    let now = app.clock.now();
    let before = changeable(&app, &administrator, &staff_no, now).await?;
    let status = before.status.on(StaffEvent::Reset).map_err(|error| Problem::internal(&error))?;
    let (generation, version) = (before.generation + 1, before.version + 1);
    let after = StaffMember { status, generation, version, ..before.clone() };
    let (enrolment_code, enrolment) = new_code(&app, &staff_no, now);
    let operation = Operation::new(administrator.staff_no(), "reset_staff", "staff", staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.members.reset(&after, &enrolment, false, &entry).await?;
    let staff = StaffView::of(after);
    Ok(axum::Json(InvitedStaff { staff, enrolment_code, enrolment_until: enrolment.until }))
}
