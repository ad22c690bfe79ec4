//! The cashiers' tills: one partition a cashier and day, with the day's sums, which every recording raises in its own
//! transaction, and a row for every payment recorded. A closed day takes no more.

mod till;

pub use till::{Recorded, TillDay, TillRow, TillSums};

use crate::{
    StoreError,
    bills::Bills,
    error::{Stop, stops},
    operations::NextEntry,
    payments::Payments,
    settle::posting_item,
    table::{Item, Table, key, n, s, sortable},
};
use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use heatpay_domain::{
    Channel, Fen, PaymentNo, StaffNo,
    bill::Bill,
    counter::{CounterEntry, Till},
    payment::{Payment, Reversal},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

/// The sort key of a day's sums; the rows stand behind it.
const DAY: &str = "day";
/// The most payments one cashier can record in a day. At a minute each that is longer than any day at a counter.
const MOST_A_DAY: i32 = 1000;

#[derive(Deserialize)]
struct Sums {
    staff_no: StaffNo,
    day: Date,
    #[serde(default)]
    cash: Fen,
    #[serde(default)]
    pos: Fen,
    #[serde(default)]
    cheque: Fen,
    #[serde(default)]
    transfer: Fen,
    version: u64,
    closed_at: Option<Timestamp>,
}

/// The tills, in the table `TILLS_TABLE`.
#[derive(Clone, Debug)]
pub struct Tills {
    table: Table,
    payments: Payments,
    bills: Bills,
    postings: Table,
}

impl Tills {
    /// The tables in `TILLS_TABLE`, `PAYMENTS_TABLE`, `HOUSEHOLDS_TABLE`, `POSTINGS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            table: Table::of(context, "TILLS_TABLE")?,
            payments: Payments::of(context)?,
            bills: Bills::of(context)?,
            postings: Table::of(context, "POSTINGS_TABLE")?,
        })
    }

    /// Records a payment at the counter, in one transaction of 5 + bills parts: the payment, its hold on every bill, the day's
    /// sums, the row, the entry of the operation log.
    pub async fn record(
        &self,
        payment: &Payment,
        entry: &CounterEntry,
        bills: &[Bill],
        log: &NextEntry,
        ask_at: Timestamp,
    ) -> Result<Recorded, StoreError> {
        let row = TillRow {
            payment_no: payment.payment_no.clone(),
            account_no: payment.account_no.clone(),
            channel: payment.channel,
            voucher_no: entry.voucher_no.clone(),
            amount: payment.amount,
            recorded_at: payment.created_at,
            reversed_at: None,
        };
        let mut item = self.table.item(&row)?;
        item.extend(till_key(&entry.cashier, entry.day, &row_key(&payment.payment_no)));
        let mut transaction = self
            .table
            .client
            .transact_write_items()
            .transact_items(self.payments.new_open(payment, ask_at)?)
            .transact_items(self.moved(entry, payment.channel, payment.amount)?)
            .transact_items(self.table.put_new(item, "till"));
        for part in log.parts()? {
            transaction = transaction.transact_items(part);
        }
        for bill in bills {
            transaction = transaction.transact_items(self.bills.changed(bill)?);
        }
        let Err(error) = transaction.send().await else { return Ok(Recorded::Now) };
        let mut stops = stops(error)?.into_iter();
        match (stops.next(), stops.next()) {
            (Some(Stop::Condition(Some(there))), _) => Ok(Recorded::Before(Box::new(self.payments.0.read(there)?))),
            (_, Some(Stop::Condition(_))) => Ok(Recorded::DayClosed),
            (Some(Stop::Condition(None) | Stop::None) | None, Some(Stop::None) | None) => Ok(Recorded::Raced),
        }
    }

    /// Takes a recorded payment back: the payment, its bills, the postings, the day's sums, the row, the log's entry, in one
    /// transaction. Answers whether the day was still open.
    pub async fn reverse(
        &self,
        reversal: &Reversal,
        entry: &CounterEntry,
        at: Timestamp,
        remind_on: Date,
        log: &NextEntry,
    ) -> Result<bool, StoreError> {
        let payment = &reversal.payment;
        let back = Fen::ZERO.checked_sub(payment.amount).unwrap_or(Fen::ZERO);
        let mut transaction = self
            .table
            .client
            .transact_write_items()
            .transact_items(self.moved(entry, payment.channel, back)?)
            .transact_items(self.payments.ended(payment)?)
            .transact_items(self.row_reversed(entry, &payment.payment_no, at)?);
        for part in log.parts()? {
            transaction = transaction.transact_items(part);
        }
        if reversal.prepaid.is_positive() {
            transaction = transaction.transact_items(self.bills.prepaid_less(&payment.account_no, reversal.prepaid)?);
        }
        for bill in &reversal.bills {
            transaction = transaction.transact_items(self.bills.reopened(bill, remind_on)?);
        }
        for posting in &reversal.postings {
            let item = posting_item(&self.postings, posting)?;
            transaction = transaction.transact_items(self.postings.put_new(item, "book"));
        }
        let Err(error) = transaction.send().await else { return Ok(true) };
        match stops(error)?.into_iter().next() {
            Some(Stop::Condition(_)) => Ok(false),
            Some(Stop::None) | None => Err(StoreError::Raced),
        }
    }

    /// A cashier's day with all its rows. One Query.
    pub async fn day(&self, cashier: &StaffNo, day: Date) -> Result<Option<TillDay>, StoreError> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .key_condition_expression("till = :till")
            .expression_attribute_values(":till", s(till(cashier, day)))
            .consistent_read(true)
            .limit(MOST_A_DAY)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let mut items = answer.items.unwrap_or_default().into_iter();
        let Some(sums) = items.next() else { return Ok(None) };
        let sums: Sums = self.table.read(sums)?;
        let rows = items.map(|item| self.table.read(item)).collect::<Result<Vec<TillRow>, _>>()?;
        Ok(Some(TillDay {
            till: sums.till(),
            cashier: sums.staff_no,
            day: sums.day,
            version: sums.version,
            closed_at: sums.closed_at,
            rows,
        }))
    }

    /// All cashiers of a day. One Query of the index `by_day`.
    pub async fn of_day(&self, day: Date) -> Result<Vec<TillSums>, StoreError> {
        let answer = self
            .table
            .client
            .query()
            .table_name(&self.table.name)
            .index_name("by_day")
            .key_condition_expression("#day = :day")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":day", s(day.to_string()))
            .limit(MOST_A_DAY)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let read = |item| {
            let sums: Sums = self.table.read(item)?;
            Ok(TillSums { till: sums.till(), cashier: sums.staff_no, closed_at: sums.closed_at })
        };
        answer.items.unwrap_or_default().into_iter().map(read).collect()
    }

    /// Closes a day as it was read; [`StoreError::Raced`] where something was recorded meanwhile, or it was closed.
    pub async fn close(&self, day: &TillDay, at: Timestamp, log: &NextEntry) -> Result<(), StoreError> {
        let set = Item::from([("closed_at".to_owned(), s(sortable(at))), ("version".to_owned(), n(day.version + 1))]);
        let close = self.table.update_version(till_key(&day.cashier, day.day, DAY), day.version, set, &[]);
        let mut parts = log.parts()?;
        parts.push(close);
        let transaction = self.table.client.transact_write_items().set_transact_items(Some(parts));
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }

    /// A part of a transaction: the day's sum of a tender goes up (or down), unless the day is closed.
    fn moved(&self, entry: &CounterEntry, channel: Channel, amount: Fen) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(till_key(&entry.cashier, entry.day, DAY)))
            .update_expression("SET staff_no = :staff, #day = :day ADD #tender :amount, version :one")
            .condition_expression("attribute_not_exists(closed_at)")
            .expression_attribute_names("#day", "day")
            .expression_attribute_names("#tender", channel.name())
            .expression_attribute_values(":staff", s(entry.cashier.as_str()))
            .expression_attribute_values(":day", s(entry.day.to_string()))
            .expression_attribute_values(":amount", n(amount.0))
            .expression_attribute_values(":one", n(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::None)
            .build()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A part of a transaction: a row is marked as taken back, once.
    fn row_reversed(
        &self,
        entry: &CounterEntry,
        payment_no: &PaymentNo,
        at: Timestamp,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table.name)
            .set_key(Some(till_key(&entry.cashier, entry.day, &row_key(payment_no))))
            .update_expression("SET reversed_at = :at")
            .condition_expression("attribute_exists(payment_no) AND attribute_type(reversed_at, :null)")
            .expression_attribute_values(":at", s(sortable(at)))
            .expression_attribute_values(":null", s("NULL"))
            .build()
            .map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl Sums {
    fn till(&self) -> Till {
        Till::new([
            (Channel::Cash, self.cash),
            (Channel::Pos, self.pos),
            (Channel::Cheque, self.cheque),
            (Channel::Transfer, self.transfer),
        ])
    }
}

fn till(cashier: &StaffNo, day: Date) -> String {
    format!("{cashier}#{day}")
}

/// `day` stands before every `payment#…`.
fn till_key(cashier: &StaffNo, day: Date, item: &str) -> Item {
    key([("till", &till(cashier, day)), ("item", item)])
}

fn row_key(payment_no: &PaymentNo) -> String {
    format!("payment#{payment_no}")
}
