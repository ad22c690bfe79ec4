//! What residents are told: each notification once, by its number; those not yet told also by when they are due, through a
//! sparse index.

use crate::{
    StoreError,
    table::{Item, SHARDS, Table, key, s, shard_of, sortable},
};
use aws_sdk_dynamodb::types::TransactWriteItem;
use heatpay_domain::{NotificationNo, notification::Notification};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// All notifications, in the table `NOTIFICATIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct Notifications(pub(crate) Table);

/// A notification as it stands in the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptNotification {
    /// The notification.
    pub notification: Notification,
    /// When it was last about to be handed to a provider: an SMS is looked up by that day.
    pub handed_over_at: Option<Timestamp>,
}

#[derive(Deserialize)]
struct OpenRow {
    notification_no: NotificationNo,
}

#[derive(Deserialize)]
struct HandedOver {
    handed_over_at: Option<Timestamp>,
}

impl Notifications {
    /// The table in `NOTIFICATIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "NOTIFICATIONS_TABLE")?))
    }

    /// The notification of that number. One GetItem.
    pub async fn find(&self, notification_no: &NotificationNo) -> Result<Option<KeptNotification>, StoreError> {
        let key = key([("notification_no", notification_no.as_str())]);
        let get = self.0.client.get_item().table_name(&self.0.name).set_key(Some(key)).consistent_read(true);
        let Some(item) = get.send().await.map_err(StoreError::unavailable)?.item else { return Ok(None) };
        let HandedOver { handed_over_at } = self.0.read(item.clone())?;
        Ok(Some(KeptNotification { notification: self.0.read(item)?, handed_over_at }))
    }

    /// Notifications that were to be told before `before`, or whose outcome was to be looked up. One Query a shard.
    pub async fn left_open(&self, before: Timestamp, limit_per_shard: i32) -> Result<Vec<NotificationNo>, StoreError> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            for item in self.0.query_open("send_at", shard, before, limit_per_shard).await? {
                found.push(self.0.read::<OpenRow>(item)?.notification_no);
            }
        }
        Ok(found)
    }

    /// Writes a notification. The first write, version 1, is one PutItem and finds nothing there; each later one is one
    /// UpdateItem, and `after.version` is one more than what was read. [`StoreError::Raced`]: another worker has it.
    pub async fn write(&self, after: &KeptNotification) -> Result<(), StoreError> {
        let mut item = self.item(&after.notification)?;
        if let Some(at) = after.handed_over_at {
            item.insert("handed_over_at".to_owned(), s(sortable(at)));
        }
        let Some(read @ 1..) = after.notification.version.checked_sub(1) else { return self.put(item).await };
        item.remove("notification_no");
        let remove: &[&str] = if after.notification.status.is_open() { &[] } else { &["open_shard"] };
        let key = key([("notification_no", after.notification.notification_no.as_str())]);
        self.0.update(key, read, item, remove).await
    }

    async fn put(&self, item: Item) -> Result<(), StoreError> {
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        let answer = put.condition_expression("attribute_not_exists(notification_no)").send().await;
        match answer {
            Ok(_) => Ok(()),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Err(StoreError::Raced)
            }
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// A part of a transaction: a notification that is not there yet.
    pub(crate) fn new_one(&self, notification: &Notification) -> Result<TransactWriteItem, StoreError> {
        Ok(self.0.put_new(self.item(notification)?, "notification_no"))
    }

    /// An open one stands in the sparse index.
    fn item(&self, notification: &Notification) -> Result<Item, StoreError> {
        let mut item = self.0.item(notification)?;
        item.insert("send_at".to_owned(), s(sortable(notification.send_at)));
        if notification.status.is_open() {
            item.insert("open_shard".to_owned(), s(shard_of(notification.notification_no.as_str())));
        }
        Ok(item)
    }
}
