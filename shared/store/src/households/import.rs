//! Writes households from a file. Importing again replaces what the file says and keeps what it does not know: bills,
//! bound residents, the wish not to be reminded, what was paid ahead.

use super::{household_key, item};
use crate::{
    Item, StoreError,
    table::{Table, n},
};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, PutRequest, WriteRequest};
use heatpay_domain::household::import::ImportedHousehold;
use heatpay_ports::Ids;
use heatpay_runtime::{BootError, Context, personal_data::PersonalData};
use std::collections::{HashMap, HashSet};

/// The most items one BatchGetItem may ask for.
const READ_TOGETHER: usize = 100;
/// The most items one BatchWriteItem may have.
const WRITE_TOGETHER: usize = 25;
/// How often a batch that the table took only in part is sent again.
const ATTEMPTS: usize = 8;

/// What an import came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ImportCount {
    /// Households written for the first time.
    pub new: usize,
    /// Households that were there before.
    pub before: usize,
}

/// Writes households, in the table `HOUSEHOLDS_TABLE`.
pub struct HouseholdImport {
    table: Table,
    personal_data: PersonalData,
}

impl HouseholdImport {
    /// The table in `HOUSEHOLDS_TABLE`, the keys in `PERSONAL_DATA_SECRET_ID`.
    pub(super) async fn of(context: &Context) -> Result<Self, BootError> {
        let secret = context.secret("PERSONAL_DATA_SECRET_ID").await?;
        let personal_data = PersonalData::new(&secret)
            .map_err(|error| BootError::Unusable { what: "the personal-data secret", source: Box::new(error) })?;
        Ok(Self { table: Table::of(context, "HOUSEHOLDS_TABLE")?, personal_data })
    }

    /// Writes one household. One UpdateItem, which costs one write for each started KB, and the same again in the index.
    pub async fn import(&self, ids: &dyn Ids, row: &ImportedHousehold) -> Result<(), StoreError> {
        self.replace(self.written(ids, row)?).await
    }

    /// Writes many households. For each 100 one BatchGetItem of their keys and four BatchWriteItems; one UpdateItem for each
    /// that was there before.
    pub async fn import_all(&self, ids: &dyn Ids, rows: &[ImportedHousehold]) -> Result<ImportCount, StoreError> {
        let mut count = ImportCount::default();
        for rows in rows.chunks(READ_TOGETHER) {
            let there = self.there(rows).await?;
            let (before, new): (Vec<_>, Vec<_>) =
                rows.iter().partition(|row| there.contains(row.household.account_no.as_str()));
            for row in &before {
                self.import(ids, row).await?;
            }
            for rows in new.chunks(WRITE_TOGETHER) {
                let items = rows.iter().map(|row| self.written(ids, row).map(item::first));
                self.put(items.collect::<Result<_, _>>()?).await?;
            }
            count.before += before.len();
            count.new += new.len();
        }
        Ok(count)
    }

    fn written(&self, ids: &dyn Ids, row: &ImportedHousehold) -> Result<Item, StoreError> {
        item::written(&self.table, &row.household, &row.prior_arrears, &self.personal_data, ids)
    }

    /// Which of the households are there.
    async fn there(&self, rows: &[ImportedHousehold]) -> Result<HashSet<String>, StoreError> {
        let keys = rows.iter().map(|row| household_key(&row.household.account_no)).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).projection_expression("account_no");
        let mut left =
            HashMap::from([(self.table.name.clone(), keys.build().map_err(|e| StoreError::Unavailable(Box::new(e)))?)]);
        let mut there = HashSet::new();
        for _ in 0..ATTEMPTS {
            let batch = self.table.client.batch_get_item().set_request_items(Some(left));
            let answer = batch.send().await.map_err(StoreError::unavailable)?;
            let found = answer.responses.unwrap_or_default().into_values().flatten();
            there.extend(found.filter_map(|mut item| match item.remove("account_no") {
                Some(AttributeValue::S(account_no)) => Some(account_no),
                _ => None,
            }));
            left = answer.unprocessed_keys.unwrap_or_default();
            if left.is_empty() {
                return Ok(there);
            }
        }
        Err(StoreError::Unavailable("the table answered only a part of the households".into()))
    }

    async fn put(&self, items: Vec<Item>) -> Result<(), StoreError> {
        let requests = items.into_iter().map(|item| {
            let put = PutRequest::builder().set_item(Some(item)).build();
            put.map(|put| WriteRequest::builder().put_request(put).build())
        });
        let requests: Vec<_> = requests.collect::<Result<_, _>>().map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        let mut left = HashMap::from([(self.table.name.clone(), requests)]);
        for _ in 0..ATTEMPTS {
            let batch = self.table.client.batch_write_item().set_request_items(Some(left));
            left = batch.send().await.map_err(StoreError::unavailable)?.unprocessed_items.unwrap_or_default();
            if left.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Unavailable("the table took only a part of the households".into()))
    }

    /// Sets every attribute of the file and leaves the others.
    async fn replace(&self, mut written: Item) -> Result<(), StoreError> {
        let key = ["account_no", "item"].into_iter().filter_map(|name| written.remove_entry(name)).collect();
        let mut update = self.table.client.update_item().table_name(&self.table.name).set_key(Some(key));
        let mut sets = vec!["#version = if_not_exists(#version, :none) + :one".to_owned()];
        for (at, (name, value)) in written.into_iter().enumerate() {
            sets.push(format!("#s{at} = :s{at}"));
            update = update
                .expression_attribute_names(format!("#s{at}"), name)
                .expression_attribute_values(format!(":s{at}"), value);
        }
        update
            .update_expression(format!("SET {}", sets.join(", ")))
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":none", n(0))
            .expression_attribute_values(":one", n(1))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        Ok(())
    }
}
