//! The e-invoice (数电票) of a payment.

mod lines;
mod states;
mod tax;
mod title;
mod wanted;

pub use lines::{CannotInvoice, InvoiceLine, InvoiceTotals, invoice_lines, seasons, totals};
pub use states::{InvoiceEvent, InvoiceStatus};
pub use tax::{TaxPolicy, TaxRule, TaxTreatment, tax_in};
pub use title::InvalidTitle;
pub use wanted::WantedTitle;

use crate::{AccountNo, InvoiceNo, PaymentNo, ResidentId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The title (抬头) an invoice is made out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvoiceTitle {
    /// A person's or a company's name.
    pub name: String,
    /// A company's tax number; a person has none.
    pub tax_no: Option<String>,
    /// Where the platform sends the invoice.
    pub email: Option<String>,
}

/// Where the files of an issued invoice are kept with us.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceFiles {
    /// The rendering for people.
    pub pdf: Option<String>,
    /// The legal original as OFD.
    pub ofd: Option<String>,
    /// The legal original as XML.
    pub xml: Option<String>,
}

/// 红冲: the reversal of an issued invoice, from asking to the red invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceReversal {
    /// Our order number of the red invoice at the platform.
    pub order_no: String,
    /// The platform's reason label: `01` 开票有误, `02` 销货退回, `03` 服务中止, `04` 销售折让.
    pub label: String,
    /// The platform's number of the red invoice or of the confirmation it waits for.
    pub platform_serial: Option<String>,
    /// 20 digits, once issued.
    pub digital_invoice_no: Option<String>,
    /// When it was asked for.
    pub requested_at: Timestamp,
}

/// An invoice: one a payment, for what the payment paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// The payment's number with `I`; the order number at the platform.
    pub invoice_no: InvoiceNo,
    /// The payment.
    pub payment_no: PaymentNo,
    /// The household.
    pub account_no: AccountNo,
    /// Who asked for it.
    pub resident_id: ResidentId,
    /// Whom it is made out to.
    pub title: InvoiceTitle,
    /// What it invoices.
    pub lines: Vec<InvoiceLine>,
    /// Printed on it: address, household, season, area.
    pub remarks: String,
    /// Where it stands.
    pub status: InvoiceStatus,
    /// The platform's serial number.
    pub platform_serial: Option<String>,
    /// 数电票号码, 20 digits, once issued.
    pub digital_invoice_no: Option<String>,
    /// The platform's files, copied to our bucket.
    pub files: InvoiceFiles,
    /// The reversal, once asked for.
    pub reversal: Option<InvoiceReversal>,
    /// When it was asked for.
    pub requested_at: Timestamp,
    /// When the platform issued it.
    pub issued_at: Option<Timestamp>,
    /// How often the platform was asked about it.
    pub asked: u32,
    /// The platform's last words where it did not issue.
    pub error: Option<String>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}
