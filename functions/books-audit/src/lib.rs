//! 核账: once a day every balance is recomputed from the postings, and each difference named: in the log, in a file that is kept,
//! and by a metric that an alarm watches. Reads all tables that money is in from end to end; the one step that may.

use async_trait::async_trait;
use bytes::Bytes;
use heatpay_domain::{
    audit::{Audit, Auditor},
    calendar::civil_date,
};
use heatpay_ports::Clock;
use heatpay_runtime::{BootError, Context, Step, StepError, files::Files, telemetry::Metrics};
use heatpay_store::books::Books;
use std::sync::Arc;

/// The metric an alarm watches.
const DIFFERENCES: &str = "BooksDifferences";

/// How many differences the log names; the file has all.
const LOGGED: usize = 100;

struct BooksAudit {
    books: Books,
    files: Files,
    metrics: Metrics,
    clock: Arc<dyn Clock>,
}

/// Boots the step.
pub async fn step(context: Context) -> Result<Arc<dyn Step>, BootError> {
    Ok(Arc::new(BooksAudit {
        books: Books::of(&context)?,
        files: Files::of(&context)?,
        metrics: Metrics::of(&context)?,
        clock: context.clock,
    }))
}

#[async_trait]
impl Step for BooksAudit {
    async fn message(&self, _: &str) -> Result<(), StepError> {
        Err(StepError::reject("the audit takes no messages"))
    }

    async fn scheduled(&self) -> Result<(), StepError> {
        let mut audit = self.audit().await?;
        if !audit.differences.is_empty() {
            // Money may have moved between one table and the next; what is so again is no matter of the moment.
            let before = audit.differences;
            audit = self.audit().await?;
            audit.differences.retain(|difference| before.contains(difference));
        }
        self.report(&audit).await
    }
}

impl BooksAudit {
    async fn audit(&self) -> Result<Audit, StepError> {
        let mut auditor = Auditor::default();
        self.books.each(&mut auditor).await?;
        Ok(auditor.finish())
    }

    async fn report(&self, audit: &Audit) -> Result<(), StepError> {
        let now = self.clock.now();
        let bytes = Bytes::from(serde_json::to_vec(audit).map_err(StepError::reject)?);
        let key = format!("audits/{}.json", civil_date(now));
        self.files.keep(&key, "application/json", bytes).await.map_err(StepError::retry)?;
        for difference in audit.differences.iter().take(LOGGED) {
            tracing::error!(difference, "the books do not agree");
        }
        let count = u64::try_from(audit.differences.len()).unwrap_or(u64::MAX);
        tracing::info!(count, postings = audit.counted.get("postings"), "the books were audited");
        self.metrics.count(DIFFERENCES, count, now);
        Ok(())
    }
}
