//! Payments, looked up by number; open ones also by when the channel is to be asked, through a sparse index.

use crate::{
    StoreError,
    bills::attribute,
    page::{Cursor, Listing, Page},
    table::{Item, SHARDS, Table, key, n, s, shard_of, sortable},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use heatpay_domain::{
    AccountNo, Channel, Fen, PaymentNo,
    payment::{Allocation, Payment, PaymentStatus},
    refund::GivenBack,
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// All payments, in the table `PAYMENTS_TABLE`.
#[derive(Clone, Debug)]
pub struct Payments(pub(crate) Table);

/// A payment as the history shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct PaymentRow {
    /// Its number.
    pub payment_no: PaymentNo,
    /// Where it stands.
    pub status: PaymentStatus,
    /// The channel.
    pub channel: Channel,
    /// What was asked for.
    pub amount: Fen,
    /// What of it is paid ahead.
    #[serde(default)]
    pub prepaid: Fen,
    /// What it pays.
    pub allocations: Vec<Allocation>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the channel took the money.
    pub paid_at: Option<Timestamp>,
    /// What of it goes or went back.
    #[serde(default)]
    pub given_back: GivenBack,
}

/// What stands beside a payment.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    given_back: GivenBack,
}

#[derive(Deserialize)]
struct OpenRow {
    payment_no: PaymentNo,
}

impl Payments {
    /// The table in `PAYMENTS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "PAYMENTS_TABLE")?))
    }

    /// The payment of that number, whoever's it is. One GetItem.
    pub async fn find(&self, payment_no: &PaymentNo) -> Result<Option<Payment>, StoreError> {
        self.0.get(key([("payment_no", payment_no.as_str())])).await
    }

    /// The payment of that number with what of it goes or went back. One GetItem.
    pub async fn find_with_given_back(
        &self,
        payment_no: &PaymentNo,
    ) -> Result<Option<(Payment, GivenBack)>, StoreError> {
        let get = self.0.client.get_item().table_name(&self.0.name).consistent_read(true);
        let key = key([("payment_no", payment_no.as_str())]);
        let answer = get.set_key(Some(key)).send().await.map_err(StoreError::unavailable)?;
        let Some(item) = answer.item else { return Ok(None) };
        let Beside { given_back } = self.0.read(item.clone())?;
        Ok(Some((self.0.read(item)?, given_back)))
    }

    /// A household's payments, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn of_household(
        &self,
        account_no: &AccountNo,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<PaymentRow>>, StoreError> {
        let listing = Listing {
            index: Some("by_account"),
            keys: ["account_no", "created_at", "payment_no"],
            own: account_no.as_str(),
            newest_first: true,
        };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
    }

    /// Open payments whose channel was to be asked before `now`: the ones whose message got lost. One Query a shard.
    pub async fn left_open(&self, now: Timestamp, limit_per_shard: i32) -> Result<Vec<PaymentNo>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            for item in self.0.query_open("ask_at", shard, now, limit_per_shard).await? {
                found.push(self.0.read::<OpenRow>(item)?.payment_no);
            }
        }
        Ok(found)
    }

    /// Writes a payment that stays open: its status, the channel's handle, how often it was asked, when to ask again. One
    /// UpdateItem; `after.version` is one more than what was read.
    pub async fn keep_open(&self, after: &Payment, ask_at: Timestamp) -> Result<(), StoreError> {
        let mut set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("asked".to_owned(), n(after.asked)),
            ("ask_at".to_owned(), s(sortable(ask_at))),
            ("version".to_owned(), n(after.version)),
        ]);
        if let Some(handle) = &after.handle {
            set.insert("handle".to_owned(), s(handle));
        }
        self.0.update(key([("payment_no", after.payment_no.as_str())]), after.version - 1, set, &[]).await
    }

    /// A part of a transaction: a new open payment.
    pub(crate) fn new_open(&self, payment: &Payment, ask_at: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let mut item = self.0.item(payment)?;
        item.insert("created_at".to_owned(), s(sortable(payment.created_at)));
        item.insert("open_shard".to_owned(), s(shard_of(payment.payment_no.as_str())));
        item.insert("ask_at".to_owned(), s(sortable(ask_at)));
        Ok(self.0.put_new(item, "payment_no"))
    }

    /// A part of a transaction: a payment that came to its end (paid, closed, rejected), out of the sparse index.
    pub(crate) fn ended(&self, after: &Payment) -> Result<TransactWriteItem, StoreError> {
        let mut set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("allocations".to_owned(), attribute(&self.0, &after.allocations)?),
            ("version".to_owned(), n(after.version)),
        ]);
        if let Some(paid_at) = after.paid_at {
            set.insert("paid_at".to_owned(), s(sortable(paid_at)));
        }
        if let Some(channel_txn) = &after.channel_txn {
            set.insert("channel_txn".to_owned(), s(channel_txn));
        }
        let key = key([("payment_no", after.payment_no.as_str())]);
        Ok(self.0.update_version(key, after.version - 1, set, &["open_shard", "ask_at"]))
    }

    /// A part of a transaction: what of the payment goes or went back, if nobody changed the payment since it was read.
    pub(crate) fn given_back(&self, read: &Payment, after: &GivenBack) -> Result<TransactWriteItem, StoreError> {
        let set = Item::from([
            ("given_back".to_owned(), attribute(&self.0, after)?),
            ("version".to_owned(), n(read.version + 1)),
        ]);
        Ok(self.0.update_version(key([("payment_no", read.payment_no.as_str())]), read.version, set, &[]))
    }
}
