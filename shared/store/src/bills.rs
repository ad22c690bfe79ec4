//! Bills: items of the household's own partition, so that one Query reads a whole home page.

use crate::{
    StoreError,
    billing::remind_key,
    table::{Item, Table, key, n, s, shard_of},
};
use aws_sdk_dynamodb::types::{AttributeValue, KeysAndAttributes, TransactWriteItem};
use heatpay_domain::{
    AccountNo, Season,
    bill::{Bill, BillStatus},
    payment::{Allocation, Payment},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::civil::Date;
use serde::Serialize;

/// The bills of all households, in the table `HOUSEHOLDS_TABLE`.
#[derive(Clone, Debug)]
pub struct Bills(pub(crate) Table);

/// The sort key of a bill: by season, then number.
pub(crate) fn bill_item(season: Season, bill_no: &str) -> String {
    format!("bill#{:04}#{bill_no}", season.0)
}

/// The key of a bill.
pub(crate) fn bill_key(account_no: &AccountNo, season: Season, bill_no: &str) -> Item {
    key([("account_no", account_no.as_str()), ("item", &bill_item(season, bill_no))])
}

impl Bills {
    /// The table in `HOUSEHOLDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "HOUSEHOLDS_TABLE")?))
    }

    /// All bills of a household, oldest season first. One Query.
    pub async fn of_household(&self, account_no: &AccountNo) -> Result<Vec<Bill>, StoreError> {
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("account_no = :account AND begins_with(#item, :bill)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":account", s(account_no.as_str()))
            .expression_attribute_values(":bill", s("bill#"))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item)).collect()
    }

    /// The bills a payment pays. One BatchGetItem; none for what is paid ahead.
    pub async fn of_payment(&self, payment: &Payment) -> Result<Vec<Bill>, StoreError> {
        if payment.allocations.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys = KeysAndAttributes::builder().consistent_read(true);
        for Allocation { bill_no, season, .. } in &payment.allocations {
            keys = keys.keys(bill_key(&payment.account_no, *season, bill_no.as_str()));
        }
        let keys = keys.build().map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        let answer = self
            .0
            .client
            .batch_get_item()
            .request_items(&self.0.name, keys)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        if answer.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
            return Err(StoreError::Unavailable("the table answered only a part of the bills".into()));
        }
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.0.name)).unwrap_or_default();
        items.into_iter().map(|item| self.0.read(item)).collect()
    }

    /// A part of a transaction: the bill as a payment or its end changed it. `after.version` is one more than what was read.
    pub(crate) fn changed(&self, after: &Bill) -> Result<TransactWriteItem, StoreError> {
        self.change(after, Item::new())
    }

    /// A part of a transaction: the bill as a refund changed it. One that is owed again is reminded of from `remind_on`.
    pub(crate) fn given_back(&self, after: &Bill, remind_on: Date) -> Result<TransactWriteItem, StoreError> {
        let mut set = Item::from([
            ("total".to_owned(), n(after.total.0)),
            ("lines".to_owned(), attribute(&self.0, &after.lines)?),
        ]);
        if after.open_principal().is_positive() {
            set.insert("remind_shard".to_owned(), s(shard_of(after.account_no.as_str())));
            set.insert("remind_key".to_owned(), s(remind_key(remind_on, after)));
        }
        self.change(after, set)
    }

    fn change(&self, after: &Bill, besides: Item) -> Result<TransactWriteItem, StoreError> {
        let mut set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("paid".to_owned(), n(after.paid.0)),
            ("paid_late_fee".to_owned(), n(after.paid_late_fee.0)),
            ("version".to_owned(), n(after.version)),
        ]);
        set.extend(besides);
        let mut remove = Vec::new();
        match &after.open_payment {
            Some(payment_no) => {
                set.insert("open_payment".to_owned(), s(payment_no.as_str()));
            }
            None => remove.push("open_payment"),
        }
        match after.status {
            // Nobody is reminded of what is not owed: out of the sparse index.
            BillStatus::Paid | BillStatus::Void => remove.extend(["remind_shard", "remind_key"]),
            BillStatus::Draft | BillStatus::Issued => {}
        }
        let key = bill_key(&after.account_no, after.season, after.bill_no.as_str());
        Ok(self.0.update_version(key, after.version - 1, set, &remove))
    }
}

impl Bills {
    /// A part of a transaction: a bill that owes again what a payment had paid; its resident is reminded from `remind_on` on.
    pub(crate) fn reopened(&self, after: &Bill, remind_on: Date) -> Result<TransactWriteItem, StoreError> {
        let set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("paid".to_owned(), n(after.paid.0)),
            ("paid_late_fee".to_owned(), n(after.paid_late_fee.0)),
            ("version".to_owned(), n(after.version)),
            ("remind_shard".to_owned(), s(shard_of(after.account_no.as_str()))),
            ("remind_key".to_owned(), s(remind_key(remind_on, after))),
        ]);
        let key = bill_key(&after.account_no, after.season, after.bill_no.as_str());
        Ok(self.0.update_version(key, after.version - 1, set, &[]))
    }
}

/// One value as an attribute.
pub(crate) fn attribute(table: &Table, value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value)
        .map_err(|e| StoreError::Malformed { table: table.name.clone(), source: Box::new(e) })
}
