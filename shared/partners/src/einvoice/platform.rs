use super::{Confirmation, FileKind, InvoiceOrder, InvoiceState, Reversal, ReversalOutcome, Submission};
use crate::PartnerError;
use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

/// What an e-invoice platform can do. Issuing is asynchronous everywhere: send, then ask.
#[async_trait]
pub trait EInvoicePlatform: Send + Sync {
    /// Sends the order. A repetition of a known order answers how it stands.
    async fn issue(&self, order: &InvoiceOrder, now: Timestamp) -> Result<Submission, PartnerError>;

    /// How an invoice (blue or red) stands.
    async fn query(&self, order_no: &str, now: Timestamp) -> Result<InvoiceState, PartnerError>;

    /// Issues a failed order again, after a person has logged in or mended what was wrong.
    async fn retry(&self, order_no: &str, now: Timestamp) -> Result<(), PartnerError>;

    /// Asks for a red invoice against an issued one.
    async fn reverse(&self, reversal: &Reversal, now: Timestamp) -> Result<ReversalOutcome, PartnerError>;

    /// How the confirmation form of a reversal stands.
    async fn confirmation(&self, confirm_serial_no: &str, now: Timestamp) -> Result<Confirmation, PartnerError>;

    /// Fetches a file from the address a query gave. Only from the platform's hosts, at most 1 MiB, and only if the bytes
    /// are of the kind asked for.
    async fn fetch_file(&self, url: &str, kind: FileKind) -> Result<Bytes, PartnerError>;
}
