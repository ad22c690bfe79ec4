//! The sums the platform checks before it goes to the tax bureau.

use super::{
    reading::{amount, decimal, optional, required},
    rejection::{BREAKS_A_RULE, Rejection, rejected},
};
use rust_decimal::{Decimal, RoundingStrategy};
use serde_json::Value;

/// A cent a line.
const LINE_TOLERANCE: Decimal = Decimal::from_parts(1, 0, 0, false, 2);
/// Six cents an invoice.
const INVOICE_TOLERANCE: Decimal = Decimal::from_parts(6, 0, 0, false, 2);

/// Without tax, tax, with tax.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sums {
    pub(super) net: Decimal,
    pub(super) tax: Decimal,
    pub(super) gross: Decimal,
}

/// Checks every line and adds them up.
pub(super) fn check_lines(lines: &[Value], special: bool, red: bool) -> Result<Sums, Rejection> {
    let mut sums = Sums::default();
    for line in lines {
        let checked = check_line(line, special)?;
        if (checked.gross.is_sign_negative() && !checked.gross.is_zero()) != red || checked.gross.is_zero() {
            return Err(broken("蓝票金额应为正,红票金额应为负"));
        }
        sums.net += checked.net;
        sums.tax += checked.tax;
        sums.gross += checked.gross;
    }
    Ok(sums)
}

/// The head's totals against the lines' sums.
pub(super) fn check_totals(body: &Value, sums: Sums) -> Result<(), Rejection> {
    let totals = [("invoiceTotalPrice", sums.net), ("invoiceTotalTax", sums.tax), ("invoiceTotalPriceTax", sums.gross)];
    for (name, sum) in totals {
        if (amount(body, name)? - sum).abs() > INVOICE_TOLERANCE {
            return Err(broken(format!("{name} 与明细合计不符")));
        }
    }
    Ok(())
}

fn check_line(line: &Value, special: bool) -> Result<Sums, Rejection> {
    required(line, "goodsName")?;
    let code = required(line, "goodsCode")?;
    if code.len() != 19 || !code.bytes().all(|b| b.is_ascii_digit()) {
        return Err(broken("goodsCode 应为19位税收分类编码"));
    }
    let rate = decimal(line, "goodsTaxRate")?;
    let sums = Sums {
        net: amount(line, "goodsTotalPrice")?,
        tax: amount(line, "goodsTotalTax")?,
        gross: amount(line, "goodsTotalPriceTax")?,
    };
    if sums.net + sums.tax != sums.gross {
        return Err(broken("价税合计不等于金额加税额"));
    }
    check_exemption(line, rate, sums, special)?;
    let whole = Decimal::ONE + rate;
    let net = sums.gross.checked_div(whole).ok_or_else(|| broken("goodsTaxRate 有误"))?;
    let tax = (sums.gross - net).round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    if (tax - sums.tax).abs() > LINE_TOLERANCE {
        return Err(broken(format!("税额误差超过0.01:应为{tax},实为{}", sums.tax)));
    }
    if !optional(line, "goodsQuantity").is_empty() {
        let product = decimal(line, "goodsQuantity")?.checked_mul(decimal(line, "goodsPrice")?);
        if product.is_none_or(|product| (product - sums.gross).abs() > LINE_TOLERANCE) {
            return Err(broken("数量×单价与金额不符"));
        }
    }
    Ok(sums)
}

/// Exempt: rate 0, `freeTaxMark` 1, `preferentialMark` 1, 免税, no tax, never on a special invoice.
fn check_exemption(line: &Value, rate: Decimal, sums: Sums, special: bool) -> Result<(), Rejection> {
    let exempt = optional(line, "freeTaxMark") == "1";
    if !exempt {
        let known = ["0.01", "0.03", "0.05", "0.06", "0.09", "0.13"];
        if !known.iter().any(|text| text.parse() == Ok(rate)) {
            return Err(broken(format!("goodsTaxRate 有误:{rate}")));
        }
        return Ok(());
    }
    if special {
        return Err(broken("免税项目不得开具专用发票"));
    }
    let marked = optional(line, "preferentialMark") == "1" && optional(line, "vatSpecialManagement") == "免税";
    if !rate.is_zero() || !sums.tax.is_zero() || !marked {
        return Err(broken("免税项目的税率、税额或优惠政策标识有误"));
    }
    Ok(())
}

fn broken(message: impl Into<String>) -> Rejection {
    rejected(BREAKS_A_RULE, message)
}
