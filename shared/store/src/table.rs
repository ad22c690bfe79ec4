use crate::StoreError;
use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, Put, TransactWriteItem, Update},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::HashMap;

/// A DynamoDB item.
pub type Item = HashMap<String, AttributeValue>;

/// One table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub(crate) client: Client,
    pub(crate) name: String,
}

impl Table {
    pub(crate) fn of(context: &Context, setting: &str) -> Result<Self, SettingError> {
        Ok(Self { client: context.aws.dynamodb.clone(), name: context.settings.required(setting)?.to_owned() })
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, item: Item) -> Result<T, StoreError> {
        serde_dynamo::from_item(item)
            .map_err(|e| StoreError::Malformed { table: self.name.clone(), source: Box::new(e) })
    }

    pub(crate) fn item(&self, value: &impl Serialize) -> Result<Item, StoreError> {
        serde_dynamo::to_item(value)
            .map_err(|e| StoreError::Malformed { table: self.name.clone(), source: Box::new(e) })
    }

    /// A consistent read of one item.
    pub(crate) async fn get<T: DeserializeOwned>(&self, key: Item) -> Result<Option<T>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.item.map(|item| self.read(item)).transpose()
    }

    /// A part of a transaction: puts `item` if no item has its key yet (`key_name` is the partition key).
    pub(crate) fn put_new(&self, item: Item, key_name: &str) -> TransactWriteItem {
        let put = Put::builder()
            .table_name(&self.name)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(#key)")
            .expression_attribute_names("#key", key_name)
            .return_values_on_condition_check_failure(
                aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld,
            )
            .build()
            .expect("table and item are given");
        TransactWriteItem::builder().put(put).build()
    }

    /// A part of a transaction: sets and removes attributes if the version is the one that was read.
    pub(crate) fn update_version(&self, key: Item, version: u64, set: Item, remove: &[&str]) -> TransactWriteItem {
        let change = Change::new(version, set, remove);
        let update = Update::builder()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .build()
            .expect("table, key and update are given");
        TransactWriteItem::builder().update(update).build()
    }

    /// One shard of the sparse index `open`: what was to be looked at before `now`, by the index key `due`.
    pub(crate) async fn query_open(
        &self,
        due: &str,
        shard: u8,
        now: Timestamp,
        limit: i32,
    ) -> Result<Vec<Item>, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.name)
            .index_name("open")
            .key_condition_expression("open_shard = :shard AND #due < :now")
            .expression_attribute_names("#due", due)
            .expression_attribute_values(":shard", s(shard.to_string()))
            .expression_attribute_values(":now", s(sortable(now)))
            .limit(limit)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        Ok(answer.items.unwrap_or_default())
    }

    /// Sets and removes attributes of one item if the version is the one that was read.
    pub(crate) async fn update(&self, key: Item, version: u64, set: Item, remove: &[&str]) -> Result<(), StoreError> {
        let change = Change::new(version, set, remove);
        self.client
            .update_item()
            .table_name(&self.name)
            .set_key(Some(key))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .set_expression_attribute_names(Some(change.names))
            .set_expression_attribute_values(Some(change.values))
            .send()
            .await
            .map_err(|e| match e.as_service_error() {
                Some(service) if service.is_conditional_check_failed_exception() => StoreError::Raced,
                _ => StoreError::unavailable(e),
            })?;
        Ok(())
    }
}

/// `SET … REMOVE …` with the version's condition. The new version is in `set` under `version`.
struct Change {
    update: String,
    condition: String,
    names: HashMap<String, String>,
    values: Item,
}

impl Change {
    fn new(version: u64, set: Item, remove: &[&str]) -> Self {
        let mut names = HashMap::from([("#version".to_owned(), "version".to_owned())]);
        let mut values = Item::from([(":read".to_owned(), n(version))]);
        let mut sets = Vec::with_capacity(set.len());
        let mut attributes: Vec<_> = set.into_iter().collect();
        attributes.sort_by(|a, b| a.0.cmp(&b.0));
        for (at, (name, value)) in attributes.into_iter().enumerate() {
            names.insert(format!("#s{at}"), name);
            values.insert(format!(":s{at}"), value);
            sets.push(format!("#s{at} = :s{at}"));
        }
        let mut update = format!("SET {}", sets.join(", "));
        for (at, name) in remove.iter().enumerate() {
            names.insert(format!("#r{at}"), (*name).to_owned());
            update.push_str(if at == 0 { " REMOVE " } else { ", " });
            update.push_str(&format!("#r{at}"));
        }
        Self { update, condition: "#version = :read".to_owned(), names, values }
    }
}

/// A string attribute.
pub(crate) fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number attribute.
pub(crate) fn n(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A key, from names and values.
pub(crate) fn key<const N: usize>(parts: [(&str, &str); N]) -> Item {
    parts.into_iter().map(|(name, value)| (name.to_owned(), s(value))).collect()
}

/// A moment as index keys have it: always three decimals, so that text order is time order.
pub(crate) fn sortable(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The shards that spread the sparse indexes over partitions.
pub(crate) const SHARDS: u8 = 8;

/// The shard of a number: stable, even.
pub(crate) fn shard_of(number: &str) -> String {
    let sum = number.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    (sum % u32::from(SHARDS)).to_string()
}
