use crate::{
    App, given,
    prove::{Shown, allowed, prove, wrong},
    reply::StaffSessionReply,
    tokens::start_session,
};
use axum::extract::State;
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};
use heatpay_store::operations::Operation;
use serde::{Deserialize, Serialize};

/// What somebody signs in with.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StaffSignIn {
    /// 登录名
    #[schema(example = "lin.xiaochen", min_length = 3, max_length = 32, pattern = "^[a-z][a-z0-9._-]{2,31}$")]
    login_name: String,
    /// 密码
    #[schema(min_length = 1, max_length = 128)]
    password: String,
    /// The six digits the authenticator shows; each is good once.
    #[schema(example = "287082", pattern = "^[0-9]{6}$")]
    totp_code: String,
}

/// What came before the right try, as the log has it.
#[derive(Serialize)]
struct Before {
    wrong_tries: u32,
}

/// 员工登录
///
/// Signs a member of staff in. The fifth wrong try in a row has to be waited out for a minute, every further one twice as long, up
/// to an hour; the answer is the same whether or not there is such a name.
#[utoipa::path(post, path = "/api/staff/session", tag = "staff", request_body = StaffSignIn,
    responses(
        (status = 200, description = "Signed in", body = StaffSessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`sign_in_failed`: name, password or code is wrong, or the code was used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_in_staff(
    State(app): State<App>,
    Json(request): Json<StaffSignIn>,
) -> Result<axum::Json<StaffSessionReply>, Problem> {
    let name = given::login_name(request.login_name)?;
    let (password, totp_code) = (given::password(request.password)?, given::totp_code(request.totp_code)?);
    let now = app.clock.now();
    allowed(app.failures.count(&name, now).await?)?;
    let found = app.members.of_login(&name).await?;
    let proven = prove(&app, found, Shown { password: &password, totp_code: &totp_code }, now).await?;
    let member = proven.member;
    if !app.members.use_step(&member.staff_no, &proven.password, proven.step).await? {
        return Err(wrong());
    }
    let wrong_tries = app.failures.clear(&name).await?;
    let operation = Operation::new(&member.staff_no, "sign_in", "staff", member.staff_no.as_str(), now);
    // Logged when they happen, they would tell a guesser by the time it takes that there is such a name.
    let operation = if wrong_tries > 0 { operation.after(&Before { wrong_tries }) } else { operation };
    app.operations.append(operation).await?;
    Ok(axum::Json(start_session(&app, &member, now).await?))
}
