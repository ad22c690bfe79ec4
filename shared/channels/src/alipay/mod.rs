//! 支付宝开放平台, the classic gateway, RSA2, with a public key or with certificates.

mod answer;
mod bill;
mod biz;
mod certificates;
mod close;
mod exchange;
mod failure;
mod notification;
mod order;
mod packed;
mod query;
mod refund;
mod settings;
mod sign_in;
pub mod signature;
mod statement;
mod time;
mod verify;

pub use answer::{Inner, cut};
pub use certificates::{certificate_sn, root_sn};
pub use settings::{AlipaySettings, AlipaySettingsError};
pub use sign_in::SignIn;

use crate::{
    ChannelError, CloseOutcome, Notification, NotificationError, OrderRef, OrderRequest, OrderState, PaymentChannel,
    RefundRequest, RefundState, StatementFile, StatementLines, StatementSource,
};
use async_trait::async_trait;
use heatpay_domain::{Channel, payment::Scene, statement::BadStatement};
use heatpay_ports::Outbound;
use http::HeaderMap;
use jiff::{Timestamp, civil::Date};
use signature::AppKey;
use std::collections::BTreeMap;
use verify::Verifier;

/// Alipay, for one merchant.
pub struct Alipay {
    settings: AlipaySettings,
    gateway: String,
    notify_url: String,
    app_key: AppKey,
    verifier: Verifier,
    outbound: Outbound,
}

impl Alipay {
    /// With the merchant's settings. `base_url` is the gateway's host, `notify_url` where Alipay posts to.
    pub fn new(
        settings: AlipaySettings,
        base_url: &str,
        notify_url: &str,
        outbound: Outbound,
    ) -> Result<Self, AlipaySettingsError> {
        settings.check()?;
        let app_key = AppKey::read(&settings.app_private_key)?;
        let verifier = Verifier::new(&settings)?;
        let gateway = format!("{}/gateway.do", base_url.trim_end_matches('/'));
        Ok(Self { settings, gateway, notify_url: notify_url.to_owned(), app_key, verifier, outbound })
    }

    /// The mini-program whose users sign in and pay in it.
    pub fn mini_program(&self) -> &str {
        self.settings.op_app_id.as_deref().unwrap_or(&self.settings.app_id)
    }
}

#[async_trait]
impl PaymentChannel for Alipay {
    fn channel(&self) -> Channel {
        Channel::Alipay
    }

    fn merchant(&self) -> &str {
        &self.settings.seller_id
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
        self.ask_refund(refund, now).await
    }

    fn statements(&self) -> Option<&dyn StatementSource> {
        Some(self)
    }

    /// All that is signed stands in the body; `headers` say nothing.
    async fn read_notification(
        &self,
        _headers: &HeaderMap,
        body: &[u8],
        _now: Timestamp,
    ) -> Result<Notification, NotificationError> {
        self.open_notification(body)
    }
}

#[async_trait]
impl StatementSource for Alipay {
    async fn fetch_statement(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        self.fetch_bill(day, now).await
    }

    fn read_statement<'a>(&self, file: &'a [u8], day: Date) -> Result<StatementLines<'a>, BadStatement> {
        bill::read(file, &self.settings.seller_id, day)
    }
}
