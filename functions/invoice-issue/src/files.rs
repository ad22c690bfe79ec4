//! The files of an issued invoice, copied to our bucket: the platform's addresses expire.

use crate::InvoiceIssue;
use heatpay_domain::invoice::InvoiceFiles;
use heatpay_partners::{
    PartnerError,
    einvoice::{FileKind, IssuedInvoice},
};
use heatpay_runtime::files::FileError;

/// Why the files are not kept yet.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotKept {
    /// Issued, but not drawn yet.
    #[error("the platform has no file yet")]
    NotReady,
    /// The platform does not give it.
    #[error(transparent)]
    Platform(#[from] PartnerError),
    /// Our bucket does not take it.
    #[error(transparent)]
    Bucket(#[from] FileError),
}

impl InvoiceIssue {
    /// Copies the PDF, and the originals where the platform gives them, to `invoices/<order number>.<kind>`.
    pub(crate) async fn keep_files(&self, order_no: &str, issued: &IssuedInvoice) -> Result<InvoiceFiles, NotKept> {
        if issued.pdf_url.is_none() {
            return Err(NotKept::NotReady);
        }
        let (pdf, ofd, xml) = tokio::try_join!(
            self.keep_file(order_no, FileKind::Pdf, issued.pdf_url.as_deref()),
            self.keep_file(order_no, FileKind::Ofd, issued.ofd_url.as_deref()),
            self.keep_file(order_no, FileKind::Xml, issued.xml_url.as_deref()),
        )?;
        Ok(InvoiceFiles { pdf, ofd, xml })
    }

    async fn keep_file(&self, order_no: &str, kind: FileKind, url: Option<&str>) -> Result<Option<String>, NotKept> {
        let Some(url) = url else { return Ok(None) };
        let (ending, content_type) = match kind {
            FileKind::Pdf => ("pdf", "application/pdf"),
            FileKind::Ofd => ("ofd", "application/ofd"),
            FileKind::Xml => ("xml", "application/xml"),
        };
        let bytes = self.platform.fetch_file(url, kind).await?;
        let key = format!("invoices/{order_no}.{ending}");
        self.files.keep(&key, content_type, bytes).await?;
        Ok(Some(key))
    }
}
