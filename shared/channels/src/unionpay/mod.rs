//! 银联全渠道 (ACP 5.1.0, RSA certificates), direct merchant.

mod archive;
mod certificates;
mod close;
mod exchange;
pub mod fields;
mod notification;
mod order;
mod query;
mod refund;
mod response;
mod settings;
pub mod signature;
mod statement;
mod times;
mod zm;

pub use settings::{Environment, UnionpaySettings, UnionpaySettingsError};

use crate::{
    ChannelError, CloseOutcome, Notification, NotificationError, OrderRef, OrderRequest, OrderState, PaymentChannel,
    RefundRequest, RefundState, StatementFile, StatementLines, StatementSource,
};
use async_trait::async_trait;
use certificates::Verifier;
use heatpay_domain::{Channel, payment::Scene, statement::BadStatement};
use heatpay_ports::Outbound;
use http::HeaderMap;
use jiff::{Timestamp, civil::Date};
use signature::MerchantKey;
use std::collections::BTreeMap;

/// UnionPay, for one merchant.
pub struct Unionpay {
    settings: UnionpaySettings,
    base_url: String,
    files_url: String,
    notify_url: String,
    return_url: String,
    merchant_key: MerchantKey,
    verifier: Verifier,
    outbound: Outbound,
}

impl Unionpay {
    /// With the merchant's settings. `base_url` and `files_url` are UnionPay's gateway and its host of files, its own unless
    /// given; `notify_url` is where it posts to.
    pub fn new(
        settings: UnionpaySettings,
        base_url: Option<&str>,
        files_url: Option<&str>,
        notify_url: &str,
        outbound: Outbound,
    ) -> Result<Self, UnionpaySettingsError> {
        settings.check()?;
        let url = |given: Option<&str>, own: &str| given.unwrap_or(own).trim_end_matches('/').to_owned();
        Ok(Self {
            base_url: url(base_url, settings.environment.gateway()),
            files_url: url(files_url, settings.environment.files()),
            notify_url: notify_url.to_owned(),
            return_url: settings.return_url.clone().unwrap_or_else(|| format!("{notify_url}/return")),
            merchant_key: MerchantKey::from_pem(&settings.merchant_private_key)?,
            verifier: Verifier::new(&settings)?,
            settings,
            outbound,
        })
    }
}

#[async_trait]
impl PaymentChannel for Unionpay {
    fn channel(&self) -> Channel {
        Channel::Unionpay
    }

    fn merchant(&self) -> &str {
        &self.settings.mer_id
    }

    async fn place_order(&self, order: &OrderRequest, now: Timestamp) -> Result<String, ChannelError> {
        self.place(order, now).await
    }

    fn client_parameters(&self, scene: Scene, handle: &str, _: Timestamp) -> BTreeMap<String, String> {
        self.parameters(scene, handle)
    }

    async fn query_order(&self, order: &OrderRef, now: Timestamp) -> Result<OrderState, ChannelError> {
        self.ask(order, now).await
    }

    async fn close_order(&self, order: &OrderRef, now: Timestamp) -> Result<CloseOutcome, ChannelError> {
        self.close(order, now).await
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

    async fn read_notification(
        &self,
        _: &HeaderMap,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notification, NotificationError> {
        self.open_notification(body, now).await
    }
}

#[async_trait]
impl StatementSource for Unionpay {
    async fn fetch_statement(&self, day: Date, now: Timestamp) -> Result<Option<StatementFile>, ChannelError> {
        self.fetch_file(day, now).await
    }

    fn read_statement<'a>(&self, file: &'a [u8], day: Date) -> Result<StatementLines<'a>, BadStatement> {
        self.read_file(file, day)
    }
}
