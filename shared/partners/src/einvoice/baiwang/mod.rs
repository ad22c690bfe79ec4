//! 百望云, SMB line `baiwang.s.outputinvoice.*`. Where two sources disagree or are silent (codes, the words of a face-scan
//! failure) the values are settings with defaults.

mod call;
mod files;
mod issue;
mod lines;
mod query;
mod retry;
mod reverse;
mod settings;
pub mod sign;
mod token;

pub use settings::{BaiwangCodes, BaiwangSettings, TokenVersion};

use super::{
    Confirmation, EInvoicePlatform, FileKind, InvoiceOrder, InvoiceState, Reversal, ReversalOutcome, Submission,
};
use crate::PartnerError;
use async_trait::async_trait;
use bytes::Bytes;
use heatpay_ports::{Ids, Outbound};
use jiff::Timestamp;
use std::{fmt, sync::Arc};
use tokio::sync::Mutex;

/// The platform's name for the probe and in errors.
pub const BAIWANG: &str = "baiwang";

/// A seller's account at 百望云.
pub struct Baiwang {
    settings: BaiwangSettings,
    base_url: String,
    outbound: Outbound,
    ids: Arc<dyn Ids>,
    token: Mutex<Option<token::CachedToken>>,
}

impl Baiwang {
    /// `base_url` is `https://openapi.baiwang.com` in production.
    pub fn new(settings: BaiwangSettings, base_url: &str, outbound: Outbound, ids: Arc<dyn Ids>) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { settings, base_url, outbound, ids, token: Mutex::new(None) }
    }
}

impl fmt::Debug for Baiwang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Baiwang").field("settings", &self.settings).field("base_url", &self.base_url).finish()
    }
}

#[async_trait]
impl EInvoicePlatform for Baiwang {
    async fn issue(&self, order: &InvoiceOrder, now: Timestamp) -> Result<Submission, PartnerError> {
        self.send_order(order, now).await
    }
    async fn query(&self, order_no: &str, now: Timestamp) -> Result<InvoiceState, PartnerError> {
        self.query_order(order_no, now).await
    }
    async fn retry(&self, order_no: &str, now: Timestamp) -> Result<(), PartnerError> {
        self.retry_order(order_no, now).await
    }
    async fn reverse(&self, reversal: &Reversal, now: Timestamp) -> Result<ReversalOutcome, PartnerError> {
        self.send_reversal(reversal, now).await
    }
    async fn confirmation(&self, confirm_serial_no: &str, now: Timestamp) -> Result<Confirmation, PartnerError> {
        self.query_confirmation(confirm_serial_no, now).await
    }
    async fn fetch_file(&self, url: &str, kind: FileKind) -> Result<Bytes, PartnerError> {
        self.download(url, kind).await
    }
}
