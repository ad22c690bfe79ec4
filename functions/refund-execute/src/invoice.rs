//! The payment's invoice: reversed before the money goes out, and what the company keeps invoiced anew when it is out. At rest, the
//! invoice in force is for exactly what is kept, or nobody had asked for one.

use crate::RefundExecute;
use heatpay_domain::{
    Fen, InvoiceNo,
    invoice::{Invoice, InvoiceStatus, totals},
    payment::{Payment, total},
    refund::{GivenBack, InvoiceStage, Refund, RefundReason},
};
use heatpay_runtime::{StepError, queue::causes};
use heatpay_store::StoreError;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use std::time::Duration;

/// How often a lost race for the payment's invoice is decided again.
const DECISIONS: usize = 5;

/// What the desk reads while the refund waits.
const WAITS: &str = "waits for the payment's invoice";

impl RefundExecute {
    /// Before the money goes out.
    pub(crate) async fn clear_invoice(&self, refund: Refund) -> Result<(), StepError> {
        let now = self.clock.now();
        let (payment, given_back) = self.payment_of(&refund).await?;
        let found = self.invoices.find(&given_back.invoice_of(&payment.payment_no)).await?;
        match found.map(|kept| (kept.invoice.status, kept.invoice)) {
            None | Some((InvoiceStatus::Failed | InvoiceStatus::Reversed, _)) => self.cleared(refund, now).await,
            Some((InvoiceStatus::Requested | InvoiceStatus::Issuing, _)) => self.wait(refund, now).await,
            Some((InvoiceStatus::Issued, invoice)) => {
                self.reverse(&invoice, &refund).await?;
                self.wait(refund, now).await
            }
        }
    }

    /// Nothing stands in the way. The record says so, and dates the number, before the channel sees it.
    async fn cleared(&self, refund: Refund, now: Timestamp) -> Result<(), StepError> {
        let (version, asked) = (refund.version + 1, 0);
        let after = Refund { numbered_at: now, asked, error: None, version, ..refund };
        let after = after.with_invoice(InvoiceStage::Cleared);
        match self.refunds.keep_open(&after, now + SignedDuration::from_secs(60)).await {
            Ok(()) => self.send(after).await,
            Err(StoreError::Raced) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// After the end, with the money out or kept.
    pub(crate) async fn line_up_invoice(&self, refund: Refund) -> Result<(), StepError> {
        let now = self.clock.now();
        for _ in 0..DECISIONS {
            let (payment, given_back) = self.payment_of(&refund).await?;
            let in_force = given_back.invoice_of(&payment.payment_no);
            let ours = InvoiceNo::after_refund(&refund.refund_no);
            let Some(kept) = self.invoices.find(&in_force).await? else { return self.in_line(refund).await };
            if in_force == ours {
                self.hand_over(&ours).await;
                return self.in_line(refund).await;
            }
            let money = total(&given_back.kept(&payment).allocations).unwrap_or(Fen::ZERO);
            match kept.invoice.status {
                InvoiceStatus::Requested | InvoiceStatus::Issuing => return self.wait(refund, now).await,
                InvoiceStatus::Issued if gross(&kept.invoice) == Some(money) => return self.in_line(refund).await,
                InvoiceStatus::Issued => {
                    self.reverse(&kept.invoice, &refund).await?;
                    return self.wait(refund, now).await;
                }
                InvoiceStatus::Failed | InvoiceStatus::Reversed if !money.is_positive() => {
                    return self.in_line(refund).await;
                }
                InvoiceStatus::Failed | InvoiceStatus::Reversed => {}
            }
            match self.reinvoicing.ask(&kept.invoice, &ours, (&payment, &given_back), now).await {
                Ok(()) => {
                    self.hand_over(&ours).await;
                    return self.in_line(refund).await;
                }
                Err(StoreError::Raced) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Raced.into())
    }

    /// Nothing is left to do about the refund.
    async fn in_line(&self, refund: Refund) -> Result<(), StepError> {
        let after = Refund { error: None, version: refund.version + 1, ..refund };
        match self.refunds.end(&after.with_invoice(InvoiceStage::InLine)).await {
            Ok(()) | Err(StoreError::Raced) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn wait(&self, refund: Refund, now: Timestamp) -> Result<(), StepError> {
        self.later(Refund { error: Some(WAITS.to_owned()), version: refund.version + 1, ..refund }, now).await
    }

    async fn payment_of(&self, refund: &Refund) -> Result<(Payment, GivenBack), StepError> {
        let payment_no = refund.payment_no.as_ref();
        let payment_no = payment_no.ok_or_else(|| StepError::reject("a refund of staff names its payment"))?;
        let found = self.payments.find_with_given_back(payment_no).await?;
        found.ok_or_else(|| StepError::reject("no such payment"))
    }

    /// Asked again while it is under way, `invoice-issue` only goes on with it.
    async fn reverse(&self, invoice: &Invoice, refund: &Refund) -> Result<(), StepError> {
        let label = match refund.reason {
            RefundReason::Staff(reason) => reason.red_label(),
            RefundReason::Stray(_) | RefundReason::Excess => "02",
        };
        let wanted = json!({ "invoice_no": invoice.invoice_no, "reverse": true, "label": label });
        self.invoicing.send(&wanted, Duration::ZERO).await.map_err(StepError::retry)
    }

    /// Without this message the schedule finds the invoice, some minutes later.
    async fn hand_over(&self, invoice_no: &InvoiceNo) {
        if let Err(error) = self.invoicing.send(&json!({ "invoice_no": invoice_no }), Duration::ZERO).await {
            tracing::warn!(%invoice_no, reason = causes(&error), "the invoice is left to the schedule");
        }
    }
}

fn gross(invoice: &Invoice) -> Option<Fen> {
    totals(&invoice.lines).map(|totals| totals.gross)
}
