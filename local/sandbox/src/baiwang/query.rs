use super::{
    Platform,
    amounts::{Sums, check_lines},
    invoice::StoredInvoice,
    rejection::{Failure, MISSING, rejected},
};
use heatpay_domain::calendar::civil_time;
use serde_json::{Value, json};

/// How invoices stand, by order or serial numbers. Unknown numbers are left out.
pub(super) fn answer(platform: &Platform, body: &Value, files: &str) -> Result<Value, Failure> {
    let numbers = |name: &str| {
        let list = body[name].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
    };
    let (order_nos, serial_nos) = (numbers("orderNos"), numbers("serialNos"));
    if order_nos.is_empty() && serial_nos.is_empty() {
        return Err(rejected(MISSING, "缺少必填参数:orderNos 或 serialNos").into());
    }
    let with_lines = body["detailMark"] == "1";
    let mut found = Vec::new();
    for (column, wanted) in [("order_no", order_nos), ("serial_no", serial_nos)] {
        for number in wanted {
            // One that waits for a confirmation is a form, not an invoice yet.
            let invoice = platform.find(column, &number)?.filter(|invoice| !invoice.status.is_empty());
            found.extend(invoice.map(|invoice| entry(&invoice, files, with_lines)));
        }
    }
    Ok(Value::Array(found))
}

fn entry(invoice: &StoredInvoice, files: &str, with_lines: bool) -> Value {
    let sums = invoice.sums();
    let mut entry = json!({
        "serialNo": invoice.serial_no,
        "orderNo": invoice.order_no,
        "status": invoice.status,
        "statusMessage": match invoice.status.as_str() {
            "00" => "开票中",
            "01" => "开票成功",
            _ => "开票失败",
        },
        "errorMessage": invoice.message,
        "invoiceTotalPrice": sums.net.to_string(),
        "invoiceTotalTax": sums.tax.to_string(),
        "invoiceTotalPriceTax": sums.gross.to_string(),
    });
    if let (Some(number), Some(at)) = (&invoice.digit_invoice_no, invoice.issued_at) {
        entry["digitInvoiceNo"] = number.as_str().into();
        entry["invoiceTime"] = civil_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string().into();
        entry["statusUpdateTime"] = entry["invoiceTime"].clone();
        entry["pdfUrl"] = format!("{files}/{}/{number}.pdf", invoice.serial_no).into();
        entry["xmlUrl"] = format!("{files}/{}/{number}.xml", invoice.serial_no).into();
        // The sandbox draws no OFD; the XML is the original.
        entry["ofdUrl"] = "".into();
    }
    if with_lines {
        entry["invoiceDetailList"] = invoice.body["invoiceDetailList"].clone();
    }
    entry
}

impl StoredInvoice {
    pub(super) fn lines(&self) -> &[Value] {
        self.body["invoiceDetailList"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The sums; they were checked when the order was taken.
    pub(super) fn sums(&self) -> Sums {
        check_lines(self.lines(), false, self.original_serial_no.is_some()).unwrap_or_default()
    }
}
