//! A household's bills draw on what it paid ahead. The draw is written as a payment that takes its money out of the balance and holds
//! its bills, in one transaction; its evidence goes the way of all money, through the settlement queue. A bill that somebody is paying
//! is looked at again when that is over.

use async_trait::async_trait;
use heatpay_domain::{
    AccountNo, PaymentNo,
    bill::Bill,
    calendar::civil_date,
    payment::{Payment, hold},
    prepayment::{draw, evidence, is_held_up, payment},
};
use heatpay_ports::{Clock, Ids};
use heatpay_runtime::{
    BootError, Context, Step, StepError,
    queue::{Queue, causes},
};
use heatpay_store::{StoreError, households::Households, prepaid::Draws};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::{sync::Arc, time::Duration};

/// The evidence is handed over at once; if that fails, the watch does it after this time.
const HANDED_OVER_BY: SignedDuration = SignedDuration::from_secs(30);
/// Who pays a bill is done by then: a payment lives a quarter of an hour.
const LOOK_AGAIN: Duration = Duration::from_secs(900);
/// How often a lost race is decided again before the queue has to deliver again.
const DECISIONS: usize = 5;

struct PrepaymentDraw {
    households: Households,
    draws: Draws,
    settlements: Queue,
    again: Queue,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
}

/// From `bill-generate` (bills were issued), or from the topic (`prepayment.received`, while a bill may have been issued).
#[derive(Serialize, Deserialize)]
struct Draw {
    account_no: AccountNo,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(PrepaymentDraw {
        households: Households::of(&context)?,
        draws: Draws::of(&context)?,
        settlements: Queue::of(&context, "SETTLEMENT_QUEUE_URL")?,
        again: Queue::of(&context, "PREPAYMENT_QUEUE_URL")?,
        clock: context.clock,
        ids: context.ids,
    }))
}

#[async_trait]
impl Step for PrepaymentDraw {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let Draw { account_no } = serde_json::from_str(body).map_err(StepError::reject)?;
        for _ in 0..DECISIONS {
            let now = self.clock.now();
            let home = self.households.home(&account_no).await?;
            let home = home.ok_or_else(|| StepError::reject("no such household"))?;
            let allocations = draw(&home.bills, home.household.prepaid, civil_date(now));
            if is_held_up(&home.bills, &allocations, home.household.prepaid) {
                let again = Draw { account_no: account_no.clone() };
                self.again.send(&again, LOOK_AGAIN).await.map_err(StepError::retry)?;
            }
            let payment_no = PaymentNo::from_ulid(&self.ids.ulid(now)).map_err(StepError::reject)?;
            let Some(payment) = payment(payment_no, &account_no, allocations, now) else { return Ok(()) };
            match self.write(&payment, &home.bills, now).await {
                Ok(()) => return Ok(()),
                // Another delivery drew, somebody pays the bill, or the balance went back.
                Err(StoreError::Raced) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(StoreError::Raced.into())
    }
}

impl PrepaymentDraw {
    async fn write(&self, payment: &Payment, bills: &[Bill], now: Timestamp) -> Result<(), StoreError> {
        self.draws.draw(payment, &hold(payment, bills), now + HANDED_OVER_BY).await?;
        tracing::info!(payment_no = %payment.payment_no, account_no = %payment.account_no, fen = payment.amount.0, "drawn");
        // Without this message the watch's schedule finds the payment and hands the same evidence over.
        if let Some(evidence) = evidence(payment)
            && let Err(error) = self.settlements.send(&evidence, Duration::ZERO).await
        {
            tracing::warn!(payment_no = %payment.payment_no, reason = causes(&error), "the evidence is left to the watch");
        }
        Ok(())
    }
}
