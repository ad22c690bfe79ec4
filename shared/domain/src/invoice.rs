//! The e-invoice (数电票) of a payment.

use serde::{Deserialize, Serialize};

/// The title (抬头) an invoice is made out to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceTitle {
    /// A person's or a company's name.
    pub name: String,
    /// A company's tax number; a person has none.
    pub tax_no: Option<String>,
    /// Where the platform sends the invoice.
    pub email: Option<String>,
}
