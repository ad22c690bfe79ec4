use super::{BAIWANG, Baiwang};
use crate::{
    PartnerError,
    einvoice::{Confirmation, InvoiceState, IssuedInvoice},
    yuan,
};
use heatpay_domain::{Fen, calendar::moment};
use jiff::{Timestamp, civil};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[derive(Default)]
struct Entry {
    serial_no: String,
    order_no: String,
    status: String,
    status_message: Option<String>,
    error_message: Option<String>,
    digit_invoice_no: Option<String>,
    invoice_time: Option<String>,
    #[serde(deserialize_with = "yuan::amount")]
    invoice_total_price_tax: Option<Fen>,
    #[serde(deserialize_with = "yuan::amount")]
    invoice_total_tax: Option<Fen>,
    pdf_url: Option<String>,
    ofd_url: Option<String>,
    xml_url: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ConfirmationEntry {
    confirm_state: String,
}

/// The list comes as an array, or bare when it has one entry.
#[derive(Deserialize)]
#[serde(untagged)]
enum List<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> List<T> {
    fn into_vec(self) -> Vec<T> {
        match self {
            Self::Many(entries) => entries,
            Self::One(entry) => vec![entry],
        }
    }
}

impl Baiwang {
    pub(super) async fn query_order(&self, order_no: &str, now: Timestamp) -> Result<InvoiceState, PartnerError> {
        let body = serde_json::json!({
            "taxNo": self.settings.tax_no,
            "orderNos": [order_no],
            "detailMark": "0",
        });
        let answer = self.call::<Option<List<Entry>>>("baiwang.s.outputinvoice.query", &body, now).await?;
        let entries = answer.map_err(|rejection| rejection.into_error(&self.settings.codes))?;
        let entries = entries.map(List::into_vec).unwrap_or_default();
        match entries.into_iter().find(|entry| entry.order_no == order_no) {
            None => Ok(InvoiceState::Unknown),
            Some(entry) => self.state(entry),
        }
    }

    fn state(&self, entry: Entry) -> Result<InvoiceState, PartnerError> {
        match entry.status.as_str() {
            "00" => Ok(InvoiceState::Issuing),
            "01" => issued(entry).map(|invoice| InvoiceState::Issued(Box::new(invoice))),
            "02" => {
                let message =
                    entry.error_message.filter(|m| !m.is_empty()).or(entry.status_message).unwrap_or_default();
                let waits = self.settings.codes.login_words.iter().any(|word| message.contains(word));
                Ok(if waits { InvoiceState::NeedsLogin { message } } else { InvoiceState::Failed { message } })
            }
            "03" => Ok(InvoiceState::Voided),
            "04" => Ok(InvoiceState::Voiding),
            other => Err(unknown(format!("invoice status {other}"))),
        }
    }

    pub(super) async fn query_confirmation(
        &self,
        confirm_serial_no: &str,
        now: Timestamp,
    ) -> Result<Confirmation, PartnerError> {
        let body = serde_json::json!({ "taxNo": self.settings.tax_no, "redConfirmSerialNo": confirm_serial_no });
        let answer = self.call::<List<ConfirmationEntry>>("baiwang.s.redconfirm.query", &body, now).await?;
        let entries = answer.map_err(|rejection| rejection.into_error(&self.settings.codes))?.into_vec();
        let Some(entry) = entries.into_iter().next() else {
            return Err(PartnerError::refused(BAIWANG, "no_such_form", "no such confirmation form"));
        };
        match entry.confirm_state.as_str() {
            "01" | "04" => Ok(Confirmation::Confirmed),
            "02" => Ok(Confirmation::AwaitsBuyer),
            "03" => Ok(Confirmation::AwaitsSeller),
            "05" | "06" | "07" | "08" | "09" | "10" => Ok(Confirmation::Ended { code: entry.confirm_state }),
            other => Err(unknown(format!("confirmation state {other}"))),
        }
    }
}

/// An invoice without its number is not issued, whatever the status says.
fn issued(entry: Entry) -> Result<IssuedInvoice, PartnerError> {
    let Some(invoice_no) = entry.digit_invoice_no.filter(|number| !number.is_empty()) else {
        return Err(unknown("issued without a number".to_owned()));
    };
    let address = |url: Option<String>| url.filter(|url| !url.is_empty());
    Ok(IssuedInvoice {
        serial_no: entry.serial_no,
        invoice_no,
        issued_at: entry.invoice_time.as_deref().and_then(read_china_time),
        amount: entry.invoice_total_price_tax,
        tax: entry.invoice_total_tax,
        pdf_url: address(entry.pdf_url),
        ofd_url: address(entry.ofd_url),
        xml_url: address(entry.xml_url),
    })
}

/// `yyyy-MM-dd HH:mm:ss` or `yyyyMMddHHmmss` in China.
fn read_china_time(text: &str) -> Option<Timestamp> {
    let civil = civil::DateTime::strptime("%Y-%m-%d %H:%M:%S", text)
        .or_else(|_| civil::DateTime::strptime("%Y%m%d%H%M%S", text))
        .ok()?;
    moment(civil)
}

fn unknown(what: String) -> PartnerError {
    PartnerError::OutcomeUnknown { partner: BAIWANG, source: what.into() }
}
