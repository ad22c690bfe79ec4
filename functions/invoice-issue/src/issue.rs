//! The blue invoice: sent once, then asked about until the platform says how it ended.

use crate::{InvoiceIssue, files::NotKept};
use heatpay_domain::{
    Fen,
    invoice::{Invoice, InvoiceEvent, InvoiceStatus, totals},
};
use heatpay_partners::{
    PartnerError,
    einvoice::{InvoiceKind, InvoiceLine, InvoiceOrder, InvoiceState, IssuedInvoice, Submission},
};
use heatpay_runtime::{StepError, queue::causes};

impl InvoiceIssue {
    /// Goes on with an invoice that is `requested` or `issuing`.
    pub(crate) async fn issue(&self, invoice: Invoice) -> Result<(), StepError> {
        // Lines are written with the note that the order is about to be sent: without them it never was.
        if invoice.lines.is_empty() {
            return self.draft_and_send(invoice).await;
        }
        match self.platform.query(invoice.invoice_no.as_str(), self.clock.now()).await {
            Ok(InvoiceState::Unknown) => self.send(moved(invoice, InvoiceEvent::PlatformSaysUnknown)?).await,
            Ok(state) => self.take(Invoice { asked: invoice.asked + 1, ..invoice }, state).await,
            Err(error) => self.no_answer(Invoice { asked: invoice.asked + 1, ..invoice }, &error).await,
        }
    }

    /// Staff wants the platform to try again.
    pub(crate) async fn retry(&self, invoice: Invoice) -> Result<(), StepError> {
        let found = self.payments.find_with_given_back(&invoice.payment_no).await?;
        if found.is_some_and(|(payment, back)| back.invoice_of(&payment.payment_no) != invoice.invoice_no) {
            return Err(StepError::reject("another invoice took its place"));
        }
        let invoice = match invoice.status {
            InvoiceStatus::Failed => moved(invoice, InvoiceEvent::RetryAsked)?,
            InvoiceStatus::Requested | InvoiceStatus::Issuing => invoice,
            InvoiceStatus::Issued | InvoiceStatus::Reversed => return Ok(()),
        };
        let invoice = Invoice { asked: 0, ..invoice };
        if invoice.lines.is_empty() {
            return self.draft_and_send(invoice).await;
        }
        let now = self.clock.now();
        let asked = Invoice { asked: 1, ..invoice.clone() };
        match self.platform.query(invoice.invoice_no.as_str(), now).await {
            Ok(InvoiceState::Unknown) => self.send(invoice).await,
            Ok(InvoiceState::Failed { .. } | InvoiceState::NeedsLogin { .. }) => {
                match self.platform.retry(invoice.invoice_no.as_str(), now).await {
                    Ok(()) => self.take(asked, InvoiceState::Issuing).await,
                    Err(error) => self.no_answer(asked, &error).await,
                }
            }
            Ok(state) => self.take(asked, state).await,
            Err(error) => self.no_answer(asked, &error).await,
        }
    }

    async fn draft_and_send(&self, invoice: Invoice) -> Result<(), StepError> {
        match self.draft(&invoice).await? {
            Ok(drafted) if drafted.lines.is_empty() => {
                self.fail(drafted, "all of the payment went back".to_owned()).await
            }
            Ok(drafted) => self.send(drafted).await,
            Err(reason) => {
                // The tax policy does not cover the sale: it can be mended, and then the invoice goes out.
                tracing::error!(invoice_no = %invoice.invoice_no, reason = causes(&reason), "the invoice cannot be written");
                self.again(Invoice { asked: invoice.asked + 1, error: Some(causes(&reason)), ..invoice }).await
            }
        }
    }

    async fn send(&self, invoice: Invoice) -> Result<(), StepError> {
        let Some(invoice) = self.claim(invoice).await? else { return Ok(()) };
        match self.platform.issue(&order(&invoice), self.clock.now()).await {
            Ok(Submission::Accepted { serial_no }) => {
                let issuing = moved(invoice, InvoiceEvent::PlatformIssuing)?;
                self.again(Invoice { platform_serial: Some(serial_no), error: None, ..issuing }).await
            }
            Ok(Submission::AlreadyThere(state)) => self.take(invoice, state).await,
            Err(PartnerError::Refused { code, message, .. }) => self.fail(invoice, format!("{code} {message}")).await,
            Err(error) => self.no_answer(invoice, &error).await,
        }
    }

    /// Takes over what the platform says.
    async fn take(&self, invoice: Invoice, state: InvoiceState) -> Result<(), StepError> {
        match state {
            InvoiceState::Unknown => self.again(invoice).await,
            InvoiceState::Issuing | InvoiceState::Voiding => {
                let issuing = moved(invoice, InvoiceEvent::PlatformIssuing)?;
                self.again(Invoice { error: None, ..issuing }).await
            }
            InvoiceState::NeedsLogin { message } => {
                tracing::error!(invoice_no = %invoice.invoice_no, reason = message, "the drawer must sign in at the tax bureau");
                let issuing = moved(invoice, InvoiceEvent::PlatformIssuing)?;
                self.again(Invoice { error: Some(message), ..issuing }).await
            }
            InvoiceState::Failed { message } => self.fail(invoice, message).await,
            InvoiceState::Voided => self.fail(invoice, "voided at the platform".to_owned()).await,
            InvoiceState::Issued(issued) => self.finish(invoice, &issued).await,
        }
    }

    /// The files first: an invoice that is `issued` can be downloaded. A crash in between asks and fetches again.
    async fn finish(&self, invoice: Invoice, issued: &IssuedInvoice) -> Result<(), StepError> {
        let invoice = Invoice {
            platform_serial: Some(issued.serial_no.clone()),
            digital_invoice_no: Some(issued.invoice_no.clone()),
            issued_at: invoice.issued_at.or(issued.issued_at).or_else(|| Some(self.clock.now())),
            error: other_amount(&invoice, issued),
            ..moved(invoice, InvoiceEvent::PlatformIssuing)?
        };
        if let Some(error) = &invoice.error {
            tracing::error!(invoice_no = %invoice.invoice_no, error, "an invoice was issued for another amount");
        }
        match self.keep_files(invoice.invoice_no.as_str(), issued).await {
            Ok(files) => {
                let issued = moved(Invoice { files, ..invoice }, InvoiceEvent::PlatformIssued)?;
                tracing::info!(invoice_no = %issued.invoice_no, "invoice issued");
                self.end(issued).await
            }
            Err(NotKept::NotReady) => self.again(invoice).await,
            Err(NotKept::Platform(error)) => self.no_answer(invoice, &error).await,
            Err(NotKept::Bucket(error)) => Err(StepError::retry(error)),
        }
    }

    async fn fail(&self, invoice: Invoice, reason: String) -> Result<(), StepError> {
        tracing::error!(invoice_no = %invoice.invoice_no, reason, "the platform could not issue an invoice");
        let failed = moved(invoice, InvoiceEvent::PlatformFailed)?;
        self.end(Invoice { error: Some(reason), ..failed }).await
    }
}

/// The invoice after the event.
pub(crate) fn moved(invoice: Invoice, event: InvoiceEvent) -> Result<Invoice, StepError> {
    Ok(Invoice { status: invoice.status.on(event).map_err(StepError::reject)?, ..invoice })
}

/// Always a general invoice (普通发票): exempt sales may have no other, and heat is rarely deducted.
fn order(invoice: &Invoice) -> InvoiceOrder {
    let lines = invoice.lines.iter().map(|line| InvoiceLine {
        name: line.goods_name.clone(),
        tax_code: line.goods_code.clone(),
        unit: None,
        quantity: None,
        amount: line.gross,
        treatment: line.treatment,
        tax: line.tax,
    });
    InvoiceOrder {
        order_no: invoice.invoice_no.clone(),
        ordered_at: invoice.requested_at,
        kind: InvoiceKind::General,
        title: invoice.title.clone(),
        lines: lines.collect(),
        remarks: invoice.remarks.clone(),
    }
}

/// What to tell staff where the platform issued another amount than was asked.
fn other_amount(invoice: &Invoice, issued: &IssuedInvoice) -> Option<String> {
    let asked: Fen = totals(&invoice.lines)?.gross;
    let got = issued.amount.filter(|got| *got != asked)?;
    Some(format!("issued for {} instead of {}", got.yuan(), asked.yuan()))
}
