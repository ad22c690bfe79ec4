//! Receipts and refunds of a channel's civil day, through sparse indexes. A day is spread over shards, so that the busiest day of
//! the year writes to many partitions and is read a page at a time.

use crate::{
    StoreError,
    table::{Item, SHARDS, Table, key, s, shard_of},
};
use heatpay_domain::{
    Channel, Fen, PaymentNo, ReceiptNo, RefundNo, calendar::civil_date, receipt::Receipt, reconcile::Ours,
    refund::Refund, statement::StatementKind,
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;

/// The attribute that puts an item into its day's index.
pub(crate) const DAY_SHARD: &str = "day_shard";

/// The day and shard an item of that number belongs to: `wechatpay#2026-11-23#3`.
pub(crate) fn day_shard(channel: Channel, at: Timestamp, number: &str) -> String {
    partition(channel, civil_date(at), &shard_of(number))
}

fn partition(channel: Channel, day: Date, shard: &str) -> String {
    format!("{}#{day}#{shard}", channel.name())
}

/// What our books have of a day.
#[derive(Clone, Debug)]
pub struct MoneyByDay {
    receipts: Table,
    refunds: Table,
}

/// A receipt as its index shows it.
#[derive(Deserialize)]
struct ReceiptRow {
    order_no: String,
    channel_txn: String,
    amount: Fen,
    paid_at: Timestamp,
}

/// A refund as its index shows it.
#[derive(Deserialize)]
struct RefundRow {
    refund_no: RefundNo,
    attempt: u32,
    payment_no: Option<PaymentNo>,
    channel_txn: String,
    channel_refund_no: Option<String>,
    amount: Fen,
    refunded_at: Timestamp,
}

impl MoneyByDay {
    /// The tables in `RECEIPTS_TABLE` and `REFUNDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { receipts: Table::of(context, "RECEIPTS_TABLE")?, refunds: Table::of(context, "REFUNDS_TABLE")? })
    }

    /// Hands over all that came and went back on a civil day, a page in memory at a time. A Query a page and shard; what was
    /// written within the last second may be missing.
    pub async fn each(&self, channel: Channel, day: Date, mut take: impl FnMut(Ours) + Send) -> Result<(), StoreError> {
        for shard in 0..SHARDS {
            let partition = partition(channel, day, &shard.to_string());
            let mut start = None;
            loop {
                let (items, next) = page(&self.receipts, &partition, start).await?;
                for item in items {
                    let row: ReceiptRow = self.receipts.read(item)?;
                    if row.amount.is_positive() {
                        take(ours_of_receipt(row));
                    }
                }
                start = next;
                if start.is_none() {
                    break;
                }
            }
            loop {
                let (items, next) = page(&self.refunds, &partition, start).await?;
                for item in items {
                    take(ours_of_refund(self.refunds.read(item)?));
                }
                start = next;
                if start.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// The receipt of a channel's transaction, of whichever day. One GetItem.
    pub async fn receipt(&self, channel: Channel, channel_txn: &str) -> Result<Option<Receipt>, StoreError> {
        let number = ReceiptNo::of(channel, channel_txn);
        self.receipts.get(key([("receipt_no", number.as_str())])).await
    }

    /// The refund that has that number at the channel, of whichever day. One GetItem.
    pub async fn refund(&self, number: &str) -> Result<Option<Refund>, StoreError> {
        let Ok(number) = RefundNo::parse(number) else { return Ok(None) };
        self.refunds.get(key([("refund_no", number.of_attempt().as_str())])).await
    }
}

async fn page(table: &Table, partition: &str, start: Option<Item>) -> Result<(Vec<Item>, Option<Item>), StoreError> {
    let answer = table
        .client
        .query()
        .table_name(&table.name)
        .index_name("by_day")
        .key_condition_expression("day_shard = :shard")
        .expression_attribute_values(":shard", s(partition))
        .set_exclusive_start_key(start)
        .send()
        .await
        .map_err(StoreError::unavailable)?;
    Ok((answer.items.unwrap_or_default(), answer.last_evaluated_key.filter(|key| !key.is_empty())))
}

fn ours_of_receipt(row: ReceiptRow) -> Ours {
    Ours {
        kind: StatementKind::Payment,
        order_no: Some(row.order_no),
        channel_txn: row.channel_txn,
        refund_no: None,
        channel_refund_no: None,
        amount: row.amount,
        at: row.paid_at,
    }
}

fn ours_of_refund(row: RefundRow) -> Ours {
    let number = row.refund_no.attempt(row.attempt).unwrap_or_else(|_| row.refund_no.clone());
    Ours {
        kind: StatementKind::Refund,
        order_no: row.payment_no.map(|number| number.to_string()),
        channel_txn: row.channel_txn,
        refund_no: Some(number.to_string()),
        channel_refund_no: row.channel_refund_no,
        amount: row.amount,
        at: row.refunded_at,
    }
}
