use crate::{App, reply::SessionReply, tokens::start_session};
use axum::{extract::State, http::StatusCode};
use heatpay_channels::{ChannelError, alipay::SignIn};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, queue::causes};
use heatpay_store::residents::Identity;
use serde::Deserialize;

/// What `my.getAuthCode` gave.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlipaySignIn {
    /// The code, good once, for a few minutes.
    #[schema(
        example = "4b203fe6c11548bcabd8da5bb087a83b",
        min_length = 1,
        max_length = 128,
        pattern = "^[A-Za-z0-9_-]+$"
    )]
    code: String,
}

/// 支付宝登录
///
/// Signs a resident in by the code of `my.getAuthCode`. Whoever signs in for the first time becomes a resident without
/// households.
#[utoipa::path(post, path = "/api/session/alipay", tag = "session", request_body = AlipaySignIn,
    responses(
        (status = 200, description = "Signed in", body = SessionReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`login_code_invalid`: unknown, over or used; ask `my.getAuthCode` again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Alipay has no answer: try again with a new code", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn sign_in_by_alipay(
    State(app): State<App>,
    Json(request): Json<AlipaySignIn>,
) -> Result<axum::Json<SessionReply>, Problem> {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    if !(1..=128).contains(&request.code.len()) || !request.code.bytes().all(plain) {
        return Err(Problem::invalid("登录凭证的格式不正确。"));
    }
    let now = app.clock.now();
    let Some(alipay) = &app.alipay else {
        let channel = heatpay_domain::Channel::Alipay;
        return Err(no_answer(&ChannelError::Misconfigured { channel, code: "not_a_merchant".to_owned() }));
    };
    let open_id = match alipay.sign_in(&request.code, now).await {
        Ok(SignIn::Person { open_id }) => open_id,
        Ok(SignIn::BadCode) => {
            let detail = "登录凭证已失效,请重新登录。";
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "login_code_invalid", detail));
        }
        Err(error) => return Err(no_answer(&error)),
    };
    let identity = Identity::Alipay { app_id: alipay.mini_program().to_owned(), open_id };
    Ok(axum::Json(start_session(&app, &identity, None, now).await?))
}

fn no_answer(error: &ChannelError) -> Problem {
    match error {
        ChannelError::TryLater { .. } | ChannelError::OutcomeUnknown { .. } => {}
        ChannelError::Refused { .. } | ChannelError::Misconfigured { .. } => {
            tracing::error!(reason = causes(error), "nobody can sign in through Alipay");
        }
    }
    Problem::unavailable("alipay_unavailable", "支付宝登录暂时不可用,请稍后再试。", error)
}
