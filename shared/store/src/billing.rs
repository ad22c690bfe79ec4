//! Billing: the bills a run makes, with their postings, and how far the run has come.

use crate::{
    StoreError,
    bills::{Bills, bill_item},
    error::{Stop, stops},
    settle::posting_item,
    table::{Table, key, n, s, shard_of},
};
use aws_sdk_dynamodb::types::{Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem};
use heatpay_domain::{AccountNo, RunNo, Season, bill::Bill, ledger::Posting};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// The most parts one transaction may have (DynamoDB's limit).
const MAX_PARTS: usize = 100;

/// A bill to write, with what it posts and when its resident is first reminded.
#[derive(Clone, Debug)]
pub struct NewBill {
    /// The bill, draft or issued.
    pub bill: Bill,
    /// What issuing it posts; nothing for a draft.
    pub postings: Vec<Posting>,
    /// The day of its first reminder.
    pub remind_on: Option<Date>,
}

/// Writes bills.
#[derive(Clone, Debug)]
pub struct NewBills {
    bills: Bills,
    postings: Table,
}

impl NewBills {
    /// The tables in `HOUSEHOLDS_TABLE` and `POSTINGS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { bills: Bills::of(context)?, postings: Table::of(context, "POSTINGS_TABLE")? })
    }

    /// Writes the bills that are not there yet, or there only as drafts; each with its postings or not at all. Answers how
    /// many it wrote. One transaction for up to 100 parts; one more for each that meets bills issued before.
    pub async fn write(&self, bills: &[NewBill]) -> Result<usize, StoreError> {
        let mut written = 0;
        let mut rest = bills;
        while !rest.is_empty() {
            let (now, later) = rest.split_at(fitting(rest));
            written += self.write_together(now.iter().collect()).await?;
            rest = later;
        }
        Ok(written)
    }

    async fn write_together(&self, mut bills: Vec<&NewBill>) -> Result<usize, StoreError> {
        while !bills.is_empty() {
            let mut transaction = self.postings.client.transact_write_items();
            // Which bill each part of the transaction belongs to.
            let mut owners = Vec::new();
            for (at, new) in bills.iter().enumerate() {
                transaction = transaction.transact_items(self.put_bill(new)?);
                owners.push(at);
                for posting in &new.postings {
                    let item = posting_item(&self.postings, posting)?;
                    transaction = transaction.transact_items(self.postings.put_new(item, "book"));
                    owners.push(at);
                }
            }
            let Err(error) = transaction.send().await else { return Ok(bills.len()) };
            let there: Vec<usize> = stops(error)?
                .iter()
                .zip(owners)
                .filter_map(|(stop, owner)| matches!(stop, Stop::Condition(_)).then_some(owner))
                .collect();
            let mut at = 0;
            bills.retain(|_| {
                at += 1;
                !there.contains(&(at - 1))
            });
        }
        Ok(0)
    }

    fn put_bill(&self, new: &NewBill) -> Result<TransactWriteItem, StoreError> {
        let NewBill { bill, remind_on, .. } = new;
        let table = &self.bills.0;
        let mut item = table.item(bill)?;
        item.insert("item".to_owned(), s(bill_item(bill.season, bill.bill_no.as_str())));
        if let Some(day) = remind_on {
            item.insert("remind_shard".to_owned(), s(shard_of(bill.account_no.as_str())));
            item.insert("remind_key".to_owned(), s(remind_key(*day, bill)));
        }
        let put = Put::builder()
            .table_name(&table.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(account_no) OR #status = :draft")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":draft", s("draft"))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None)
            .build()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// How many of the bills fit into one transaction; at least one.
fn fitting(bills: &[NewBill]) -> usize {
    let mut parts = 0;
    let count = bills
        .iter()
        .take_while(|new| {
            parts += 1 + new.postings.len();
            parts <= MAX_PARTS
        })
        .count();
    count.max(1)
}

/// Where a bill stands in the sparse index of reminders: by day, then household.
pub(crate) fn remind_key(day: Date, bill: &Bill) -> String {
    format!("{day}#{}#{}", bill.account_no, bill.bill_no)
}

/// A billing run as it was started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its number.
    pub run_no: RunNo,
    /// The season it bills.
    pub season: Season,
    /// Whether it issues the bills or leaves them as drafts.
    pub issue: bool,
    /// When it was started.
    pub started_at: Timestamp,
    /// In how many slices the households are billed.
    pub slices: u8,
}

/// How far one slice of a run has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SliceProgress {
    /// Households looked at.
    pub households: u64,
    /// Bills computed; they stand, written now or before.
    pub bills: u64,
    /// Their sum, in fen.
    pub amount: i64,
    /// Households that no bill could be computed for.
    pub refused: u64,
    /// Everything of the slice is done.
    pub done: bool,
}

/// How far a run has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunProgress {
    /// The run.
    pub run: Run,
    /// All slices together; done when every slice is.
    pub total: SliceProgress,
}

/// Billing runs, in the table `BILLING_RUNS_TABLE`.
#[derive(Clone, Debug)]
pub struct Runs(Table);

impl Runs {
    /// The table in `BILLING_RUNS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "BILLING_RUNS_TABLE")?))
    }

    /// Records a new run.
    pub async fn start(&self, run: &Run) -> Result<(), StoreError> {
        let mut item = self.0.item(run)?;
        item.insert("part".to_owned(), s("run"));
        self.0
            .client
            .put_item()
            .table_name(&self.0.name)
            .set_item(Some(item))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        Ok(())
    }

    /// How far the run has come. One Query.
    pub async fn progress(&self, run_no: &RunNo) -> Result<Option<RunProgress>, StoreError> {
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("run_no = :run")
            .expression_attribute_values(":run", s(run_no.as_str()))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let (mut run, mut total, mut done) = (None, SliceProgress::default(), 0);
        for item in answer.items.unwrap_or_default() {
            if item.get("part").and_then(|part| part.as_s().ok()).is_some_and(|part| part == "run") {
                run = Some(self.0.read::<Run>(item)?);
                continue;
            }
            let slice: SliceProgress = self.0.read(item)?;
            total.households += slice.households;
            total.bills += slice.bills;
            total.amount += slice.amount;
            total.refused += slice.refused;
            done += u8::from(slice.done);
        }
        Ok(run.map(|run| {
            total.done = done == run.slices;
            RunProgress { run, total }
        }))
    }

    /// Adds a page to a slice's progress, once: a page that was added before changes nothing. `from` and `to` are the
    /// accounts before the page and at its end.
    pub async fn advance(
        &self,
        run_no: &RunNo,
        slice: u8,
        from: Option<&AccountNo>,
        to: Option<&AccountNo>,
        page: &SliceProgress,
    ) -> Result<(), StoreError> {
        let key = key([("run_no", run_no.as_str()), ("part", &format!("slice#{slice:03}"))]);
        let update = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(key))
            .update_expression(
                "SET #to = :to, done = :done ADD households :households, bills :bills, amount :amount, refused :refused",
            )
            .condition_expression(if from.is_some() { "#to = :from" } else { "attribute_not_exists(#to)" })
            .expression_attribute_names("#to", "reached")
            .expression_attribute_values(":to", s(to.map_or("end", AccountNo::as_str)))
            .expression_attribute_values(":done", aws_sdk_dynamodb::types::AttributeValue::Bool(page.done))
            .expression_attribute_values(":households", n(page.households))
            .expression_attribute_values(":bills", n(page.bills))
            .expression_attribute_values(":amount", n(page.amount))
            .expression_attribute_values(":refused", n(page.refused));
        let update = match from {
            Some(from) => update.expression_attribute_values(":from", s(from.as_str())),
            None => update,
        };
        match update.send().await {
            Ok(_) => Ok(()),
            // Added before, by another delivery of the same message.
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(()),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }
}
