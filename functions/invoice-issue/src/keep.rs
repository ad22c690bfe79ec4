//! How the record follows the platform. Every write is conditional on what was read: who loses the race stops, the other goes
//! on.

use crate::{GoOn, InvoiceIssue, ladder};
use heatpay_domain::invoice::Invoice;
use heatpay_partners::PartnerError;
use heatpay_runtime::{
    StepError,
    queue::{Queue, causes},
};
use heatpay_store::StoreError;
use jiff::SignedDuration;
use std::time::Duration;

/// The function's time limit in the template: after it nobody is sending any more.
const SENDING: SignedDuration = SignedDuration::from_secs(60);

impl InvoiceIssue {
    /// Says in the record that an order is about to be sent. `None`: another delivery was first, leave it to that one.
    pub(crate) async fn claim(&self, invoice: Invoice) -> Result<Option<Invoice>, StepError> {
        let claimed = Invoice { asked: invoice.asked + 1, version: invoice.version + 1, ..invoice };
        match self.invoices.keep_open(&claimed, self.clock.now() + SENDING).await {
            Ok(()) => Ok(Some(claimed)),
            Err(StoreError::Raced) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// The platform is asked again later, by the ladder. The record comes first: if the message is lost, the schedule finds the
    /// invoice.
    pub(crate) async fn again(&self, invoice: Invoice) -> Result<(), StepError> {
        let wait = ladder::after(invoice.asked);
        let after = Invoice { version: invoice.version + 1, ..invoice };
        match self.invoices.keep_open(&after, self.clock.now() + wait).await {
            Ok(()) => {}
            Err(StoreError::Raced) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let delay = Duration::try_from(wait).unwrap_or(Queue::MAX_DELAY);
        if delay > Queue::MAX_DELAY {
            // Longer than a message can wait: left to the schedule.
            return Ok(());
        }
        let go_on = GoOn { invoice_no: &after.invoice_no };
        self.again.send(&go_on, delay).await.map_err(StepError::retry)
    }

    /// There is nothing more to ask.
    pub(crate) async fn end(&self, invoice: Invoice) -> Result<(), StepError> {
        let after = Invoice { version: invoice.version + 1, ..invoice };
        match self.invoices.end(&after).await {
            Ok(()) | Err(StoreError::Raced) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The platform did not answer, or not usefully. Whatever became of the call, it is asked before anything is sent again.
    pub(crate) async fn no_answer(&self, invoice: Invoice, error: &PartnerError) -> Result<(), StepError> {
        let reason = causes(error);
        match error {
            PartnerError::OutcomeUnknown { .. } | PartnerError::TryLater { .. } => {
                tracing::warn!(invoice_no = %invoice.invoice_no, reason, "the e-invoice platform has no answer");
            }
            PartnerError::Refused { .. } | PartnerError::Misconfigured { .. } => {
                tracing::error!(invoice_no = %invoice.invoice_no, reason, "the e-invoice platform refuses to be asked");
            }
        }
        self.again(Invoice { error: Some(reason), ..invoice }).await
    }
}
