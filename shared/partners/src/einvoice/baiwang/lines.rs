use crate::einvoice::InvoiceLine;
use heatpay_domain::{Fen, invoice::TaxTreatment};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::Serialize;

/// One line as the platform takes it; prices include the tax (`priceTaxMark` 1).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LineBody<'a> {
    goods_name: &'a str,
    goods_code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods_unit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods_quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    goods_price: Option<String>,
    goods_tax_rate: String,
    goods_total_price: String,
    goods_total_tax: String,
    goods_total_price_tax: String,
    invoice_line_nature: &'static str,
    preferential_mark: &'static str,
    vat_special_management: &'static str,
    free_tax_mark: &'static str,
}

impl<'a> LineBody<'a> {
    pub(super) fn of(line: &'a InvoiceLine) -> Self {
        let rate = match line.treatment {
            TaxTreatment::Exempt => "0".to_owned(),
            TaxTreatment::Taxed { rate_ppm } => Decimal::new(i64::from(rate_ppm), 6).normalize().to_string(),
        };
        let exempt = line.treatment == TaxTreatment::Exempt;
        // In a reversal the quantity goes negative with the amount; the price stays positive.
        let quantity = line.quantity.map(|quantity| if line.amount.0 < 0 { -quantity } else { quantity });
        Self {
            goods_name: &line.name,
            goods_code: &line.tax_code,
            goods_unit: line.unit.as_deref(),
            goods_quantity: quantity.map(|quantity| quantity.normalize().to_string()),
            goods_price: quantity.and_then(|quantity| unit_price(line.amount, quantity)),
            goods_tax_rate: rate,
            goods_total_price: Fen(line.amount.0 - line.tax.0).yuan(),
            goods_total_tax: line.tax.yuan(),
            goods_total_price_tax: line.amount.yuan(),
            invoice_line_nature: "0",
            preferential_mark: if exempt { "1" } else { "0" },
            vat_special_management: if exempt { "免税" } else { "" },
            free_tax_mark: if exempt { "1" } else { "" },
        }
    }
}

/// The price per unit to 8 decimals, so that quantity × price gives the amount back within the platform's 0.01.
fn unit_price(amount: Fen, quantity: Decimal) -> Option<String> {
    let price = Decimal::new(amount.0, 2).checked_div(quantity)?;
    Some(price.round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero).normalize().to_string())
}

/// The totals of the head: the sums of the lines, in yuan: without tax, tax, with tax.
pub(super) fn totals(lines: &[InvoiceLine]) -> Option<[String; 3]> {
    let gross = Fen::sum(lines.iter().map(|line| line.amount))?;
    let tax = Fen::sum(lines.iter().map(|line| line.tax))?;
    Some([gross.checked_sub(tax)?.yuan(), tax.yuan(), gross.yuan()])
}
