use crate::{
    App,
    codes::new_code,
    given::{self, Checked, Rights},
    reply::{InvitedStaff, StaffView},
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{
    StaffNo,
    staff::{Permission, StaffMember, StaffStatus},
};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use heatpay_store::{
    operations::Operation,
    staff::{Entered, NewMember},
};
use serde::Deserialize;

/// Somebody new.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewStaff {
    /// What he will sign in as.
    #[schema(example = "lin.xiaochen", min_length = 3, max_length = 32, pattern = "^[a-z][a-z0-9._-]{2,31}$")]
    login_name: String,
    /// Who he is and what he may do.
    rights: Rights,
}

/// 新增员工
///
/// Enters somebody; the answer has the one-time code he enrols with.
#[utoipa::path(post, path = "/api/staff/members", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::StaffManage))), request_body = NewStaff,
    responses(
        (status = 201, description = "Entered; he enrols with the code", body = InvitedStaff),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it; `other_branch`: more branches than one's own", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`login_taken`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn enter_staff(
    State(app): State<App>,
    administrator: Staff,
    Json(request): Json<NewStaff>,
) -> Result<(StatusCode, axum::Json<InvitedStaff>), Problem> {
    let login_name = given::login_name(request.login_name)?;
    let Checked { name, roles, branches } = request.rights.checked()?;
    let now = app.clock.now();
    app.presence.confirm(&administrator.0, now).await?;
    if !administrator.0.branches.cover(&branches) {
        return Err(Problem::other_branch());
    }
    let staff_no = StaffNo::from_ulid(&app.ids.ulid(now)).map_err(|error| Problem::internal(&error))?;
    let (enrolment_code, enrolment) = new_code(&app, &staff_no, now);
    let member = StaffMember {
        staff_no,
        login_name,
        name,
        roles,
        branches,
        status: StaffStatus::Invited,
        generation: 1,
        created_at: now,
        version: 1,
    };
    let number = member.staff_no.as_str();
    let operation = Operation::new(administrator.staff_no(), "enter_staff", "staff", number, now).after(&member);
    let entry = app.operations.next(operation).await?;
    let new = NewMember { member: &member, enrolment: &enrolment, first: false };
    match app.members.enter(new, &entry).await? {
        Entered::Now => {}
        Entered::LoginTaken => return Err(login_taken()),
    }
    let staff = StaffView::of(member);
    Ok((StatusCode::CREATED, axum::Json(InvitedStaff { staff, enrolment_code, enrolment_until: enrolment.until })))
}

pub(crate) fn login_taken() -> Problem {
    Problem::conflict("login_taken", "这个登录名已被使用,请换一个。")
}
