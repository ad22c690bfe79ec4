use heatpay_domain::{
    invoice::{Invoice, InvoiceFiles, InvoiceStatus, InvoiceTitle, seasons, totals},
    masking::mask_name,
};
use jiff::Timestamp;
use serde::Serialize;

/// An invoice as its resident sees it.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct InvoiceReply {
    /// Its number with us.
    #[schema(example = "I01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    invoice_no: String,
    /// The payment it is for.
    #[schema(example = "P01KB1Q2Z3A4B5C6D7E8F9G0H1J")]
    payment_no: String,
    /// The household.
    account_no: String,
    /// `requested`, `issuing` (under way), `issued`, `failed` or `reversed`.
    #[schema(schema_with = heatpay_runtime::described::invoice_status)]
    status: InvoiceStatus,
    /// Whom it is made out to, masked.
    title: ShownTitle,
    /// The seasons it is for; empty until it is sent.
    #[schema(example = json!(["2026-2027"]))]
    seasons: Vec<String>,
    /// The total with tax, in fen; absent until it is sent.
    #[schema(example = 223_800)]
    amount_fen: Option<i64>,
    /// The tax in it, in fen.
    #[schema(example = 0)]
    tax_fen: Option<i64>,
    /// 数电票号码, 20 digits, once issued.
    digital_invoice_no: Option<String>,
    /// The files it has: `pdf`, `ofd`, `xml`.
    #[schema(example = json!(["pdf", "xml"]))]
    files: Vec<&'static str>,
    /// When it was asked for.
    #[schema(value_type = String, format = DateTime)]
    requested_at: Timestamp,
    /// When it was issued.
    #[schema(value_type = Option<String>, format = DateTime)]
    issued_at: Option<Timestamp>,
}

/// The title of an invoice as it is shown: a person's name and the address for mail are masked.
#[derive(Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct ShownTitle {
    /// A company's name, or a person's, masked.
    #[schema(example = "张*三")]
    name: String,
    /// A company's tax number.
    tax_no: Option<String>,
    /// Where the platform sends it, masked.
    #[schema(example = "z***@example.com")]
    email: Option<String>,
}

impl InvoiceReply {
    pub(crate) fn of(invoice: &Invoice) -> Self {
        let totals = totals(&invoice.lines).filter(|_| !invoice.lines.is_empty());
        Self {
            invoice_no: invoice.invoice_no.to_string(),
            payment_no: invoice.payment_no.to_string(),
            account_no: invoice.account_no.to_string(),
            status: invoice.status,
            title: ShownTitle::of(&invoice.title),
            seasons: seasons(&invoice.lines).iter().map(ToString::to_string).collect(),
            amount_fen: totals.map(|totals| totals.gross.0),
            tax_fen: totals.map(|totals| totals.tax.0),
            digital_invoice_no: invoice.digital_invoice_no.clone(),
            files: kinds(&invoice.files),
            requested_at: invoice.requested_at,
            issued_at: invoice.issued_at,
        }
    }
}

impl ShownTitle {
    fn of(title: &InvoiceTitle) -> Self {
        Self {
            name: if title.tax_no.is_some() { title.name.clone() } else { mask_name(&title.name) },
            tax_no: title.tax_no.clone(),
            email: title.email.as_deref().map(mask_email),
        }
    }
}

fn kinds(files: &InvoiceFiles) -> Vec<&'static str> {
    let all = [("pdf", &files.pdf), ("ofd", &files.ofd), ("xml", &files.xml)];
    all.into_iter().filter(|(_, key)| key.is_some()).map(|(kind, _)| kind).collect()
}

/// The first letter and the host: `z***@example.com`.
fn mask_email(email: &str) -> String {
    let (name, host) = email.rsplit_once('@').unwrap_or((email, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}***@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(name: &str, tax_no: Option<&str>, email: Option<&str>) -> ShownTitle {
        ShownTitle::of(&InvoiceTitle {
            name: name.to_owned(),
            tax_no: tax_no.map(str::to_owned),
            email: email.map(str::to_owned),
        })
    }

    #[test]
    fn a_persons_name_and_mail_are_masked() {
        let title = shown("王小明", None, Some("wang.xm@example.com"));
        assert_eq!(title.name, "王*明");
        assert_eq!(title.email.as_deref(), Some("w***@example.com"));
    }

    #[test]
    fn a_company_is_no_secret() {
        let title = shown("天津示例商贸有限公司", Some("91120000123456789X"), None);
        assert_eq!(title.name, "天津示例商贸有限公司");
        assert_eq!(title.tax_no.as_deref(), Some("91120000123456789X"));
    }
}
