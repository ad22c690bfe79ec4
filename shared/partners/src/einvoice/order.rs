use heatpay_domain::{
    Fen, InvoiceNo,
    invoice::{InvoiceTitle, TaxTreatment},
};
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
    /// 平方米, 千瓦时 …; none where the line is a flat fee.
    pub unit: Option<String>,
    /// How much of it, positive; none where the line is a flat fee.
    pub quantity: Option<Decimal>,
    /// What the buyer pays for the line, tax included.
    pub amount: Fen,
    /// Exempt or taxed.
    pub treatment: TaxTreatment,
    /// The tax in the amount, as `heatpay_domain::invoice::tax_in` computes it.
    pub tax: Fen,
}
