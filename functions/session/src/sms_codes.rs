use crate::{
    App,
    client::address_hash,
    limits::{allowed, codes_of_phone},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use heatpay_domain::household::is_mobile;
use heatpay_partners::{
    PartnerError,
    sms::{Sms, SmsOutcome},
};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, queue::causes};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

const DIGITS: usize = 6;

/// Where to send a code.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewCode {
    /// A mainland mobile number.
    #[schema(example = "13800005678", pattern = "^1[3-9][0-9]{9}$")]
    phone: String,
}

/// 获取短信验证码
///
/// Sends six digits, good for five minutes. The answer is the same whether or not we know the number.
#[utoipa::path(post, path = "/api/session/sms-codes", tag = "session", request_body = NewCode,
    responses(
        (status = 202, description = "On its way, if the number can get messages"),
        (status = 400, description = "Not a mainland mobile number", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too often; `Retry-After` says when", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "`sms_unavailable`: nothing was sent", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn send_sms_code(
    State(app): State<App>,
    headers: HeaderMap,
    Json(request): Json<NewCode>,
) -> Result<StatusCode, Problem> {
    let phone = mobile(request.phone)?;
    let now = app.clock.now();
    if let Some(address) = address_hash(&headers, app.limits.proxies, &app.personal_data) {
        allowed(app.throttles.take(&app.limits.codes_of_address(&address), now).await?)?;
    }
    let phone_hash = phone_hash(&app, &phone);
    let code = app.ids.digits(DIGITS);
    // Kept before it is sent: a code that arrives is a code that works.
    let code_hash = app.personal_data.lookup(&code_purpose(&phone_hash), &code);
    allowed(app.codes.keep(&phone_hash, &code_hash, &codes_of_phone(&phone_hash), now).await?)?;
    send(&app, phone, code, now).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn send(app: &App, phone: String, code: String, now: Timestamp) -> Result<(), Problem> {
    let sms = Sms {
        phone,
        template_code: app.templates.sign_in_code.clone(),
        params: BTreeMap::from([("code".to_owned(), code)]),
        out_id: format!("C{}", app.ids.ulid(now)),
    };
    let why = match app.sms.send(&sms, now).await {
        // A number that gets no messages is answered like any other.
        Ok(SmsOutcome::Accepted { .. } | SmsOutcome::BadNumber { .. }) => return Ok(()),
        // It may be on its way; if it is not, the resident asks again in a minute.
        Err(error @ PartnerError::OutcomeUnknown { .. }) => {
            tracing::warn!(out_id = sms.out_id, reason = causes(&error), "whether the code was sent is not known");
            return Ok(());
        }
        Ok(SmsOutcome::Delay { at_least, .. }) => return Err(Problem::too_often(at_least.as_secs().max(1))),
        Ok(SmsOutcome::GiveUp { .. }) => return Err(Problem::too_often(3600)),
        Ok(SmsOutcome::OurData { code, message } | SmsOutcome::NeedsPerson { code, message }) => {
            PartnerError::Refused { partner: "aliyun_sms", code, message }
        }
        Err(error) => error,
    };
    tracing::error!(out_id = sms.out_id, reason = causes(&why), "no code can be sent");
    Err(Problem::unavailable("sms_unavailable", "短信暂时无法发送,请稍后再试。", &why))
}

/// A mainland mobile number, and nothing else: messages to other countries cost a multiple.
pub(crate) fn mobile(phone: String) -> Result<String, Problem> {
    if is_mobile(&phone) { Ok(phone) } else { Err(Problem::invalid("请输入正确的手机号。")) }
}

/// By what a number is known without being written down.
pub(crate) fn phone_hash(app: &App, phone: &str) -> String {
    app.personal_data.lookup("phone", phone)
}

/// A code's hash is good for its number alone.
pub(crate) fn code_purpose(phone_hash: &str) -> String {
    format!("sms-code#{phone_hash}")
}
