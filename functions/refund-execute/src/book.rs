//! The channel paid it out: refund, postings, bills and the payment's record, in one transaction.

use crate::RefundExecute;
use heatpay_channels::MoneyRefunded;
use heatpay_domain::refund::{GivenBack, InvoiceStage, Refund, RefundEvent, paid_out};
use heatpay_runtime::StepError;
use heatpay_store::{StoreError, refund_books::Moved};
use jiff::Timestamp;

/// How often a lost race is decided again before the queue has to deliver again.
const DECISIONS: usize = 5;

impl RefundExecute {
    pub(crate) async fn succeed(&self, refund: Refund, money: MoneyRefunded, now: Timestamp) -> Result<(), StepError> {
        if money.amount != refund.amount {
            return self.end(refund, RefundEvent::ChannelAbnormal, "the channel sent back another amount").await;
        }
        let mut refund = refund;
        for _ in 0..DECISIONS {
            let after = Refund {
                channel_refund_no: Some(money.channel_refund_no.clone()),
                refunded_at: Some(money.refunded_at.unwrap_or(now)),
                error: None,
                ..refund.after(RefundEvent::ChannelSucceeded, now).map_err(StepError::reject)?
            };
            match self.book(&after, now).await {
                Ok(()) => {
                    self.say_paid_out(&after.refund_no).await?;
                    return if after.has_work() { self.line_up_invoice(after).await } else { Ok(()) };
                }
                Err(NotBooked::Raced) => refund = self.find(&refund.refund_no).await?,
                Err(NotBooked::Step(error)) => return Err(error),
            }
            if refund.status.is_paid_out() {
                // Another delivery was first.
                return Ok(());
            }
        }
        Err(StoreError::Raced.into())
    }

    /// Reads what the refund changes, decides, commits.
    async fn book(&self, after: &Refund, now: Timestamp) -> Result<(), NotBooked> {
        let read = match (&after.claim, &after.payment_no) {
            (Some(_), Some(payment_no)) => {
                let found = self.payments.find_with_given_back(payment_no).await?;
                Some(found.ok_or_else(|| StepError::reject("no such payment"))?)
            }
            (Some(_), None) => return Err(StepError::reject("a refund of staff names its payment").into()),
            (None, _) => None,
        };
        let bills = match &read {
            Some((payment, _)) => self.bills.of_payment(payment).await?,
            None => Vec::new(),
        };
        let nothing = GivenBack::default();
        let given_back = read.as_ref().map_or(&nothing, |(_, given_back)| given_back);
        let booked = paid_out(after, given_back, &bills, now).map_err(StepError::reject)?;
        let payment = read.as_ref().map(|(payment, _)| payment).zip(booked.back.as_ref());
        let ask_at = (after.invoice_stage() == Some(InvoiceStage::Cleared)).then_some(now);
        let prepaid = booked.prepaid.as_ref();
        let moved = Moved { after, ask_at, payment, paid_out: Some(&booked), prepaid, entry: None };
        Ok(self.books.write(moved, now).await?)
    }
}

/// Why nothing was booked.
enum NotBooked {
    /// Something changed since it was read.
    Raced,
    /// As every step's error.
    Step(StepError),
}

impl From<StoreError> for NotBooked {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Raced => Self::Raced,
            error @ (StoreError::Unavailable(_) | StoreError::Malformed { .. }) => Self::Step(error.into()),
        }
    }
}

impl From<StepError> for NotBooked {
    fn from(error: StepError) -> Self {
        Self::Step(error)
    }
}
