//! Aliyun Dysmsapi 2017-05-25.

pub mod acs3;
mod call;
mod codes;
mod find_sent;
mod send;
mod settings;

pub use codes::{CodeClass, classify};
pub use settings::AliyunSmsSettings;

use super::{SentSms, Sms, SmsOutcome, SmsSender};
use crate::PartnerError;
use async_trait::async_trait;
use heatpay_ports::{Ids, Outbound};
use jiff::{Timestamp, civil::Date};
use std::{fmt, sync::Arc};

/// The provider's name for the probe and in errors.
pub const ALIYUN_SMS: &str = "aliyun_sms";

/// An account at Aliyun SMS.
pub struct AliyunSms {
    settings: AliyunSmsSettings,
    base_url: String,
    outbound: Outbound,
    ids: Arc<dyn Ids>,
}

impl AliyunSms {
    /// `base_url` is `https://dysmsapi.aliyuncs.com` in production; it has no path.
    pub fn new(settings: AliyunSmsSettings, base_url: &str, outbound: Outbound, ids: Arc<dyn Ids>) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { settings, base_url, outbound, ids }
    }
}

impl fmt::Debug for AliyunSms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AliyunSms").field("settings", &self.settings).field("base_url", &self.base_url).finish()
    }
}

#[async_trait]
impl SmsSender for AliyunSms {
    async fn send(&self, sms: &Sms, now: Timestamp) -> Result<SmsOutcome, PartnerError> {
        self.send_sms(sms, now).await
    }
    async fn find_sent(
        &self,
        phone: &str,
        date: Date,
        out_id: &str,
        now: Timestamp,
    ) -> Result<Option<SentSms>, PartnerError> {
        self.query_details(phone, date, out_id, now).await
    }
}
