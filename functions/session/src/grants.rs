use crate::{App, tokens::accounts_of};
use axum::{extract::State, http::StatusCode};
use heatpay_runtime::{Problem, auth::Resident, http::Json, problem::ProblemBody};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most templates a client may ask a person for at once (WeChat: 3, 5 with some bases).
const MAX_TEMPLATES: usize = 5;

/// What `wx.requestSubscribeMessage` answered.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGrants {
    /// The templates the resident accepted just now, each once.
    #[schema(value_type = BTreeSet<String>, min_items = 1, max_items = 5)]
    template_ids: Vec<String>,
}

/// 订阅消息授权
///
/// Counts one message of each template that the resident has just agreed to get in WeChat.
#[utoipa::path(post, path = "/api/notices/grants", tag = "households", security(("token" = [])), request_body = NewGrants,
    responses(
        (status = 204, description = "Counted"),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`unknown_template`, or `weixin_sign_in_needed`: the resident did not sign in through WeChat", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn grant_notices(
    State(app): State<App>,
    resident: Resident,
    Json(request): Json<NewGrants>,
) -> Result<StatusCode, Problem> {
    let chosen: BTreeSet<&String> = request.template_ids.iter().collect();
    if !(1..=MAX_TEMPLATES).contains(&request.template_ids.len()) || chosen.len() != request.template_ids.len() {
        return Err(Problem::invalid("一次可订阅 1 至 5 个不同的消息模板。"));
    }
    if resident.0.oid.is_none() {
        let detail = "请在微信小程序中登录后订阅消息。";
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "weixin_sign_in_needed", detail));
    }
    if !chosen.iter().all(|id| app.templates.subscribe.contains(*id)) {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_template", "没有这个消息模板。"));
    }
    accounts_of(&app, &resident.0.sub).await?;
    for template_id in chosen {
        app.grants.add(&resident.0.sub, template_id).await?;
    }
    Ok(StatusCode::NO_CONTENT)
}
