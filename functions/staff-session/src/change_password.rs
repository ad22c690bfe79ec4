use crate::{
    App, given,
    prove::{Shown, allowed, prove},
    reply::StaffSessionReply,
    tokens::start_session,
};
use axum::extract::State;
use heatpay_domain::staff::{Permission, StaffMember, check_password};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use heatpay_store::{operations::Operation, staff::NewPassword};
use serde::Deserialize;

/// The password of before, a code, and the new password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordChange {
    /// The password of before.
    #[schema(min_length = 1, max_length = 128)]
    password: String,
    /// The new one: 12 to 128 characters, five different ones at least, without the login name.
    #[schema(min_length = 12, max_length = 128)]
    new_password: String,
    /// The six digits the authenticator shows; each is good once.
    #[schema(example = "287082", pattern = "^[0-9]{6}$")]
    totp_code: String,
}

/// 修改密码
///
/// Changes one's own password. All sessions end, on every device; the answer is a new one.
#[utoipa::path(put, path = "/api/staff/account/password", tag = "staff", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::OwnAccount))), request_body = PasswordChange,
    responses(
        (status = 200, description = "Changed; go on with the new session", body = StaffSessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`sign_in_failed`: the password of before or the code is wrong, or the code was used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn change_staff_password(
    State(app): State<App>,
    staff: Staff,
    Json(request): Json<PasswordChange>,
) -> Result<axum::Json<StaffSessionReply>, Problem> {
    let (password, totp_code) = (given::password(request.password)?, given::totp_code(request.totp_code)?);
    let now = app.clock.now();
    app.presence.confirm(&staff.0, now).await?;
    let found = app.members.with_credentials(staff.staff_no()).await?.ok_or_else(Problem::signed_out)?;
    let name = found.0.login_name.clone();
    check_password(&request.new_password, &name).map_err(|refused| Problem::invalid(refused.reason()))?;
    // Whoever found an open screen is not to guess here what he could not guess at the door.
    allowed(app.failures.count(&name, now).await?)?;
    let proven = prove(&app, Some(found), Shown { password: &password, totp_code: &totp_code }, now).await?;
    let before = proven.member;
    let hash = app.passwords.hash(app.ids.as_ref(), &request.new_password).await?;
    let after = StaffMember { generation: before.generation + 1, version: before.version + 1, ..before.clone() };
    let operation = Operation::new(&after.staff_no, "change_password", "staff", after.staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    let new = NewPassword { before: &proven.password, after: &hash, step: proven.step };
    app.members.change_password(&after, new, &entry).await?;
    app.failures.clear(&name).await?;
    Ok(axum::Json(start_session(&app, &after, now).await?))
}
