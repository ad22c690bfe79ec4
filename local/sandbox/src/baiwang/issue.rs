use super::{
    Platform,
    amounts::{check_lines, check_totals},
    invoice::Draft,
    reading::{optional, required},
    rejection::{BREAKS_A_RULE, DUPLICATE, Failure, INVOICE_TYPE_CODE, NOT_FOUND, Rejection, TERMINAL, rejected},
};
use serde_json::{Value, json};

/// Takes an order: it is checked now and issued later.
pub(super) fn accept(platform: &Platform, body: &Value) -> Result<Value, Failure> {
    check(platform, body)?;
    let order_no = required(body, "orderNo")?;
    refuse_known_order(platform, order_no)?;
    let serial_no = platform.take(&Draft { order_no, body, original_serial_no: None, confirm_serial_no: None })?;
    Ok(json!({ "serialNo": serial_no }))
}

/// Issues failed orders again.
pub(super) fn again(platform: &Platform, body: &Value) -> Result<Value, Failure> {
    let order_nos = body["orderNos"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut serial_nos = Vec::new();
    for order_no in order_nos.iter().filter_map(Value::as_str) {
        let Some(known) = platform.invoice_of_order(order_no)? else {
            return Err(rejected(NOT_FOUND, "订单不存在").into());
        };
        if known.status != "02" {
            return Err(rejected(BREAKS_A_RULE, "只有开票失败的订单可以重试").into());
        }
        platform.start_again(&known.serial_no)?;
        serial_nos.push(known.serial_no);
    }
    Ok(json!({ "serialNos": serial_nos }))
}

/// An order number belongs to one invoice for ever; a failed one is retried, not sent again.
pub(super) fn refuse_known_order(platform: &Platform, order_no: &str) -> Result<(), Failure> {
    if order_no.len() > 50 {
        return Err(rejected(BREAKS_A_RULE, "orderNo 最长50位").into());
    }
    match platform.invoice_of_order(order_no)? {
        Some(_) => Err(rejected(DUPLICATE, format!("订单号重复:{order_no}")).into()),
        None => Ok(()),
    }
}

fn check(platform: &Platform, body: &Value) -> Result<(), Rejection> {
    for name in ["orderNo", "orderDateTime", "buyerName", "drawer"] {
        required(body, name)?;
    }
    let broken = |message: &str| Err(rejected(BREAKS_A_RULE, message));
    let special = match required(body, "invoiceTypeCode")? {
        "02" => false,
        "01" => true,
        _ => return Err(rejected(INVOICE_TYPE_CODE, "发票类型代码有误")),
    };
    if required(body, "invoiceType")? != "1" {
        return broken("invoiceType 应为1,红票用 fastRed");
    }
    if required(body, "priceTaxMark")? != "1" {
        return broken("沙箱只支持含税价(priceTaxMark=1)");
    }
    if required(body, "invoiceTerminalCode")? != platform.account.terminal_code {
        return Err(rejected(TERMINAL, "开票终端不存在"));
    }
    if jiff::civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", optional(body, "orderDateTime")).is_err() {
        return broken("orderDateTime 格式应为 yyyy-MM-dd HH:mm:ss");
    }
    check_buyer(body, special)?;
    if optional(body, "remarks").chars().count() > 200 {
        return broken("remarks 最长200字");
    }
    let lines = body["invoiceDetailList"].as_array().map(Vec::as_slice).unwrap_or_default();
    if lines.is_empty() {
        return broken("invoiceDetailList 不能为空");
    }
    let sums = check_lines(lines, special, false)?;
    check_totals(body, sums)
}

/// A company has a tax number of 15–20 characters; a person has none.
fn check_buyer(body: &Value, special: bool) -> Result<(), Rejection> {
    let tax_no = optional(body, "buyerTaxNo");
    let natural = optional(body, "naturalMark") == "1";
    if natural && special {
        return Err(rejected(BREAKS_A_RULE, "自然人不能开具专用发票"));
    }
    let shaped = (15..=20).contains(&tax_no.len()) && tax_no.bytes().all(|b| b.is_ascii_alphanumeric());
    if !natural && !shaped {
        return Err(rejected(BREAKS_A_RULE, "购方税号应为15至20位"));
    }
    Ok(())
}
