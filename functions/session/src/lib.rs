//! A resident signs in, by WeChat, by Alipay or by an SMS code, binds the households he may see, and leaves if he wants to. What he may see stands in the access
//! token, so that looking up a bill reads nothing to know who asks.

mod account;
mod alipay;
mod bind;
mod client;
mod forget;
mod grants;
mod households;
mod limits;
mod notices;
mod refresh;
mod reply;
mod sign_out;
mod sms;
mod sms_codes;
mod templates;
mod tokens;
mod unbind;
mod weixin;

use axum::{Router, extract::FromRef};
use heatpay_channels::alipay::Alipay;
use heatpay_partners::{
    sms::{
        SmsSender,
        aliyun::{AliyunSms, AliyunSmsSettings},
    },
    weixin::{Weixin, WeixinSettings},
};
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{BootError, Context, auth::Tokens, personal_data::PersonalData};
use heatpay_store::{
    households::Households,
    residents::{Grants, Residents},
    sessions::{Sessions, SmsCodes, Throttles},
};
use std::sync::Arc;
use templates::Templates;
use utoipa_axum::{router::OpenApiRouter, routes};

#[derive(Clone)]
pub(crate) struct App {
    tokens: Tokens,
    households: Households,
    residents: Residents,
    grants: Grants,
    sessions: Sessions,
    codes: SmsCodes,
    throttles: Throttles,
    personal_data: Arc<PersonalData>,
    weixin: Arc<Weixin>,
    /// `None`: the company is no merchant of Alipay.
    alipay: Option<Arc<Alipay>>,
    sms: Arc<dyn SmsSender>,
    templates: Arc<Templates>,
    limits: limits::Limits,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

impl FromRef<App> for Tokens {
    fn from_ref(app: &App) -> Self {
        app.tokens.clone()
    }
}

/// The step's routes.
pub async fn router(context: Context) -> Result<Router, BootError> {
    let personal_data = PersonalData::new(&context.secret("PERSONAL_DATA_SECRET_ID").await?)
        .map_err(|error| BootError::Unusable { what: "the personal-data secret", source: Box::new(error) })?;
    let weixin: WeixinSettings = context.secret("WEIXIN_SECRET_ID").await?;
    let aliyun: AliyunSmsSettings = context.secret("ALIYUN_SECRET_ID").await?;
    let base_url = |name, default| context.settings.optional(name).unwrap_or(default);
    let weixin_url = base_url("WEIXIN_BASE_URL", "https://api.weixin.qq.com");
    let aliyun_url = base_url("ALIYUN_SMS_BASE_URL", "https://dysmsapi.aliyuncs.com");
    let app = App {
        tokens: Tokens::of(&context).await?,
        households: Households::of(&context)?,
        residents: Residents::of(&context)?,
        grants: Grants::of(&context)?,
        sessions: Sessions::of(&context)?,
        codes: SmsCodes::of(&context)?,
        throttles: Throttles::of(&context)?,
        personal_data: Arc::new(personal_data),
        weixin: Arc::new(Weixin::new(weixin, weixin_url, context.outbound.clone())),
        alipay: heatpay_channels::alipay_of(&context).await?.map(Arc::new),
        sms: Arc::new(AliyunSms::new(aliyun, aliyun_url, context.outbound.clone(), context.ids.clone())),
        templates: Arc::new(Templates::of(&context).await?),
        limits: limits::Limits::of(&context.settings)?,
        clock: context.clock,
        ids: context.ids,
    };
    Ok(Router::from(routes()).with_state(app))
}

/// What the routes take and answer.
pub fn openapi() -> utoipa::openapi::OpenApi {
    routes().into_openapi()
}

fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(weixin::sign_in_by_weixin))
        .routes(routes!(alipay::sign_in_by_alipay))
        .routes(routes!(sms_codes::send_sms_code))
        .routes(routes!(sms::sign_in_by_sms))
        .routes(routes!(refresh::refresh_session))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(households::list_households, bind::bind_household))
        .routes(routes!(unbind::unbind_household))
        .routes(routes!(notices::choose_notices))
        .routes(routes!(grants::grant_notices))
        .routes(routes!(account::show_account, forget::delete_account))
}
