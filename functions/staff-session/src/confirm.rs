use crate::{
    App,
    codes::is_code,
    enrol::failed,
    given,
    prove::{allowed, opened},
    reply::StaffSessionReply,
    tokens::start_session,
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::staff::{StaffEvent, StaffMember, StaffStatus};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};
use heatpay_store::operations::Operation;
use serde::Deserialize;

/// The first code of a paired authenticator.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolmentConfirmed {
    /// 登录名
    #[schema(example = "lin.xiaochen", min_length = 3, max_length = 32, pattern = "^[a-z][a-z0-9._-]{2,31}$")]
    login_name: String,
    /// The one-time code an administrator told him.
    #[schema(pattern = "^[A-Za-z0-9]{20}$", min_length = 20, max_length = 20)]
    enrolment_code: String,
    /// The six digits the authenticator shows.
    #[schema(example = "287082", pattern = "^[0-9]{6}$")]
    totp_code: String,
}

/// 确认注册
///
/// Makes the chosen password and the paired authenticator good, uses the code up, and signs in.
#[utoipa::path(post, path = "/api/staff/enrolment/confirmation", tag = "staff", request_body = EnrolmentConfirmed,
    responses(
        (status = 200, description = "Enrolled and signed in", body = StaffSessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`enrolment_failed`: name or code is wrong, over or used, or nothing was chosen yet; `totp_code_wrong`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn confirm_enrolment(
    State(app): State<App>,
    Json(request): Json<EnrolmentConfirmed>,
) -> Result<axum::Json<StaffSessionReply>, Problem> {
    let name = given::login_name(request.login_name)?;
    let code = given::enrolment_code(request.enrolment_code)?;
    let totp_code = given::totp_code(request.totp_code)?;
    let now = app.clock.now();
    allowed(app.failures.count(&name, now).await?)?;
    let (before, credentials) = app.members.of_login(&name).await?.ok_or_else(failed)?;
    if before.status != StaffStatus::Invited || !is_code(&app, &before.staff_no, &credentials, &code, now) {
        return Err(failed());
    }
    let pairing = credentials.pairing().ok_or_else(failed)?;
    let secret = opened(&app.personal_data, &before, Some(pairing.totp))?;
    let step = secret.step_of(&totp_code, now, None).ok_or_else(code_wrong)?;
    let status = before.status.on(StaffEvent::Enrolled).map_err(|error| Problem::internal(&error))?;
    let after = StaffMember { status, version: before.version + 1, ..before.clone() };
    let operation = Operation::new(&after.staff_no, "enrol", "staff", after.staff_no.as_str(), now);
    let entry = app.operations.next(operation.before(&before).after(&after)).await?;
    app.members.enrol(&after, pairing, step, credentials.first, &entry).await?;
    app.failures.clear(&name).await?;
    Ok(axum::Json(start_session(&app, &after, now).await?))
}

fn code_wrong() -> Problem {
    let detail = "动态验证码不正确,请确认手机时间准确后重试。";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "totp_code_wrong", detail)
}
