use super::{
    Platform,
    amounts::check_lines,
    invoice::{Draft, StoredInvoice},
    issue::refuse_known_order,
    reading::{optional, required},
    rejection::{BREAKS_A_RULE, Failure, NOT_FOUND, RED_STATE, Rejection, rejected},
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

/// The fields of a line that turn negative in a red invoice; the price stays.
const TURNED: [&str; 4] = ["goodsQuantity", "goodsTotalPrice", "goodsTotalTax", "goodsTotalPriceTax"];

/// 快捷红冲: of the whole or of a part, done at once or after a confirmation, as the switch says.
pub(super) fn accept(platform: &Platform, body: &Value) -> Result<Value, Failure> {
    let order_no = required(body, "orderNo")?;
    if !["01", "02", "03", "04"].contains(&required(body, "redInvoiceLabel")?) {
        return Err(rejected(BREAKS_A_RULE, "redInvoiceLabel 有误").into());
    }
    refuse_known_order(platform, order_no)?;
    let original = original(platform, body)?;
    let lines = match required(body, "fastIssueRedType")? {
        "0" => original.lines().iter().map(turned).collect::<Result<Vec<_>, _>>()?,
        "1" => body["invoiceDetailList"].as_array().cloned().unwrap_or_default(),
        _ => return Err(rejected(BREAKS_A_RULE, "fastIssueRedType 有误").into()),
    };
    check_what_is_left(platform, &original, &lines)?;
    let mut red = original.body.clone();
    red["orderNo"] = order_no.into();
    red["invoiceType"] = "2".into();
    red["redInvoiceLabel"] = body["redInvoiceLabel"].clone();
    red["invoiceDetailList"] = lines.into();
    let confirm_serial_no = platform.red_needs_confirmation()?.then(|| platform.ids.digits(20));
    let serial_no = platform.take(&Draft {
        order_no,
        body: &red,
        original_serial_no: Some(&original.serial_no),
        confirm_serial_no: confirm_serial_no.as_deref(),
    })?;
    Ok(match confirm_serial_no {
        Some(number) => json!({ "redConfirmSerialNo": number }),
        None => json!({ "serialNo": serial_no }),
    })
}

/// How a confirmation form stands: `02` waiting for the buyer, `04` both confirmed, `06` refused by the buyer.
pub(super) fn confirmation(platform: &Platform, body: &Value) -> Result<Value, Failure> {
    let number = required(body, "redConfirmSerialNo")?;
    let Some(invoice) = platform.find("confirm_serial_no", number)? else {
        return Err(rejected(NOT_FOUND, "红字确认单不存在").into());
    };
    Ok(json!([{
        "redConfirmSerialNo": number,
        "orderNo": invoice.order_no,
        "serialNo": invoice.serial_no,
        "confirmState": invoice.confirm_state,
    }]))
}

fn original(platform: &Platform, body: &Value) -> Result<StoredInvoice, Failure> {
    let by = [
        ("originalOrderNo", "order_no"),
        ("originalSerialNo", "serial_no"),
        ("originalDigitInvoiceNo", "digit_invoice_no"),
    ];
    for (name, column) in by {
        let number = optional(body, name);
        if !number.is_empty() {
            let found = platform.find(column, number)?;
            return match found {
                Some(invoice) if invoice.original_serial_no.is_some() => {
                    Err(rejected(RED_STATE, "红字发票不能再红冲").into())
                }
                Some(invoice) if invoice.status == "01" => Ok(invoice),
                Some(_) => Err(rejected(RED_STATE, "原发票未开具成功,不能红冲").into()),
                None => Err(rejected(NOT_FOUND, "原发票不存在").into()),
            };
        }
    }
    Err(rejected(super::rejection::MISSING, "缺少必填参数:originalOrderNo").into())
}

/// All reds of one invoice together may not pass what it was issued for.
fn check_what_is_left(platform: &Platform, original: &StoredInvoice, lines: &[Value]) -> Result<(), Failure> {
    let asked = check_lines(lines, false, true)?.gross;
    let mut left = original.sums().gross;
    for other in platform.all()? {
        let against_it = other.original_serial_no.as_deref() == Some(original.serial_no.as_str());
        if against_it && other.status != "02" && other.confirm_state.as_deref() != Some("06") {
            left += other.sums().gross;
        }
    }
    if lines.is_empty() || left + asked < Decimal::ZERO {
        return Err(rejected(RED_STATE, format!("可红冲金额不足:剩余{left}")).into());
    }
    Ok(())
}

fn turned(line: &Value) -> Result<Value, Rejection> {
    let mut red = line.clone();
    for name in TURNED {
        if !optional(line, name).is_empty() {
            let number = super::reading::decimal(line, name)?;
            red[name] = (-number).to_string().into();
        }
    }
    Ok(red)
}
