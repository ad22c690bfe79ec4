use crate::{ChannelError, PaymentChannel, wechatpay::Wechatpay};
use heatpay_domain::Channel;
use heatpay_runtime::{BootError, Context};
use std::sync::Arc;

/// WeChat Pay's host.
const WECHATPAY: &str = "https://api.mch.weixin.qq.com";

/// The channels the company is a merchant of.
#[derive(Clone)]
pub struct Channels {
    wechatpay: Arc<dyn PaymentChannel>,
}

impl Channels {
    /// From the secret `WECHATPAY_SECRET_ID` and the settings `WECHATPAY_BASE_URL` and `PUBLIC_BASE_URL`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        let settings = context.secret("WECHATPAY_SECRET_ID").await?;
        let base_url = context.settings.optional("WECHATPAY_BASE_URL").unwrap_or(WECHATPAY);
        // Steps that never place an order or send a refund have no need of it.
        let public_url = context.settings.optional("PUBLIC_BASE_URL").unwrap_or_default();
        let notify_url = format!("{public_url}/callbacks/wechatpay");
        let wechatpay = Wechatpay::new(settings, base_url, &notify_url, context.outbound.clone(), context.ids.clone())
            .map_err(|e| BootError::Unusable { what: "the WeChat Pay secret", source: Box::new(e) })?;
        Ok(Self { wechatpay: Arc::new(wechatpay) })
    }

    /// A given WeChat Pay: for a world that plays it in the process itself.
    pub fn given(wechatpay: Arc<dyn PaymentChannel>) -> Self {
        Self { wechatpay }
    }

    /// The channel; an error for one the company is no merchant of.
    pub fn get(&self, channel: Channel) -> Result<&dyn PaymentChannel, ChannelError> {
        match channel {
            Channel::Wechatpay => Ok(self.wechatpay.as_ref()),
            Channel::Alipay | Channel::Unionpay => {
                Err(ChannelError::Misconfigured { channel, code: "not_a_merchant".to_owned() })
            }
        }
    }
}
