use super::{ReconcileDays, day_key, put_failed};
use crate::{
    Item, StoreError,
    error::stops,
    operations::NextEntry,
    page::{Cursor, Listing, Page},
    table::{Table, key, n, s},
};
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use heatpay_domain::{
    CaseNo, Channel,
    reconcile::{Case, ReconcileDay},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::civil::Date;

/// The differences, in the table `RECONCILE_CASES_TABLE`.
#[derive(Clone, Debug)]
pub struct ReconcileCases(Table);

impl ReconcileCases {
    /// The table in `RECONCILE_CASES_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "RECONCILE_CASES_TABLE")?))
    }

    /// A case. One GetItem.
    pub async fn find(&self, channel: Channel, day: Date, case_no: &CaseNo) -> Result<Option<Case>, StoreError> {
        self.0.get(key([("day_key", &day_key(channel, day)), ("case_no", case_no.as_str())])).await
    }

    /// A day's cases. One Query. `None`: the cursor is not of this listing.
    pub async fn page(
        &self,
        channel: Channel,
        day: Date,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Case>>, StoreError> {
        let listing =
            Listing { index: None, keys: ["day_key", "case_no"], own: &day_key(channel, day), newest_first: false };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
    }

    /// All cases of a day. A Query a megabyte.
    pub async fn of_day(&self, channel: Channel, day: Date) -> Result<Vec<Case>, StoreError> {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let Some(page) = self.page(channel, day, 1_000, after.as_ref()).await? else { return Ok(all) };
            all.extend(page.items);
            after = page.next;
            if after.is_none() {
                return Ok(all);
            }
        }
    }

    /// Writes a case that matching found, or found gone. `false`: another run was first, or a person. One PutItem.
    pub async fn write(&self, case: &Case) -> Result<bool, StoreError> {
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(self.item(case)?));
        let put = if case.version == 1 {
            put.condition_expression("attribute_not_exists(case_no)")
        } else {
            put.condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", n(case.version - 1))
        };
        match put.send().await.map_err(put_failed) {
            Ok(_) => Ok(true),
            Err(StoreError::Raced) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Writes a case that a person resolved, its day and the log, all or nothing. [`StoreError::Raced`]: read again.
    pub async fn resolve(
        &self,
        case: &Case,
        day: &ReconcileDay,
        days: &ReconcileDays,
        entry: &NextEntry,
    ) -> Result<(), StoreError> {
        let mut parts = vec![
            replace(&self.0, self.item(case)?, case.version - 1)?,
            replace(&days.0, days.0.item(day)?, day.version - 1)?,
        ];
        parts.extend(entry.parts()?);
        let transaction = self.0.client.transact_write_items().set_transact_items(Some(parts));
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }

    fn item(&self, case: &Case) -> Result<Item, StoreError> {
        let mut item = self.0.item(case)?;
        item.insert("day_key".to_owned(), s(day_key(case.channel, case.day)));
        Ok(item)
    }
}

/// A part of a transaction: the whole item anew, if it has the version that was read.
fn replace(table: &Table, item: Item, read: u64) -> Result<TransactWriteItem, StoreError> {
    let put = Put::builder()
        .table_name(&table.name)
        .set_item(Some(item))
        .condition_expression("#version = :read")
        .expression_attribute_names("#version", "version")
        .expression_attribute_values(":read", n(read))
        .build()
        .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
    Ok(TransactWriteItem::builder().put(put).build())
}
