use super::put_failed;
use crate::{
    StoreError,
    page::{Cursor, Listing, Page},
    table::{Table, key, n, s},
};
use heatpay_domain::{Channel, reconcile::ReconcileDay};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::civil::Date;

/// The days, in the table `RECONCILE_DAYS_TABLE`: a channel's stand in one partition, a few hundred a year.
#[derive(Clone, Debug)]
pub struct ReconcileDays(pub(super) Table);

impl ReconcileDays {
    /// The table in `RECONCILE_DAYS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "RECONCILE_DAYS_TABLE")?))
    }

    /// A day, if it was ever taken up. One GetItem.
    pub async fn find(&self, channel: Channel, day: Date) -> Result<Option<ReconcileDay>, StoreError> {
        self.0.get(key([("channel", channel.name()), ("day", &day.to_string())])).await
    }

    /// A channel's days from `from` on, oldest first. One Query.
    pub async fn since(&self, channel: Channel, from: Date) -> Result<Vec<ReconcileDay>, StoreError> {
        let query = self.0.client.query().table_name(&self.0.name).consistent_read(true);
        let answer = query
            .key_condition_expression("channel = :channel AND #day >= :from")
            .expression_attribute_names("#day", "day")
            .expression_attribute_values(":channel", s(channel.name()))
            .expression_attribute_values(":from", s(from.to_string()))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item)).collect()
    }

    /// A channel's days, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn page(
        &self,
        channel: Channel,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<ReconcileDay>>, StoreError> {
        let listing = Listing { index: None, keys: ["channel", "day"], own: channel.name(), newest_first: true };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
    }

    /// Writes a day, if it is as it was read. `after.version` is one more than that. One PutItem.
    pub async fn write(&self, after: &ReconcileDay) -> Result<(), StoreError> {
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(self.0.item(after)?));
        let put = if after.version == 1 {
            put.condition_expression("attribute_not_exists(channel)")
        } else {
            put.condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", n(after.version - 1))
        };
        put.send().await.map(|_| ()).map_err(put_failed)
    }
}
