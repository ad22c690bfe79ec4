//! 微信支付 APIv3, direct merchant, RSA.

mod certificates;
mod close;
mod exchange;
mod failure;
mod notification;
mod order;
mod query;
mod refund;
pub mod resource;
mod settings;
pub mod signature;
mod statement;
mod transaction;
mod verify;

pub use settings::{WechatpaySettings, WechatpaySettingsError};

use crate::{
    ChannelError, CloseOutcome, Notification, NotificationError, OrderRef, OrderRequest, OrderState, PaymentChannel,
    RefundRequest, RefundState, StatementSource,
};
use async_trait::async_trait;
use heatpay_domain::{Channel, payment::Scene};
use heatpay_ports::{Ids, Outbound};
use http::HeaderMap;
use jiff::Timestamp;
use signature::MerchantKey;
use std::{
    collections::BTreeMap,
    sync::{Arc, atomic::AtomicI64},
};
use verify::Verifier;

/// WeChat Pay, for one merchant.
pub struct Wechatpay {
    settings: WechatpaySettings,
    base_url: String,
    fallback_base_url: Option<String>,
    notify_url: String,
    merchant_key: MerchantKey,
    verifier: Verifier,
    /// When the platform certificates were last asked for, in Unix seconds.
    certificates_asked_at: AtomicI64,
    outbound: Outbound,
    ids: Arc<dyn Ids>,
}

impl Wechatpay {
    /// With the merchant's settings. `base_url` is WeChat Pay's host, `notify_url` where it posts to.
    pub fn new(
        settings: WechatpaySettings,
        base_url: &str,
        notify_url: &str,
        outbound: Outbound,
        ids: Arc<dyn Ids>,
    ) -> Result<Self, WechatpaySettingsError> {
        let merchant_key = MerchantKey::from_pem(&settings.merchant_private_key)?;
        let verifier = Verifier::new(&settings)?;
        settings.check()?;
        let base_url = base_url.trim_end_matches('/').to_owned();
        // WeChat's own twin for disasters.
        let own_twin =
            || (base_url == "https://api.mch.weixin.qq.com").then(|| "https://api2.mch.weixin.qq.com".to_owned());
        let fallback_base_url = settings.fallback_base_url.clone().or_else(own_twin);
        Ok(Self {
            settings,
            base_url,
            fallback_base_url,
            notify_url: notify_url.to_owned(),
            merchant_key,
            verifier,
            certificates_asked_at: AtomicI64::new(i64::MIN),
            outbound,
            ids,
        })
    }
}

#[async_trait]
impl PaymentChannel for Wechatpay {
    fn channel(&self) -> Channel {
        Channel::Wechatpay
    }

    fn merchant(&self) -> &str {
        &self.settings.mchid
    }

    async fn place_order(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
        self.place(order, now).await
    }

    fn client_parameters(&self, scene: Scene, handle: &str, now: Timestamp) -> BTreeMap<String, String> {
        self.parameters(scene, handle, now)
    }

    async fn query_order(&self, order: &OrderRef, now: Timestamp) -> Result<OrderState, ChannelError> {
        self.ask(&order.payment_no, now).await
    }

    async fn close_order(&self, order: &OrderRef, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        self.close(&order.payment_no, now).await
    }

    async fn refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError> {
        self.send_refund(refund, now).await
    }

    async fn query_refund(&self, refund: &RefundRequest, now: Timestamp) -> Result<RefundState, ChannelError> {
        self.ask_refund(&refund.refund_no, now).await
    }

    fn statements(&self) -> Option<&dyn StatementSource> {
        Some(self)
    }

    async fn read_notification(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, NotificationError> {
        self.open_notification(headers, body, now).await
    }
}
