//! Refunds, looked up by number, by household or by where they stand; open ones also by when the channel is to be asked, through a sparse index.

use crate::{
    StoreError,
    bills::attribute,
    by_day::{DAY_SHARD, day_shard},
    page::{Cursor, Listing, Page},
    table::{Item, SHARDS, Table, key, n, s, shard_of, sortable},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use heatpay_domain::{
    AccountNo, RefundNo,
    refund::{Refund, RefundStatus},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// All refunds, in the table `REFUNDS_TABLE`.
#[derive(Clone, Debug)]
pub struct Refunds(pub(crate) Table);

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
    ) -> Result<Option<Page<Refund>>, StoreError> {
        self.page("by_account", ("account_no", account_no.as_str()), limit, after).await
    }

    /// The refunds that stand there, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn of_status(
        &self,
        status: RefundStatus,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Refund>>, StoreError> {
        self.page("by_status", ("status", status.name()), limit, after).await
    }

    async fn page(
        &self,
        index: &str,
        (name, own): (&str, &str),
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Refund>>, StoreError> {
        let keys = [name, "created_at", "refund_no"];
        let listing = Listing { index: Some(index), keys, own, newest_first: true };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
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
        let mut item = self.new_item(refund)?;
        item.insert("open_shard".to_owned(), s(shard_of(refund.refund_no.as_str())));
        item.insert("ask_at".to_owned(), s(sortable(refund.created_at)));
        Ok(self.0.put_new(item, "refund_no"))
    }

    /// A part of a transaction: a new refund that waits for a second person.
    pub(crate) fn new_asked(&self, refund: &Refund) -> Result<TransactWriteItem, StoreError> {
        Ok(self.0.put_new(self.new_item(refund)?, "refund_no"))
    }

    fn new_item(&self, refund: &Refund) -> Result<Item, StoreError> {
        let mut item = self.0.item(refund)?;
        if refund.account_no.is_none() {
            // An index takes no null: money that belongs to no household is in no household's list.
            item.remove("account_no");
        }
        item.insert("created_at".to_owned(), s(sortable(refund.created_at)));
        Ok(item)
    }

    /// A part of a transaction: a refund as it stands now; with `ask_at` it is found again then, without it is looked after no
    /// more. `after.version` is one more than what was read.
    pub(crate) fn changed_part(
        &self,
        after: &Refund,
        ask_at: Option<Timestamp>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut set = self.changed(after)?;
        let gone: &[&str] = match ask_at {
            Some(ask_at) => {
                set.insert("open_shard".to_owned(), s(shard_of(after.refund_no.as_str())));
                set.insert("ask_at".to_owned(), s(sortable(ask_at)));
                &[]
            }
            None => &["open_shard", "ask_at"],
        };
        Ok(self.0.update_version(key([("refund_no", after.refund_no.as_str())]), after.version - 1, set, gone))
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

    /// What may change of a refund.
    fn changed(&self, after: &Refund) -> Result<Item, StoreError> {
        let table = &self.0;
        let mut set = Item::from([
            ("status".to_owned(), attribute(table, &after.status)?),
            ("attempt".to_owned(), n(after.attempt)),
            ("numbered_at".to_owned(), attribute(table, &after.numbered_at)?),
            ("asked".to_owned(), n(after.asked)),
            ("channel_refund_no".to_owned(), attribute(table, &after.channel_refund_no)?),
            ("error".to_owned(), attribute(table, &after.error)?),
            ("claim".to_owned(), attribute(table, &after.claim)?),
            ("otherwise".to_owned(), attribute(table, &after.otherwise)?),
            ("steps".to_owned(), attribute(table, &after.steps)?),
            ("version".to_owned(), n(after.version)),
        ]);
        if let Some(at) = after.refunded_at {
            set.insert("refunded_at".to_owned(), s(sortable(at)));
            // What was paid another way is in no statement of the channel's.
            if after.status == RefundStatus::Succeeded {
                set.insert(DAY_SHARD.to_owned(), s(day_shard(after.channel, at, after.refund_no.as_str())));
            }
        }
        Ok(set)
    }
}
