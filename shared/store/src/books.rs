//! Everything the books hold, read from end to end: for the audit, which recomputes every balance. Never on a resident's way.

use crate::{StoreError, table::Table};
use heatpay_domain::{audit::Auditor, bill::Bill, ledger::Posting, payment::Payment, receipt::Receipt, refund::Refund};
use heatpay_runtime::{Context, settings::SettingError};
use serde::de::DeserializeOwned;

/// The tables that money is in.
#[derive(Clone, Debug)]
pub struct Books {
    households: Table,
    payments: Table,
    receipts: Table,
    postings: Table,
    refunds: Table,
}

/// All that stands in them.
#[derive(Clone, Debug, Default)]
pub struct Everything {
    /// All bills.
    pub bills: Vec<Bill>,
    /// All payments.
    pub payments: Vec<Payment>,
    /// All receipts.
    pub receipts: Vec<Receipt>,
    /// All postings.
    pub postings: Vec<Posting>,
    /// All refunds.
    pub refunds: Vec<Refund>,
}

impl Books {
    /// The tables of households, payments, receipts, postings and refunds.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            households: Table::of(context, "HOUSEHOLDS_TABLE")?,
            payments: Table::of(context, "PAYMENTS_TABLE")?,
            receipts: Table::of(context, "RECEIPTS_TABLE")?,
            postings: Table::of(context, "POSTINGS_TABLE")?,
            refunds: Table::of(context, "REFUNDS_TABLE")?,
        })
    }

    /// Reads all of it.
    pub async fn read(&self) -> Result<Everything, StoreError> {
        let mut all = Everything::default();
        scan(&self.households, Some("bill#"), |bill| all.bills.push(bill)).await?;
        scan(&self.payments, None, |payment| all.payments.push(payment)).await?;
        scan(&self.receipts, None, |receipt| all.receipts.push(receipt)).await?;
        scan(&self.postings, None, |posting| all.postings.push(posting)).await?;
        scan(&self.refunds, None, |refund| all.refunds.push(refund)).await?;
        Ok(all)
    }

    /// Hands all of it to the audit, a megabyte in memory at a time.
    pub async fn each(&self, auditor: &mut Auditor) -> Result<(), StoreError> {
        scan(&self.households, Some("bill#"), |bill| auditor.bill(&bill)).await?;
        scan(&self.payments, None, |payment| auditor.payment(&payment)).await?;
        scan(&self.receipts, None, |receipt| auditor.receipt(&receipt)).await?;
        scan(&self.postings, None, |posting| auditor.posting(&posting)).await?;
        scan(&self.refunds, None, |refund| auditor.refund(&refund)).await
    }
}

async fn scan<T: DeserializeOwned>(
    table: &Table,
    item_prefix: Option<&str>,
    mut take: impl FnMut(T) + Send,
) -> Result<(), StoreError> {
    let mut start = None;
    loop {
        let answer = table
            .client
            .scan()
            .table_name(&table.name)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        for item in answer.items.unwrap_or_default() {
            let wanted = item_prefix.is_none_or(|prefix| {
                item.get("item").and_then(|item| item.as_s().ok()).is_some_and(|item| item.starts_with(prefix))
            });
            if wanted {
                take(table.read(item)?);
            }
        }
        start = answer.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            return Ok(());
        }
    }
}
