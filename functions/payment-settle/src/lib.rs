//! The only step that marks money as received. Evidence comes by one queue, whatever it was read from; read, decide, commit.

use async_trait::async_trait;
use heatpay_domain::{
    Evidence, PaymentNo,
    payment::{Decision, decide},
    receipt::Receipt,
};
use heatpay_ports::Clock;
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    events::{PaymentEvent, PaymentEvents},
};
use heatpay_store::{
    StoreError,
    bills::Bills,
    payments::Payments,
    settle::{Committed, Settlements},
};
use std::sync::Arc;

/// How often a lost race is decided again before the queue has to deliver again.
const DECISIONS: usize = 5;

struct PaymentSettle {
    payments: Payments,
    bills: Bills,
    settlements: Settlements,
    events: PaymentEvents,
    clock: Arc<dyn Clock>,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(PaymentSettle {
        payments: Payments::of(&context)?,
        bills: Bills::of(&context)?,
        settlements: Settlements::of(&context)?,
        events: PaymentEvents::of(&context)?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for PaymentSettle {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let evidence: Evidence = serde_json::from_str(body).map_err(StepError::reject)?;
        let receipt = self.record(&evidence).await?;
        // After the commit. If this fails the queue delivers again, the receipt is found, and it is published again.
        self.publish(&receipt).await
    }
}

impl PaymentSettle {
    /// Records the evidence once; answers the receipt, new or found.
    async fn record(&self, evidence: &Evidence) -> Result<Receipt, StepError> {
        for _ in 0..DECISIONS {
            let payment = match PaymentNo::parse(evidence.payment_no.as_str()) {
                Ok(payment_no) => self.payments.find(&payment_no).await?,
                Err(_) => None,
            };
            let bills = match &payment {
                Some(payment) if payment.status.is_open() => self.bills.of_payment(payment).await?,
                Some(_) | None => Vec::new(),
            };
            let settlement = match decide(payment.as_ref(), &bills, evidence, self.clock.now()) {
                Decision::Commit(settlement) => settlement,
                Decision::Duplicate => return self.recorded_before(evidence).await,
            };
            match self.settlements.commit(&settlement).await {
                Ok(Committed::Now) => {
                    let outcome = settlement.outcome;
                    tracing::info!(receipt_no = %settlement.receipt.receipt_no, ?outcome, "money recorded");
                    return Ok(settlement.receipt);
                }
                Ok(Committed::Before(receipt)) => return Ok(*receipt),
                Err(StoreError::Raced) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Raced.into())
    }

    async fn recorded_before(&self, evidence: &Evidence) -> Result<Receipt, StepError> {
        let receipt = self.settlements.receipt_of(evidence).await?;
        receipt.ok_or_else(|| StepError::reject("a paid payment has no receipt"))
    }

    async fn publish(&self, receipt: &Receipt) -> Result<(), StepError> {
        if let Some(payment_no) = receipt.payment_no.clone().filter(|_| receipt.outcome.is_settled()) {
            self.events.publish(&PaymentEvent::Paid { payment_no }).await.map_err(StepError::retry)?;
        }
        if let Some(account_no) = receipt.account_no.clone().filter(|_| receipt.prepaid.is_positive()) {
            self.events.publish(&PaymentEvent::Prepaid { account_no }).await.map_err(StepError::retry)?;
        }
        if let Some(refund_no) = receipt.refund_no.clone() {
            self.events.publish(&PaymentEvent::RefundRequested { refund_no }).await.map_err(StepError::retry)?;
        }
        Ok(())
    }
}
