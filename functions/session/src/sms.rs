use crate::{
    App,
    reply::SessionReply,
    sms_codes::{code_purpose, mobile, phone_hash},
    tokens::start_session,
};
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody};
use heatpay_store::residents::Identity;
use serde::Deserialize;

/// A number and the code it got.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SmsSignIn {
    /// A mainland mobile number.
    #[schema(example = "13800005678", pattern = "^1[3-9][0-9]{9}$")]
    phone: String,
    /// The six digits.
    #[schema(example = "402918", pattern = "^[0-9]{6}$")]
    code: String,
}

/// 短信验证码登录
///
/// Signs a resident in by the code sent to his number. A code may be tried five times and used once.
#[utoipa::path(post, path = "/api/session/sms", tag = "session", request_body = SmsSignIn,
    responses(
        (status = 200, description = "Signed in", body = SessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`sms_code_wrong`: wrong, over, used, or tried too often", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_in_by_sms(
    State(app): State<App>,
    Json(request): Json<SmsSignIn>,
) -> Result<axum::Json<SessionReply>, Problem> {
    let phone = mobile(request.phone)?;
    if request.code.len() != 6 || !request.code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Problem::invalid("验证码应为 6 位数字。"));
    }
    let now = app.clock.now();
    let hash = phone_hash(&app, &phone);
    let kept = app.codes.try_once(&hash, now).await?.ok_or_else(wrong)?;
    if !app.personal_data.matches(&code_purpose(&hash), &request.code, &kept) {
        return Err(wrong());
    }
    if !app.codes.use_up(&hash, &kept).await? {
        return Err(wrong());
    }
    Ok(axum::Json(start_session(&app, &Identity::Phone { hash }, Some(&phone), now).await?))
}

/// One answer for all: whoever guesses learns nothing.
fn wrong() -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "sms_code_wrong", "验证码不正确或已失效,请重新获取。")
}
