use crate::{ChannelError, PaymentChannel, StatementSource, alipay::Alipay, unionpay::Unionpay, wechatpay::Wechatpay};
use heatpay_domain::Channel;
use heatpay_runtime::{BootError, Context};
use std::{collections::BTreeMap, sync::Arc};

/// Alipay's host.
const ALIPAY: &str = "https://openapi.alipay.com";

/// WeChat Pay's host.
const WECHATPAY: &str = "https://api.mch.weixin.qq.com";

/// The channels the company is a merchant of.
#[derive(Clone)]
pub struct Channels(Arc<BTreeMap<Channel, Arc<dyn PaymentChannel>>>);

impl Channels {
    /// Those whose secret the function's settings name: `WECHATPAY_SECRET_ID` with `WECHATPAY_BASE_URL`, and so on.
    /// `PUBLIC_BASE_URL` is where they post to.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let mut channels: Vec<Arc<dyn PaymentChannel>> = Vec::new();
        channels.push(Arc::new(wechatpay(context).await?));
        if let Some(alipay) = alipay(context).await? {
            channels.push(Arc::new(alipay));
        }
        if let Some(unionpay) = unionpay(context).await? {
            channels.push(Arc::new(unionpay));
        }
        Ok(Self::new(channels))
    }

    /// Exactly these.
    pub fn new(channels: impl IntoIterator<Item = Arc<dyn PaymentChannel>>) -> Self {
        Self(Arc::new(channels.into_iter().map(|channel| (channel.channel(), channel)).collect()))
    }

    /// The channel; an error for one the company is no merchant of.
    pub fn get(&self, channel: Channel) -> Result<&dyn PaymentChannel, ChannelError> {
        let found = self.0.get(&channel).map(AsRef::as_ref);
        found.ok_or_else(|| ChannelError::Misconfigured { channel, code: "not_a_merchant".to_owned() })
    }

    /// The channel's statements; `None` for a channel that makes none, or that the company is no merchant of.
    pub fn statements(&self, channel: Channel) -> Option<&dyn StatementSource> {
        self.0.get(&channel)?.statements()
    }

    /// The channels the company is a merchant of and that make statements.
    pub fn with_statements(&self) -> Vec<Channel> {
        self.0.keys().copied().filter(|channel| self.statements(*channel).is_some()).collect()
    }
}

/// Where a channel posts its notifications. Steps that never place an order or send a refund have no need of it.
fn notify_url(context: &Context, channel: Channel) -> String {
    let public_url = context.settings.optional("PUBLIC_BASE_URL").unwrap_or_default();
    format!("{public_url}/callbacks/{}", channel.name())
}

async fn wechatpay(context: &Context) -> Result<Wechatpay, BootError> {
    let settings = context.secret("WECHATPAY_SECRET_ID").await?;
    let base_url = context.settings.optional("WECHATPAY_BASE_URL").unwrap_or(WECHATPAY);
    let notify_url = notify_url(context, Channel::Wechatpay);
    Wechatpay::new(settings, base_url, &notify_url, context.outbound.clone(), context.ids.clone())
        .map_err(|e| BootError::Unusable { what: "the WeChat Pay secret", source: Box::new(e) })
}

/// Alipay with the secret that `ALIPAY_SECRET_ID` names, at `ALIPAY_BASE_URL`. `None` without the setting, or while the secret is
/// the empty object it is made as: the company is no merchant there.
pub async fn alipay(context: &Context) -> Result<Option<Alipay>, BootError> {
    if context.settings.optional("ALIPAY_SECRET_ID").is_none() {
        return Ok(None);
    }
    let secret: serde_json::Value = context.secret("ALIPAY_SECRET_ID").await?;
    if secret.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(None);
    }
    let unusable = |source| BootError::Unusable { what: "the Alipay secret", source };
    let settings = serde_json::from_value(secret).map_err(|e| unusable(Box::new(e)))?;
    let base_url = context.settings.optional("ALIPAY_BASE_URL").unwrap_or(ALIPAY);
    let notify_url = notify_url(context, Channel::Alipay);
    let alipay = Alipay::new(settings, base_url, &notify_url, context.outbound.clone());
    alipay.map(Some).map_err(|e| unusable(Box::new(e)))
}

/// `None` where no secret is named, or where it is still empty: the company is no merchant of UnionPay.
async fn unionpay(context: &Context) -> Result<Option<Unionpay>, BootError> {
    if context.settings.optional("UNIONPAY_SECRET_ID").is_none() {
        return Ok(None);
    }
    let secret: serde_json::Map<String, serde_json::Value> = context.secret("UNIONPAY_SECRET_ID").await?;
    if secret.is_empty() {
        return Ok(None);
    }
    let unusable = |source| BootError::Unusable { what: "the UnionPay secret", source };
    let settings = serde_json::from_value(secret.into()).map_err(|e| unusable(e.into()))?;
    let url = |name| context.settings.optional(name);
    let notify_url = notify_url(context, Channel::Unionpay);
    Unionpay::new(settings, url("UNIONPAY_BASE_URL"), url("UNIONPAY_FILE_URL"), &notify_url, context.outbound.clone())
        .map(Some)
        .map_err(|e| unusable(e.into()))
}
