//! 红冲: an issued invoice is taken back by a red one over its whole amount, with its own order number. A red invoice may wait
//! for the buyer's confirmation; unconfirmed it lapses after 72 hours.

use crate::{InvoiceIssue, files::NotKept, issue::moved};
use heatpay_domain::invoice::{Invoice, InvoiceEvent, InvoiceReversal, InvoiceStatus};
use heatpay_partners::{
    PartnerError,
    einvoice::{Confirmation, InvoiceState, IssuedInvoice, RedReason, Reversal, ReversalOutcome},
};
use heatpay_runtime::StepError;
use heatpay_store::invoices::KeptInvoice;

impl InvoiceIssue {
    /// Staff wants it taken back. Asked again while it is under way, it goes on; asked again after it ended in vain, the
    /// platform is asked how it stands.
    pub(crate) async fn reverse(&self, kept: KeptInvoice, label: Option<String>) -> Result<(), StepError> {
        match kept.invoice.status {
            InvoiceStatus::Issued => {}
            InvoiceStatus::Reversed => return Ok(()),
            InvoiceStatus::Requested | InvoiceStatus::Issuing | InvoiceStatus::Failed => {
                return Err(StepError::reject("only an issued invoice can be reversed"));
            }
        }
        match (&kept.invoice.reversal, kept.ask_at) {
            (Some(_), Some(_)) => self.go_on(kept).await,
            (Some(_), None) => self.follow_reversal(Invoice { asked: 0, ..kept.invoice }).await,
            (None, _) => self.begin(kept.invoice, label).await,
        }
    }

    async fn begin(&self, invoice: Invoice, label: Option<String>) -> Result<(), StepError> {
        let label = label.unwrap_or_else(|| RedReason::ServiceEnded.label().to_owned());
        let reversal = InvoiceReversal {
            order_no: format!("{}R", invoice.invoice_no),
            label,
            platform_serial: None,
            digital_invoice_no: None,
            requested_at: self.clock.now(),
        };
        red_reason(&reversal)?;
        self.send_red(Invoice { asked: 0, error: None, ..invoice }, reversal).await
    }

    /// Asks how the reversal stands, and goes on from there.
    pub(crate) async fn follow_reversal(&self, invoice: Invoice) -> Result<(), StepError> {
        let Some(reversal) = invoice.reversal.clone() else { return Ok(()) };
        let asked = Invoice { asked: invoice.asked + 1, ..invoice.clone() };
        match self.platform.query(&reversal.order_no, self.clock.now()).await {
            Ok(InvoiceState::Unknown) => match reversal.platform_serial.clone() {
                Some(serial) => self.follow_confirmation(asked, &serial).await,
                None => self.send_red(invoice, reversal).await,
            },
            Ok(state) => self.take_red(asked, reversal, state).await,
            Err(error) => self.no_answer(asked, &error).await,
        }
    }

    async fn send_red(&self, invoice: Invoice, reversal: InvoiceReversal) -> Result<(), StepError> {
        let reason = red_reason(&reversal)?;
        let invoice = Invoice { reversal: Some(reversal.clone()), ..invoice };
        let Some(invoice) = self.claim(invoice).await? else { return Ok(()) };
        let order = Reversal {
            order_no: reversal.order_no.clone(),
            original: invoice.invoice_no.to_string(),
            reason,
            lines: Vec::new(),
        };
        let taken = |serial| InvoiceReversal { platform_serial: Some(serial), ..reversal.clone() };
        match self.platform.reverse(&order, self.clock.now()).await {
            Ok(ReversalOutcome::Accepted { serial_no }) => {
                self.again(Invoice { reversal: Some(taken(serial_no)), error: None, ..invoice }).await
            }
            Ok(ReversalOutcome::AwaitsConfirmation { confirm_serial_no }) => {
                let error = Some("the red invoice waits for a confirmation".to_owned());
                self.again(Invoice { reversal: Some(taken(confirm_serial_no)), error, ..invoice }).await
            }
            Ok(ReversalOutcome::AlreadyThere(state)) => self.take_red(invoice, reversal, state).await,
            Err(PartnerError::Refused { code, message, .. }) => {
                self.give_up(invoice, format!("{code} {message}")).await
            }
            Err(error) => self.no_answer(invoice, &error).await,
        }
    }

    /// The platform does not know the red order yet, but has a number for it: it waits for a confirmation.
    async fn follow_confirmation(&self, invoice: Invoice, serial: &str) -> Result<(), StepError> {
        let error = match self.platform.confirmation(serial, self.clock.now()).await {
            Ok(Confirmation::Confirmed) => None,
            Ok(Confirmation::AwaitsBuyer) => Some("the buyer has not confirmed the red invoice"),
            Ok(Confirmation::AwaitsSeller) => Some("we have not confirmed the red invoice"),
            Ok(Confirmation::Ended { code }) => {
                return self.give_up(invoice, format!("the confirmation ended with state {code}")).await;
            }
            Err(error) => return self.no_answer(invoice, &error).await,
        };
        self.again(Invoice { error: error.map(str::to_owned), ..invoice }).await
    }

    async fn take_red(
        &self,
        invoice: Invoice,
        reversal: InvoiceReversal,
        state: InvoiceState,
    ) -> Result<(), StepError> {
        match state {
            InvoiceState::Issued(red) => self.finish_reversal(invoice, reversal, &red).await,
            InvoiceState::Unknown | InvoiceState::Issuing | InvoiceState::Voiding => {
                self.again(Invoice { error: None, ..invoice }).await
            }
            InvoiceState::NeedsLogin { message } => {
                tracing::error!(invoice_no = %invoice.invoice_no, reason = message, "the drawer must sign in at the tax bureau");
                self.again(Invoice { error: Some(message), ..invoice }).await
            }
            InvoiceState::Failed { message } => self.give_up(invoice, message).await,
            InvoiceState::Voided => self.give_up(invoice, "the red invoice was voided".to_owned()).await,
        }
    }

    /// As with the blue invoice: the files first.
    async fn finish_reversal(
        &self,
        invoice: Invoice,
        reversal: InvoiceReversal,
        red: &IssuedInvoice,
    ) -> Result<(), StepError> {
        let order_no = reversal.order_no.clone();
        let reversal = InvoiceReversal {
            platform_serial: Some(red.serial_no.clone()),
            digital_invoice_no: Some(red.invoice_no.clone()),
            ..reversal
        };
        let invoice = Invoice { reversal: Some(reversal), error: None, ..invoice };
        match self.keep_files(&order_no, red).await {
            Ok(_) => {
                tracing::info!(invoice_no = %invoice.invoice_no, "invoice reversed");
                self.end(moved(invoice, InvoiceEvent::PlatformReversed)?).await
            }
            Err(NotKept::NotReady) => self.again(invoice).await,
            Err(NotKept::Platform(error)) => self.no_answer(invoice, &error).await,
            Err(NotKept::Bucket(error)) => Err(StepError::retry(error)),
        }
    }

    /// The reversal came to nothing: the invoice stands, and a person must look.
    async fn give_up(&self, invoice: Invoice, reason: String) -> Result<(), StepError> {
        tracing::error!(invoice_no = %invoice.invoice_no, reason, "an invoice could not be reversed");
        self.end(Invoice { error: Some(reason), ..invoice }).await
    }
}

fn red_reason(reversal: &InvoiceReversal) -> Result<RedReason, StepError> {
    RedReason::of_label(&reversal.label).ok_or_else(|| StepError::reject("no such reason to reverse an invoice"))
}
