//! What follows from a report: evidence for what only the channel has, cases for people, the fee's posting.

use crate::Reconcile;
use heatpay_domain::{
    CaseNo, Evidence, EvidenceSource,
    ledger::charge_fee,
    reconcile::{Case, CaseState, Difference, KeptFile, Report},
};
use heatpay_runtime::StepError;
use heatpay_store::StoreError;
use jiff::Timestamp;
use serde_json::json;
use std::{collections::BTreeMap, time::Duration};

/// How often a lost race for the fee's posting is run again.
const ATTEMPTS: usize = 4;

impl Reconcile {
    /// Payments that only the channel has become evidence like any other. Sent again by a rerun, it is a repeat.
    pub(crate) async fn send_evidence(&self, report: &Report, file: Option<&KeptFile>) -> Result<(), StepError> {
        let merchant = self.channels.get(report.channel).map_err(StepError::reject)?.merchant();
        for difference in report.differences.iter().filter(|difference| difference.settles()) {
            let Some(evidence) = evidence(report, difference, merchant, file) else { continue };
            self.settlement.send(&evidence, Duration::ZERO).await.map_err(StepError::retry)?;
        }
        Ok(())
    }

    /// Opens the cases of what differs, closes those of what differs no more. Answers how many are open.
    pub(crate) async fn keep_cases(&self, report: &Report, now: Timestamp) -> Result<u64, StepError> {
        let (channel, day) = (report.channel, report.day);
        let before: BTreeMap<CaseNo, Case> =
            self.cases.of_day(channel, day).await?.into_iter().map(|case| (case.case_no.clone(), case)).collect();
        let found: BTreeMap<CaseNo, &Difference> = report
            .differences
            .iter()
            .filter(|difference| !difference.settles())
            .map(|difference| (difference.case_no(channel, day), difference))
            .collect();
        let mut open = 0;
        for (case_no, difference) in &found {
            let (stands, changed) = match before.get(case_no) {
                None => (None, Some(Case::open(channel, day, difference, now))),
                Some(case) => (Some(case), case.after_rerun(true, now)),
            };
            if let Some(case) = &changed {
                self.write_case(case).await?;
            }
            let state = changed.as_ref().or(stands).map(|case| case.state);
            open += u64::from(state == Some(CaseState::Open));
        }
        for case in before.values().filter(|case| !found.contains_key(&case.case_no)) {
            // Where not all are named, one that is not among them may be there still.
            let changed = if report.unnamed == 0 { case.after_rerun(false, now) } else { None };
            match changed {
                Some(resolved) => self.write_case(&resolved).await?,
                None => open += u64::from(case.state == CaseState::Open),
            }
        }
        Ok(open)
    }

    async fn write_case(&self, case: &Case) -> Result<(), StepError> {
        if self.cases.write(case).await? { Ok(()) } else { Err(StepError::retry(StoreError::Raced)) }
    }

    /// Posts the day's fee, or what is missing to it.
    pub(crate) async fn post_fee(&self, report: &Report, now: Timestamp) -> Result<(), StepError> {
        for _ in 0..ATTEMPTS {
            let posted = self.fees.of_day(report.channel, report.day).await?;
            let Some(posting) = charge_fee(report.channel, report.day, report.fee, &posted, now) else {
                return Ok(());
            };
            match self.fees.post(&posting).await {
                Err(StoreError::Raced) => {}
                posted => return Ok(posted?),
            }
        }
        Err(StepError::retry(StoreError::Raced))
    }
}

fn evidence(report: &Report, difference: &Difference, merchant: &str, file: Option<&KeptFile>) -> Option<Evidence> {
    let raw = json!({ "statement": file.map(|file| &file.key), "line": difference });
    Some(Evidence {
        channel: report.channel,
        merchant: merchant.to_owned(),
        payment_no: difference.order_no.clone()?,
        channel_txn: difference.channel_txn.clone()?,
        amount: difference.channel_amount?,
        paid_at: difference.at?,
        payer: None,
        source: EvidenceSource::Statement,
        raw: raw.to_string(),
    })
}
