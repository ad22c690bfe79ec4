//! A new invoice in the place of one that was reversed, for what the company kept of a payment: the invoice, and the payment's
//! pointer to it, in one transaction, so that however many refunds of a payment end at once, one invoice is in force.

use crate::{StoreError, error::stops, invoices::Invoices, payments::Payments};
use heatpay_domain::{InvoiceNo, invoice::Invoice, payment::Payment, refund::GivenBack};
use heatpay_runtime::{BootError, Context};
use jiff::Timestamp;

/// Puts invoices in the place of others.
#[derive(Clone)]
pub struct Reinvoicing {
    invoices: Invoices,
    payments: Payments,
}

impl Reinvoicing {
    /// The tables in `INVOICES_TABLE` and `PAYMENTS_TABLE`, sealed with the keys in the secret `PERSONAL_DATA_SECRET_ID`.
    pub async fn of(context: &Context) -> Result<Self, BootError> {
        Ok(Self { invoices: Invoices::of(context).await?, payments: Payments::of(context)? })
    }

    /// Asks for the invoice in the place of `before`; its lines are made when it is sent, from what is kept then. `payment` and
    /// `given_back` are as they were read. [`StoreError::Raced`]: the payment changed since.
    pub async fn ask(
        &self,
        before: &Invoice,
        invoice_no: &InvoiceNo,
        (payment, given_back): (&Payment, &GivenBack),
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let pointed = GivenBack { invoice_no: Some(invoice_no.clone()), ..given_back.clone() };
        let payments = &self.payments;
        let transaction = payments
            .0
            .client
            .transact_write_items()
            .transact_items(payments.given_back(payment, &pointed)?)
            .transact_items(self.invoices.in_place_of(before, invoice_no, payment, now)?);
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }
}
