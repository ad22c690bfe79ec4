use crate::{
    DayToMatch, Reconcile,
    matched::Statement,
    statement::{Had, sha256},
};
use bytes::Bytes;
use heatpay_domain::{
    calendar::civil_date,
    reconcile::{KeptFile, ReconcileDay, Report, RunProblem, statement_due},
};
use heatpay_runtime::StepError;
use heatpay_store::StoreError;
use jiff::Timestamp;

impl Reconcile {
    /// Runs a day: file, matching, evidence, cases, fees, and last the day itself.
    pub(crate) async fn run(&self, wanted: &DayToMatch) -> Result<(), StepError> {
        let &DayToMatch { channel, day, fetch_again } = wanted;
        let now = self.clock.now();
        let source = self.channels.statements(channel);
        let source = source.ok_or_else(|| StepError::reject("the channel makes no statements"))?;
        if day >= civil_date(now) {
            return Err(StepError::reject("the day is not over"));
        }
        let stands = self.days.find(channel, day).await?.unwrap_or_else(|| ReconcileDay::begin(channel, day, now));
        let kept = if fetch_again { None } else { self.kept(&stands).await? };
        let had = match kept {
            Some((file, bytes)) => Had::File(file, bytes),
            None if stands.nothing_happened && !fetch_again => Had::Nothing,
            None if statement_due(channel, day).is_none_or(|due| now < due) => Had::Not(RunProblem::NotReady),
            None => self.fetch(source, channel, day, now).await?,
        };
        let file = match had {
            Had::File(file, bytes) => Some((file, bytes)),
            Had::Nothing => None,
            Had::Not(problem) => return self.failed(stands, problem, now).await,
        };
        let shown = file.as_ref().map(|(file, bytes)| (bytes, file.sha256.as_str()));
        match self.matched(&Statement { source, channel, day, file: shown }).await? {
            Ok(report) => self.record(stands, file.map(|(file, _)| file), &report, now).await,
            Err(bad) => {
                tracing::error!(channel = channel.name(), %day, reason = %bad, "the statement is not believed");
                self.failed(stands, RunProblem::BadFile, now).await
            }
        }
    }

    async fn failed(&self, stands: ReconcileDay, problem: RunProblem, now: Timestamp) -> Result<(), StepError> {
        self.write(&stands.failed(problem, now)).await
    }

    async fn record(
        &self,
        stands: ReconcileDay,
        file: Option<KeptFile>,
        report: &Report,
        now: Timestamp,
    ) -> Result<(), StepError> {
        let result = self.keep_result(report).await?;
        self.send_evidence(report, file.as_ref()).await?;
        let open_cases = self.keep_cases(report, now).await?;
        self.post_fee(report, now).await?;
        let after = stands.matched(report, file, result, open_cases, now);
        tracing::info!(
            channel = report.channel.name(), day = %report.day, state = after.state.name(), open_cases,
            held = report.held, to_settle = report.to_settle, unnamed = report.unnamed, "a day is matched"
        );
        self.write(&after).await
    }

    /// The result as a file, named by what is in it: the same again is the same file.
    async fn keep_result(&self, report: &Report) -> Result<KeptFile, StepError> {
        let bytes = Bytes::from(serde_json::to_vec(report).map_err(StepError::reject)?);
        let sha256 = sha256(&bytes);
        let key = format!("reconciliations/{}/{}/result-{sha256}.json", report.channel.name(), report.day);
        self.files.keep(&key, "application/json", bytes).await.map_err(StepError::retry)?;
        Ok(KeptFile { key, sha256 })
    }

    /// Another run of the same day was first, or a person: what they wrote is seen when this one is repeated.
    async fn write(&self, day: &ReconcileDay) -> Result<(), StepError> {
        match self.days.write(day).await {
            Err(StoreError::Raced) => Err(StepError::retry(StoreError::Raced)),
            written => Ok(written?),
        }
    }
}
