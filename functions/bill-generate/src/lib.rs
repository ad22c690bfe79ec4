//! Computes a slice of the households into bills, a page at a time. Bills that were issued before stay as they are, so a run
//! may be repeated; each page is counted once, however often its message is delivered.

mod page;

use async_trait::async_trait;
use heatpay_domain::{AccountNo, RunNo, Season, reminder::ReminderPlan};
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, Step, StepError, queue::Queue};
use heatpay_store::{
    billing::{NewBills, Runs, SliceProgress},
    households::{Households, RosterRow},
    tariffs::Tariffs,
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::{sync::Arc, time::Duration};

/// Households a message looks at: two bills and two postings each still fit into a few transactions and a few seconds.
const PAGE: i32 = 100;

/// A slice of a run, from where it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingSlice {
    /// The run.
    pub run_no: RunNo,
    /// The season to bill.
    pub season: Season,
    /// Whether to issue the bills or leave them as drafts.
    pub issue: bool,
    /// The slice of the roster.
    pub slice: u8,
    /// The last account done, nothing at the start.
    pub after: Option<AccountNo>,
}

struct BillGenerate {
    households: Households,
    tariffs: Tariffs,
    new_bills: NewBills,
    runs: Runs,
    again: Queue,
    draws: Queue,
    plan: ReminderPlan,
    clock: Arc<dyn Clock>,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    let plan = serde_json::from_str(context.settings.required("REMINDER_PLAN")?);
    Ok(Arc::new(BillGenerate {
        households: Households::of(&context)?,
        tariffs: Tariffs::of(&context)?,
        new_bills: NewBills::of(&context)?,
        runs: Runs::of(&context)?,
        again: Queue::of(&context, "BILLING_QUEUE_URL")?,
        draws: Queue::of(&context, "PREPAYMENT_QUEUE_URL")?,
        plan: plan.map_err(|e| BootError::Unusable { what: "REMINDER_PLAN", source: Box::new(e) })?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for BillGenerate {
    async fn message(&self, body: &str) -> Result<(), StepError> {
        let slice: BillingSlice = serde_json::from_str(body).map_err(StepError::reject)?;
        let roster = self.households.page_of_roster(slice.slice, slice.after.as_ref(), PAGE).await?;
        let tariffs = page::tariffs_for(&self.tariffs, slice.season, &roster.items).await?;
        let made = page::bills_of(&roster.items, &tariffs, &slice, &self.plan, self.clock.now());
        self.new_bills.write(&made.bills).await?;
        if slice.issue {
            self.draw(&roster.items).await?;
        }
        let last = roster.items.last().map(|row| row.household.account_no.clone());
        let more = roster.next.is_some();
        let progress = SliceProgress {
            households: u64::try_from(roster.items.len()).unwrap_or(0),
            // Those that stand, whether this delivery wrote them or one that died before it could say so.
            bills: u64::try_from(made.bills.len()).unwrap_or(0),
            amount: made.bills.iter().map(|new| new.bill.total.0).sum(),
            refused: made.refused,
            done: !more,
        };
        // The next page first: if the process dies now, this page is done again and changes nothing, and the next one is
        // delivered anyway.
        if let Some(after) = last.clone().filter(|_| more) {
            let next = BillingSlice { after: Some(after), ..slice.clone() };
            self.again.send(&next, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        self.runs
            .advance(&slice.run_no, slice.slice, slice.after.as_ref(), last.as_ref().filter(|_| more), &progress)
            .await?;
        Ok(())
    }
}

impl BillGenerate {
    /// New bills draw on what was paid ahead. A page that is done again asks again, and finds nothing to draw.
    async fn draw(&self, roster: &[RosterRow]) -> Result<(), StepError> {
        for row in roster.iter().filter(|row| row.prepaid.is_positive()) {
            let wanted = json!({ "account_no": row.household.account_no });
            self.draws.send(&wanted, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        Ok(())
    }
}
