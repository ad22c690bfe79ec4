use super::Baiwang;
use crate::PartnerError;
use jiff::Timestamp;

impl Baiwang {
    /// The body is read from the platform's method list only; no source shows an answer.
    pub(super) async fn retry_order(&self, order_no: &str, now: Timestamp) -> Result<(), PartnerError> {
        let body = serde_json::json!({ "taxNo": self.settings.tax_no, "orderNos": [order_no] });
        let answer = self.call::<serde_json::Value>("baiwang.s.outputinvoice.retry", &body, now).await?;
        answer.map(|_| ()).map_err(|rejection| rejection.into_error(&self.settings.codes))
    }
}
