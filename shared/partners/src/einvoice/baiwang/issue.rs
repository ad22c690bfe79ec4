use super::{
    BAIWANG, Baiwang,
    lines::{LineBody, totals},
};
use crate::{
    PartnerError,
    einvoice::{InvoiceKind, InvoiceOrder, Submission},
};
use heatpay_domain::{calendar::civil_time, invoice::TaxTreatment};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

const MOST_REMARKS_CHARS: usize = 200;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct IssueBody<'a> {
    tax_no: &'a str,
    order_no: &'a str,
    order_date_time: String,
    invoice_type: &'static str,
    invoice_type_code: &'static str,
    price_tax_mark: &'static str,
    invoice_terminal_code: &'a str,
    invoice_special_mark: &'static str,
    invoice_list_mark: &'static str,
    buyer_name: &'a str,
    natural_mark: &'static str,
    buyer_tax_no: &'a str,
    drawer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payee: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checker: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    push_email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    call_back_url: Option<&'a str>,
    remarks: String,
    invoice_total_price: String,
    invoice_total_tax: String,
    invoice_total_price_tax: String,
    invoice_detail_list: Vec<LineBody<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct IssueAnswer {
    serial_no: String,
}

impl Baiwang {
    pub(super) async fn send_order(&self, order: &InvoiceOrder, now: Timestamp) -> Result<Submission, PartnerError> {
        let body = self.body(order)?;
        match self.call::<IssueAnswer>("baiwang.s.outputinvoice.invoice", &body, now).await? {
            Ok(answer) => Ok(Submission::Accepted { serial_no: answer.serial_no }),
            // Sent before, perhaps by a call whose answer was lost: what the platform has is the invoice.
            Err(rejection) if rejection.is_duplicate(&self.settings.codes) => {
                Ok(Submission::AlreadyThere(self.query_order(order.order_no.as_str(), now).await?))
            }
            Err(rejection) => Err(rejection.into_error(&self.settings.codes)),
        }
    }

    fn body<'a>(&'a self, order: &'a InvoiceOrder) -> Result<IssueBody<'a>, PartnerError> {
        let exempt = order.lines.iter().any(|line| line.treatment == TaxTreatment::Exempt);
        if exempt && order.kind == InvoiceKind::Special {
            return Err(refused("special_for_exempt", "exempt sales may only get general invoices"));
        }
        if order.kind == InvoiceKind::Special && order.title.tax_no.is_none() {
            return Err(refused("special_for_person", "a special invoice needs the buyer's tax number"));
        }
        if order.lines.is_empty() {
            return Err(refused("no_lines", "an invoice needs a line"));
        }
        let Some([net, tax, gross]) = totals(&order.lines) else {
            return Err(refused("amount_overflow", "the lines' sum passes the largest amount"));
        };
        let settings = &self.settings;
        Ok(IssueBody {
            tax_no: &settings.tax_no,
            order_no: order.order_no.as_str(),
            order_date_time: civil_time(order.ordered_at).strftime("%Y-%m-%d %H:%M:%S").to_string(),
            invoice_type: "1",
            invoice_type_code: match order.kind {
                InvoiceKind::General => "02",
                InvoiceKind::Special => "01",
            },
            price_tax_mark: "1",
            invoice_terminal_code: &settings.terminal_code,
            invoice_special_mark: "00",
            invoice_list_mark: "0",
            buyer_name: &order.title.name,
            natural_mark: if order.title.tax_no.is_none() { "1" } else { "0" },
            buyer_tax_no: order.title.tax_no.as_deref().unwrap_or_default(),
            drawer: &settings.drawer,
            payee: settings.payee.as_deref(),
            checker: settings.checker.as_deref(),
            push_email: order.title.email.as_deref(),
            call_back_url: settings.callback_url.as_deref(),
            remarks: order.remarks.chars().take(MOST_REMARKS_CHARS).collect(),
            invoice_total_price: net,
            invoice_total_tax: tax,
            invoice_total_price_tax: gross,
            invoice_detail_list: order.lines.iter().map(LineBody::of).collect(),
        })
    }
}

fn refused(code: &str, message: &str) -> PartnerError {
    PartnerError::refused(BAIWANG, code, message)
}
