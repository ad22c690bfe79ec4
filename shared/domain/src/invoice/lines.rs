use super::{TaxPolicy, TaxRule, TaxTreatment, tax_in};
use crate::{
    BillNo, Fen, Season,
    bill::Bill,
    household::UseCategory,
    payment::{Allocation, Payment},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// One line of an invoice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceLine {
    /// The bill it comes from.
    pub bill_no: BillNo,
    /// The season.
    pub season: Season,
    /// What was sold; the platform puts the short name of the code in front.
    pub goods_name: String,
    /// 19 digits.
    pub goods_code: String,
    /// Exempt, or taxed at a rate.
    pub treatment: TaxTreatment,
    /// The price with tax.
    pub gross: Fen,
    /// The price without tax.
    pub net: Fen,
    /// The tax; `net + tax` is `gross`.
    pub tax: Fen,
}

/// The sums of an invoice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceTotals {
    /// With tax.
    pub gross: Fen,
    /// Without tax.
    pub net: Fen,
    /// The tax.
    pub tax: Fen,
}

/// Why a payment has no invoice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotInvoice {
    /// The payment has not been paid.
    #[error("the payment is not paid")]
    NotPaid,
    /// A bill that the payment paid was not given.
    #[error("bill {0} is missing")]
    MissingBill(BillNo),
    /// The company's tax policy does not say how to tax it.
    #[error("no tax rule for {} on {on}", .use_category.name())]
    NoTaxRule {
        /// The use.
        use_category: UseCategory,
        /// The day of the payment.
        on: Date,
    },
}

/// The invoice lines of a paid payment: of each bill the fee after the discount, and the late fee as its own line. `bills`
/// are the bills of its allocations. Lines of nothing are left out.
pub fn invoice_lines(payment: &Payment, bills: &[Bill], policy: &TaxPolicy) -> Result<Vec<InvoiceLine>, CannotInvoice> {
    let paid_at = payment.paid_at.ok_or(CannotInvoice::NotPaid)?;
    let on = crate::calendar::civil_date(paid_at);
    let mut lines = Vec::with_capacity(payment.allocations.len());
    for part in &payment.allocations {
        let bill = bills.iter().find(|bill| bill.bill_no == part.bill_no);
        let use_category = bill.ok_or_else(|| CannotInvoice::MissingBill(part.bill_no.clone()))?.use_category;
        let rule = policy.rule(use_category, on).ok_or(CannotInvoice::NoTaxRule { use_category, on })?;
        let fee = (rule.goods_name.as_str(), part.principal.less(part.discount));
        let late_fee = (rule.late_fee_name.as_str(), part.late_fee);
        let charged = [fee, late_fee].into_iter().filter(|(_, gross)| gross.is_positive());
        lines.extend(charged.map(|(name, gross)| line(part, rule, name, gross)));
    }
    Ok(lines)
}

fn line(part: &Allocation, rule: &TaxRule, goods_name: &str, gross: Fen) -> InvoiceLine {
    let tax = tax_in(gross, rule.treatment);
    InvoiceLine {
        bill_no: part.bill_no.clone(),
        season: part.season,
        goods_name: goods_name.to_owned(),
        goods_code: rule.goods_code.clone(),
        treatment: rule.treatment,
        gross,
        net: gross.less(tax),
        tax,
    }
}

/// The seasons of the lines, oldest first, each once.
pub fn seasons(lines: &[InvoiceLine]) -> Vec<Season> {
    let mut seasons: Vec<Season> = lines.iter().map(|line| line.season).collect();
    seasons.sort_unstable();
    seasons.dedup();
    seasons
}

/// The sums over the lines, `None` where they do not fit.
pub fn totals(lines: &[InvoiceLine]) -> Option<InvoiceTotals> {
    Some(InvoiceTotals {
        gross: Fen::sum(lines.iter().map(|line| line.gross))?,
        net: Fen::sum(lines.iter().map(|line| line.net))?,
        tax: Fen::sum(lines.iter().map(|line| line.tax))?,
    })
}
