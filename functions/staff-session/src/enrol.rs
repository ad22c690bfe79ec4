use crate::{
    App,
    codes::{is_code, totp_place},
    given,
    prove::allowed,
};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::staff::{StaffStatus, check_password};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, totp::TotpSecret};
use heatpay_store::staff::Pairing;
use serde::{Deserialize, Serialize};

/// What an authenticator names the account's company.
const ISSUER: &str = "Heatpay";

/// Somebody who was entered and comes in.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolmentWanted {
    /// 登录名
    #[schema(example = "lin.xiaochen", min_length = 3, max_length = 32, pattern = "^[a-z][a-z0-9._-]{2,31}$")]
    login_name: String,
    /// The one-time code an administrator told him.
    #[schema(pattern = "^[A-Za-z0-9]{20}$", min_length = 20, max_length = 20)]
    enrolment_code: String,
    /// The password he chooses: 12 to 128 characters, five different ones at least, without his login name.
    #[schema(min_length = 12, max_length = 128)]
    password: String,
}

/// What pairs an authenticator.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct PairingReply {
    /// To be typed into an authenticator app (base 32).
    #[schema(example = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")]
    totp_secret: String,
    /// The same as an address, to be shown as a QR code.
    #[schema(
        example = "otpauth://totp/Heatpay:lin.xiaochen?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Heatpay&algorithm=SHA1&digits=6&period=30"
    )]
    totp_uri: String,
}

/// 员工注册
///
/// Chooses a password and gives the authenticator's secret; both are good once confirmed with the authenticator's first code. Asked
/// again, it gives another secret in place of the one before.
#[utoipa::path(post, path = "/api/staff/enrolment", tag = "staff", request_body = EnrolmentWanted,
    responses(
        (status = 200, description = "Pair the authenticator and confirm", body = PairingReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`enrolment_failed`: name or code is wrong, or the code is over or used", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong tries; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn enrol_staff(
    State(app): State<App>,
    Json(request): Json<EnrolmentWanted>,
) -> Result<axum::Json<PairingReply>, Problem> {
    let name = given::login_name(request.login_name)?;
    let code = given::enrolment_code(request.enrolment_code)?;
    check_password(&request.password, &name).map_err(|refused| Problem::invalid(refused.reason()))?;
    let now = app.clock.now();
    allowed(app.failures.count(&name, now).await?)?;
    let (member, credentials) = app.members.of_login(&name).await?.ok_or_else(failed)?;
    if member.status != StaffStatus::Invited || !is_code(&app, &member.staff_no, &credentials, &code, now) {
        return Err(failed());
    }
    let password = app.passwords.hash(app.ids.as_ref(), &request.password).await?;
    let secret = TotpSecret::new(app.ids.as_ref());
    let totp = app.personal_data.seal(app.ids.as_ref(), &totp_place(&member.staff_no), &secret.text());
    let enrolment = credentials.enrolment.as_deref().unwrap_or_default();
    if !app.members.pair(&member.staff_no, Pairing { enrolment, password: &password, totp: &totp }).await? {
        return Err(failed());
    }
    app.failures.clear(&name).await?;
    Ok(axum::Json(PairingReply { totp_secret: secret.text(), totp_uri: secret.uri(ISSUER, name.as_str()) }))
}

/// One answer for all: whoever guesses learns nothing.
pub(crate) fn failed() -> Problem {
    let detail = "登录名或注册码不正确,或注册码已失效,请联系管理员。";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "enrolment_failed", detail)
}
