use super::{BaiwangAccount, invoice::StoredInvoice, reading::optional};
use heatpay_domain::calendar::civil_time;
use std::fmt::Write;

/// The data of an issued invoice. The tax bureau's own schema is not public here: names are the platform's.
pub(super) fn write(account: &BaiwangAccount, invoice: &StoredInvoice) -> String {
    let sums = invoice.sums();
    let issued = invoice.issued_at.map(|at| civil_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string());
    let head = [
        ("DigitInvoiceNo", invoice.digit_invoice_no.clone().unwrap_or_default()),
        ("InvoiceTime", issued.unwrap_or_default()),
        ("SellerName", account.seller_name.clone()),
        ("SellerTaxNo", account.tax_no.clone()),
        ("BuyerName", optional(&invoice.body, "buyerName").to_owned()),
        ("BuyerTaxNo", optional(&invoice.body, "buyerTaxNo").to_owned()),
        ("TotalPrice", sums.net.to_string()),
        ("TotalTax", sums.tax.to_string()),
        ("TotalPriceTax", sums.gross.to_string()),
        ("Remarks", optional(&invoice.body, "remarks").to_owned()),
        ("Drawer", optional(&invoice.body, "drawer").to_owned()),
    ];
    let mut xml = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EInvoice sandbox=\"true\">\n");
    // Writing to a String cannot fail.
    for (name, value) in head {
        let _ = writeln!(xml, "  <{name}>{}</{name}>", escaped(&value));
    }
    for line in invoice.lines() {
        let fields = ["goodsName", "goodsCode", "goodsUnit", "goodsQuantity", "goodsPrice", "goodsTaxRate"];
        let sums = ["goodsTotalPrice", "goodsTotalTax", "goodsTotalPriceTax"];
        xml.push_str("  <Line>\n");
        for name in fields.into_iter().chain(sums) {
            let _ = writeln!(xml, "    <{name}>{}</{name}>", escaped(optional(line, name)));
        }
        xml.push_str("  </Line>\n");
    }
    xml.push_str("</EInvoice>\n");
    xml
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
