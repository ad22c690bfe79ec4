//! E-invoices (数电发票): one trait, a folder a platform.

pub mod baiwang;
mod order;
mod platform;
mod state;

pub use order::{InvoiceKind, InvoiceLine, InvoiceOrder};
pub use platform::EInvoicePlatform;
pub use state::{
    Confirmation, FileKind, InvoiceState, IssuedInvoice, RedReason, Reversal, ReversalOutcome, Submission,
};
