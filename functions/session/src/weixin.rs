use crate::{App, reply::SessionReply, tokens::start_session};
use axum::{extract::State, http::StatusCode};
use heatpay_partners::{PartnerError, weixin::SignIn};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, queue::causes};
use heatpay_store::residents::Identity;
use serde::Deserialize;

/// What `wx.login` gave.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct WeixinSignIn {
    /// The code, good once, for five minutes.
    #[schema(
        example = "0a3ykx0w3Xe3n53Fkf2w3CLeWg4ykx0q",
        min_length = 1,
        max_length = 128,
        pattern = "^[A-Za-z0-9_-]+$"
    )]
    code: String,
}

/// 微信登录
///
/// Signs a resident in by the code of `wx.login`. Whoever signs in for the first time becomes a resident without households.
#[utoipa::path(post, path = "/api/session/weixin", tag = "session", request_body = WeixinSignIn,
    responses(
        (status = 200, description = "Signed in", body = SessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`weixin_blocked`: WeChat has blocked this person", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`login_code_invalid`: unknown, over or used; ask `wx.login` again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too often; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "WeChat has no answer: try again with a new code", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_in_by_weixin(
    State(app): State<App>,
    Json(request): Json<WeixinSignIn>,
) -> Result<axum::Json<SessionReply>, Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !(1..=128).contains(&request.code.len()) || !request.code.bytes().all(plain) {
        return Err(Problem::invalid("登录凭证的格式不正确。"));
    }
    let openid = match app.weixin.sign_in(&request.code).await {
        Ok(SignIn::Person { openid, .. }) => openid,
        Ok(SignIn::BadCode) => {
            let detail = "登录凭证已失效,请重新登录。";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "login_code_invalid", detail));
        }
        Ok(SignIn::TooOften) => return Err(Problem::too_often(60)),
        Ok(SignIn::Blocked) => {
            return Err(Problem::new(
                StatusCode::FORBIDDEN,
                "weixin_blocked",
                "微信限制了该账号登录,请改用手机号登录。",
            ));
        }
        Err(error) => return Err(no_answer(&error)),
    };
    let identity = Identity::Weixin { appid: app.weixin.appid().to_owned(), openid };
    Ok(axum::Json(start_session(&app, &identity, None, app.clock.now()).await?))
}

fn no_answer(error: &PartnerError) -> Problem {
    match error {
        PartnerError::TryLater { .. } | PartnerError::OutcomeUnknown { .. } => {}
        PartnerError::Refused { .. } | PartnerError::Misconfigured { .. } => {
            tracing::error!(reason = causes(error), "nobody can sign in through WeChat");
        }
    }
    Problem::unavailable("weixin_unavailable", "微信登录暂时不可用,请稍后再试。", error)
}
