//! Bills to remind of: a sparse index of the open ones by the day of their next reminder. A reminder and the bill's next day
//! are written together, so each stage reaches a bill once.

use crate::{
    StoreError,
    billing::remind_key,
    error::{Stop, stops},
    notifications::Notifications,
    table::{Item, SHARDS, Table, key, s},
};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use heatpay_domain::{AccountNo, BillNo, bill::Bill, notification::Notification};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{ToSpan, civil::Date};
use serde::Deserialize;
use std::collections::HashMap;

/// Over how many slices [`Reminders::due`] takes its bills.
pub const SLICES: u8 = SHARDS;

/// The bills to remind of, in the table `HOUSEHOLDS_TABLE`, and what is told of them, in `NOTIFICATIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct Reminders {
    households: Table,
    notifications: Notifications,
}

/// A bill whose day has come, as the index has it. The index lags behind: read the bill before anybody is reminded.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct DueBill {
    /// The household.
    pub account_no: AccountNo,
    item: String,
    remind_key: String,
}

/// A bill that reached a stage.
#[derive(Clone, Debug)]
pub struct ReachedStage<'a> {
    /// Where the index has it.
    pub due: &'a DueBill,
    /// The bill.
    pub bill: &'a Bill,
    /// The record of the stage.
    pub notification: Notification,
    /// The day of its next stage, if there is one.
    pub next: Option<Date>,
}

/// What came of recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recorded {
    /// All of it is written.
    Now,
    /// A bill reached its stage before; nothing is written.
    Before,
    /// A bill was paid, withdrawn or taken up by another run; nothing is written.
    Raced,
}

impl DueBill {
    /// Whether this is the index's row of that bill.
    pub fn is_of(&self, bill_no: &BillNo) -> bool {
        self.item.rsplit('#').next() == Some(bill_no.as_str())
    }
}

impl Reminders {
    /// The tables in `HOUSEHOLDS_TABLE` and `NOTIFICATIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { households: Table::of(context, "HOUSEHOLDS_TABLE")?, notifications: Notifications::of(context)? })
    }

    /// The bills to look at today, the longest waiting first, at most `limit`, as many from each slice. The bills of a
    /// household are in one slice. One Query a slice on the index `reminders`, half a read unit for each 4 KB of keys.
    pub async fn due(&self, today: Date, limit: usize) -> Result<Vec<DueBill>, StoreError> {
        let each = i32::try_from(limit.div_ceil(usize::from(SLICES))).unwrap_or(i32::MAX);
        let mut found = Vec::new();
        for slice in 0..SLICES {
            found.extend(self.due_in(slice, today, each).await?);
        }
        found.sort_by(|a, b| a.remind_key.cmp(&b.remind_key));
        found.truncate(limit);
        Ok(found)
    }

    async fn due_in(&self, slice: u8, today: Date, limit: i32) -> Result<Vec<DueBill>, StoreError> {
        // A key is the day and what follows, so every key of today sorts before tomorrow's bare day.
        let tomorrow = today.saturating_add(1.day()).to_string();
        let answer = self
            .households
            .client
            .query()
            .table_name(&self.households.name)
            .index_name("reminders")
            .key_condition_expression("remind_shard = :slice AND remind_key < :tomorrow")
            .expression_attribute_values(":slice", s(slice.to_string()))
            .expression_attribute_values(":tomorrow", s(tomorrow))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.households.read(item)).collect()
    }

    /// Records the stages that bills of one household reached, and when each is looked at next. One transaction of two parts
    /// a bill. The bill's own version stays: a payment under way holds it.
    pub async fn record(&self, reached: &[ReachedStage<'_>]) -> Result<Recorded, StoreError> {
        let mut transaction = self.households.client.transact_write_items();
        for stage in reached {
            transaction = transaction
                .transact_items(self.notifications.new_one(&stage.notification)?)
                .transact_items(self.moved(stage)?);
        }
        let Err(error) = transaction.send().await else { return Ok(Recorded::Now) };
        match stops(error) {
            Ok(stops) => {
                let before = stops.iter().step_by(2).any(|stop| matches!(stop, Stop::Condition(_)));
                Ok(if before { Recorded::Before } else { Recorded::Raced })
            }
            Err(StoreError::Raced) => Ok(Recorded::Raced),
            Err(error) => Err(error),
        }
    }

    /// Looks at a bill again on `next`, or never. One UpdateItem. `false`: another was first.
    pub async fn put_off(&self, due: &DueBill, bill: Option<(&Bill, Date)>) -> Result<bool, StoreError> {
        let change = Move::of(due, bill);
        let answer = self
            .households
            .client
            .update_item()
            .table_name(&self.households.name)
            .set_key(Some(due.key()))
            .update_expression(change.update)
            .condition_expression(UNMOVED)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    fn moved(&self, stage: &ReachedStage<'_>) -> Result<TransactWriteItem, StoreError> {
        let change = Move::of(stage.due, stage.next.map(|next| (stage.bill, next)));
        let update = Update::builder()
            .table_name(&self.households.name)
            .set_key(Some(stage.due.key()))
            .update_expression(change.update)
            .condition_expression(UNMOVED)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .build()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl DueBill {
    fn key(&self) -> Item {
        key([("account_no", self.account_no.as_str()), ("item", &self.item)])
    }
}

/// Still where the index had it: a paid or withdrawn bill has left.
const UNMOVED: &str = "#key = :old";

/// A bill's step to its next day in the index, or out of it.
struct Move {
    update: &'static str,
    names: HashMap<String, String>,
    values: Item,
}

impl Move {
    fn of(due: &DueBill, next: Option<(&Bill, Date)>) -> Self {
        let mut names = HashMap::from([("#key".to_owned(), "remind_key".to_owned())]);
        let mut values = Item::from([(":old".to_owned(), s(&due.remind_key))]);
        let update = match next {
            Some((bill, day)) => {
                values.insert(":new".to_owned(), s(remind_key(day, bill)));
                "SET #key = :new"
            }
            None => {
                names.insert("#shard".to_owned(), "remind_shard".to_owned());
                "REMOVE #shard, #key"
            }
        };
        Self { update, names, values }
    }
}
