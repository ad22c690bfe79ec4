use super::InvoiceLine;
use heatpay_domain::Fen;
use jiff::Timestamp;

/// What came of sending an invoice order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Submission {
    /// Taken; ask for its state.
    Accepted {
        /// The platform's number.
        serial_no: String,
    },
    /// The platform had this order already: here is how it stands.
    AlreadyThere(InvoiceState),
}

/// How an invoice stands at the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InvoiceState {
    /// The platform knows no such order: send it (again, with the same number).
    Unknown,
    /// Under way.
    Issuing,
    /// Issued.
    Issued(Box<IssuedInvoice>),
    /// It waits for a person: the drawer's login at the tax bureau wants a face scan. Then `retry`.
    NeedsLogin {
        /// The platform's words.
        message: String,
    },
    /// Failed for another reason; a person must look.
    Failed {
        /// The platform's words.
        message: String,
    },
    /// Being voided.
    Voiding,
    /// Voided.
    Voided,
}

/// An issued invoice, blue or red.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IssuedInvoice {
    /// The platform's number.
    pub serial_no: String,
    /// 数电发票号码, 20 digits.
    pub invoice_no: String,
    /// When the tax bureau issued it.
    pub issued_at: Option<Timestamp>,
    /// The total with tax; negative for a red one.
    pub amount: Option<Fen>,
    /// The tax in it.
    pub tax: Option<Fen>,
    /// Where the rendering can be fetched for a while.
    pub pdf_url: Option<String>,
    /// Where the original in OFD can be fetched for a while.
    pub ofd_url: Option<String>,
    /// Where the original in XML can be fetched for a while.
    pub xml_url: Option<String>,
}

/// A red invoice (红字发票) against an issued one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// The red invoice's own order number.
    pub order_no: String,
    /// The order number of the invoice to reverse.
    pub original: String,
    /// Why.
    pub reason: RedReason,
    /// Empty: the whole invoice. Else the part, with negative amounts.
    pub lines: Vec<InvoiceLine>,
}

/// Why an invoice is reversed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedReason {
    /// 开票有误.
    IssuedInError,
    /// 销货退回.
    Returned,
    /// 服务中止: the usual one when a heating fee is refunded.
    ServiceEnded,
    /// 销售折让.
    Allowance,
}

impl RedReason {
    /// The tax bureau's label.
    pub fn label(self) -> &'static str {
        match self {
            Self::IssuedInError => "01",
            Self::Returned => "02",
            Self::ServiceEnded => "03",
            Self::Allowance => "04",
        }
    }

    /// The reason of a label.
    pub fn of_label(label: &str) -> Option<Self> {
        [Self::IssuedInError, Self::Returned, Self::ServiceEnded, Self::Allowance]
            .into_iter()
            .find(|reason| reason.label() == label)
    }
}

/// What came of asking for a reversal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReversalOutcome {
    /// Taken; ask for the state of the red order.
    Accepted {
        /// The platform's number of the red invoice.
        serial_no: String,
    },
    /// The other party must confirm first, within 72 hours.
    AwaitsConfirmation {
        /// The number of the confirmation form.
        confirm_serial_no: String,
    },
    /// The platform had this red order already: here is how it stands.
    AlreadyThere(InvoiceState),
}

/// How the confirmation form of a reversal stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// None is needed, or both have confirmed: ask for the state of the red order.
    Confirmed,
    /// The buyer has not confirmed.
    AwaitsBuyer,
    /// We have not confirmed.
    AwaitsSeller,
    /// Rejected, revoked or lapsed.
    Ended {
        /// The platform's state code.
        code: String,
    },
}

/// A file of an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileKind {
    /// The rendering people look at.
    Pdf,
    /// The legal original, laid out.
    Ofd,
    /// The legal original, data.
    Xml,
}
