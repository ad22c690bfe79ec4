use crate::{DayToMatch, Reconcile};
use heatpay_domain::{
    Channel,
    calendar::civil_date,
    reconcile::{DayState, ReconcileDay, is_late, statement_due},
};
use heatpay_runtime::StepError;
use jiff::{Timestamp, ToSpan, civil::Date};
use std::{collections::BTreeMap, time::Duration};

/// How many days back the schedule looks; older ones are run on demand.
const DAYS_BACK: i64 = 7;

/// The metric an alarm watches.
const LATE_DAYS: &str = "LateReconciliationDays";

impl Reconcile {
    pub(crate) async fn take_up_due_days(&self) -> Result<(), StepError> {
        let now = self.clock.now();
        let mut late = 0;
        for channel in self.channels.with_statements() {
            late += self.take_up(channel, now).await?;
        }
        self.metrics.count(LATE_DAYS, late, now);
        Ok(())
    }

    /// Answers how many days are late.
    async fn take_up(&self, channel: Channel, now: Timestamp) -> Result<u64, StepError> {
        let today = civil_date(now);
        let first = today.saturating_sub(DAYS_BACK.days());
        let stands: BTreeMap<Date, ReconcileDay> =
            self.days.since(channel, first).await?.into_iter().map(|stands| (stands.day, stands)).collect();
        let mut late = 0;
        for day in first.series(1.day()).take_while(|day| *day < today) {
            let (own, next) = (stands.get(&day), day.tomorrow().ok().and_then(|next| stands.get(&next)));
            if is_late(day, own, now) {
                late += 1;
                tracing::error!(channel = channel.name(), %day, "a reconciliation is late");
            }
            if statement_due(channel, day).is_some_and(|due| due <= now) && is_to_run(own, next, now) {
                let wanted = DayToMatch { channel, day, fetch_again: false };
                self.own.send(&wanted, Duration::ZERO).await.map_err(StepError::retry)?;
            }
        }
        Ok(late)
    }
}

/// Never run, to be looked at again, or held over until the next day's statement, which is there now.
fn is_to_run(own: Option<&ReconcileDay>, next: Option<&ReconcileDay>, now: Timestamp) -> bool {
    match own.map(|own| (own.state, own)) {
        None => true,
        Some((DayState::Closed, _)) => false,
        Some((DayState::Open, own)) => {
            let waited = own.again_at.is_some_and(|at| at <= now);
            waited || own.held > 0 && next.is_some_and(ReconcileDay::has_statement)
        }
    }
}
