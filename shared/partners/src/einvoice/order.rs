use heatpay_domain::{Fen, InvoiceNo, invoice::InvoiceTitle};
use jiff::Timestamp;
use rust_decimal::Decimal;

/// An invoice to issue. The same order sent again is the same invoice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceOrder {
    /// The order number, by which the platform knows a repetition.
    pub order_no: InvoiceNo,
    /// When it was asked for; part of the order, so it stays the same in every repetition.
    pub ordered_at: Timestamp,
    /// General or special.
    pub kind: InvoiceKind,
    /// The buyer: a person, or (with a tax number) a company.
    pub title: InvoiceTitle,
    /// What was sold, at least one line.
    pub lines: Vec<InvoiceLine>,
    /// Address, account number, season, area; at most 200 characters go out.
    pub remarks: String,
}

/// What the buyer may do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvoiceKind {
    /// 普通发票.
    General,
    /// 专用发票: for companies, never for exempt sales.
    Special,
}

/// One line. Amounts include the tax; in a reversal of a part they are negative.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvoiceLine {
    /// The goods as the seller calls them, without the `*short name*` that the platform puts in front.
    pub name: String,
    /// 19 digits of the tax classification.
    pub tax_code: String,
    /// 平方米, 千瓦时 …
    pub unit: String,
    /// How much of it, positive; none where the line is a flat fee.
    pub quantity: Option<Decimal>,
    /// What the buyer pays for the line, tax included.
    pub amount: Fen,
    /// The tax in it.
    pub tax: LineTax,
}

/// How a line is taxed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineTax {
    /// Exempt (免税): heat for residents in the 三北 regions while the policy is in force.
    Exempt,
    /// Taxed.
    Taxed {
        /// The rate in millionths: 90 000 is 9 %.
        rate_ppm: u32,
        /// The tax in the line's amount.
        tax: Fen,
    },
}

impl InvoiceLine {
    /// The tax in the line, in fen.
    pub fn tax_amount(&self) -> Fen {
        match self.tax {
            LineTax::Exempt => Fen(0),
            LineTax::Taxed { tax, .. } => tax,
        }
    }
}
