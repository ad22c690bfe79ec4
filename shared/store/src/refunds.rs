//! Refunds, looked up by number or by household; open ones also by when the channel is to be asked, through a sparse index.

use crate::{
    StoreError,
    bills::attribute,
    by_day::{DAY_SHARD, day_shard},
    error::stops,
    page::{Cursor, Page, cursor_of, start_of},
    settle::posting_item,
    table::{Item, SHARDS, Table, key, n, s, shard_of, sortable},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use heatpay_domain::{
    AccountNo, Fen, PaymentNo, RefundNo,
    ledger::Posting,
    refund::{Refund, RefundReason, RefundStatus},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// All refunds, in the table `REFUNDS_TABLE`.
#[derive(Clone, Debug)]
pub struct Refunds(pub(crate) Table);

/// A refund as its household's list shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct RefundRow {
    /// Its number.
    pub refund_no: RefundNo,
    /// The payment whose money goes back.
    pub payment_no: Option<PaymentNo>,
    /// What goes back.
    pub amount: Fen,
    /// Why.
    pub reason: RefundReason,
    /// Where it stands.
    pub status: RefundStatus,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the payer had the money.
    pub refunded_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct OpenRow {
    refund_no: RefundNo,
}

impl Refunds {
    /// The table in `REFUNDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "REFUNDS_TABLE")?))
    }

    /// The refund of that number. One GetItem.
    pub async fn find(&self, refund_no: &RefundNo) -> Result<Option<Refund>, StoreError> {
        self.0.get(key([("refund_no", refund_no.as_str())])).await
    }

    /// A household's refunds, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn of_household(
        &self,
        account_no: &AccountNo,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<RefundRow>>, StoreError> {
        let start = match after {
            None => None,
            Some(cursor) => match start_of(cursor, account_no, ["account_no", "created_at", "refund_no"]) {
                Some(start) => Some(start),
                None => return Ok(None),
            },
        };
        let query = self.0.client.query().table_name(&self.0.name).index_name("by_account");
        let answer = query
            .key_condition_expression("account_no = :account")
            .expression_attribute_values(":account", s(account_no.as_str()))
            .scan_index_forward(false)
            .limit(limit)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let items = answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item));
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next: cursor_of(answer.last_evaluated_key) }))
    }

    /// Open refunds whose channel was to be asked before `now`. One Query a shard.
    pub async fn left_open(&self, now: Timestamp, limit_per_shard: i32) -> Result<Vec<RefundNo>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let items = self.0.query_open("ask_at", shard, now, limit_per_shard).await?;
            for item in items {
                found.push(self.0.read::<OpenRow>(item)?.refund_no);
            }
        }
        Ok(found)
    }

    /// A part of a transaction: a new open refund.
    pub(crate) fn new_open(&self, refund: &Refund) -> Result<TransactWriteItem, StoreError> {
        let mut item = self.0.item(refund)?;
        if refund.account_no.is_none() {
            // An index takes no null: money that belongs to no household is in no household's list.
            item.remove("account_no");
        }
        item.insert("created_at".to_owned(), s(sortable(refund.created_at)));
        item.insert("open_shard".to_owned(), s(shard_of(refund.refund_no.as_str())));
        item.insert("ask_at".to_owned(), s(sortable(refund.created_at)));
        Ok(self.0.put_new(item, "refund_no"))
    }

    /// Writes a refund that stays open. One UpdateItem; `after.version` is one more than what was read.
    pub async fn keep_open(&self, after: &Refund, ask_at: Timestamp) -> Result<(), StoreError> {
        let mut set = self.changed(after)?;
        set.insert("ask_at".to_owned(), s(sortable(ask_at)));
        self.0.update(key([("refund_no", after.refund_no.as_str())]), after.version - 1, set, &[]).await
    }

    /// Writes a refund that came to its end, without money moved (failed, abnormal). One UpdateItem.
    pub async fn end(&self, after: &Refund) -> Result<(), StoreError> {
        let set = self.changed(after)?;
        let key = key([("refund_no", after.refund_no.as_str())]);
        self.0.update(key, after.version - 1, set, &["open_shard", "ask_at"]).await
    }

    fn changed(&self, after: &Refund) -> Result<Item, StoreError> {
        let mut set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("attempt".to_owned(), n(after.attempt)),
            ("asked".to_owned(), n(after.asked)),
            ("version".to_owned(), n(after.version)),
        ]);
        for (name, text) in [("channel_refund_no", &after.channel_refund_no), ("error", &after.error)] {
            if let Some(text) = text {
                set.insert(name.to_owned(), s(text));
            }
        }
        if let Some(at) = after.refunded_at {
            set.insert("refunded_at".to_owned(), s(sortable(at)));
            set.insert(DAY_SHARD.to_owned(), s(day_shard(after.channel, at, after.refund_no.as_str())));
        }
        Ok(set)
    }
}

/// Refunds that succeeded: the refund and its posting, in one transaction.
#[derive(Clone, Debug)]
pub struct DoneRefunds {
    refunds: Refunds,
    postings: Table,
}

impl DoneRefunds {
    /// The tables in `REFUNDS_TABLE` and `POSTINGS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { refunds: Refunds::of(context)?, postings: Table::of(context, "POSTINGS_TABLE")? })
    }

    /// Writes both. `after.version` is one more than what was read.
    pub async fn succeed(&self, after: &Refund, posting: &Posting) -> Result<(), StoreError> {
        let refunds = &self.refunds.0;
        let key = key([("refund_no", after.refund_no.as_str())]);
        let set = self.refunds.changed(after)?;
        let transaction = refunds
            .client
            .transact_write_items()
            .transact_items(refunds.update_version(key, after.version - 1, set, &["open_shard", "ask_at"]))
            .transact_items(self.postings.put_new(posting_item(&self.postings, posting)?, "book"));
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }
}
