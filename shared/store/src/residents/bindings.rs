//! Binding a household to a resident: two items, one in each one's partition, and a count in each that keeps the limits.
//! All four in one transaction.

use super::{PROFILE, Residents};
use crate::{
    StoreError,
    error::{Stop, stops},
    households::{Binding, household_key},
    table::{Item, Table, key, n, s, sortable},
};
use aws_sdk_dynamodb::types::{AttributeValue, Delete, ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use heatpay_domain::{AccountNo, ResidentId};

/// The most households one resident may have.
pub const MAX_HOUSEHOLDS: u32 = 10;
/// The most residents one household may have.
pub const MAX_RESIDENTS: u32 = 20;

/// What came of binding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bound {
    /// It is bound now.
    Now,
    /// It was bound before.
    Before,
    /// The resident has as many households as one may have.
    TooManyHouseholds,
    /// The household has as many residents as one may have.
    TooManyResidents,
    /// The resident has deleted his account.
    NoResident,
}

impl Residents {
    /// Binds. One transaction of four parts.
    pub async fn bind(&self, binding: &Binding) -> Result<Bound, StoreError> {
        let Binding { account_no, resident_id, openid, bound_at, notices } = binding;
        let mut of_household = binding_key(account_no, resident_id);
        of_household.insert("resident_id".to_owned(), s(resident_id.as_str()));
        of_household.insert("bound_at".to_owned(), s(sortable(*bound_at)));
        of_household.insert("notices".to_owned(), AttributeValue::Bool(*notices));
        if let Some(openid) = openid {
            of_household.insert("openid".to_owned(), s(openid));
        }
        let mut of_resident = household_of_resident(account_no, resident_id);
        of_resident.insert("account_no".to_owned(), s(account_no.as_str()));
        of_resident.insert("bound_at".to_owned(), s(sortable(*bound_at)));
        let transaction = self
            .households
            .client
            .transact_write_items()
            .transact_items(self.households.put_new(of_household, "account_no"))
            .transact_items(self.residents.put_new(of_resident, "resident_id"))
            .transact_items(count(&self.residents, profile(resident_id), Count::OfProfile(MAX_HOUSEHOLDS)))
            .transact_items(count(&self.households, residents_of(account_no), Count::UpTo(MAX_RESIDENTS)));
        let Err(error) = transaction.send().await else { return Ok(Bound::Now) };
        let stops = stops(error)?;
        let stopped = |part: usize| matches!(stops.get(part), Some(Stop::Condition(_)));
        Ok(match (stopped(0) || stopped(1), stops.get(2)) {
            (true, _) => Bound::Before,
            (false, Some(Stop::Condition(None))) => Bound::NoResident,
            (false, Some(Stop::Condition(Some(_)))) => Bound::TooManyHouseholds,
            (false, Some(Stop::None) | None) => Bound::TooManyResidents,
        })
    }

    /// Unbinds; what is not bound stays so. One transaction of four parts.
    pub async fn unbind(&self, account_no: &AccountNo, resident_id: &ResidentId) -> Result<(), StoreError> {
        let transaction = self
            .households
            .client
            .transact_write_items()
            .transact_items(delete(&self.households, binding_key(account_no, resident_id), "account_no"))
            .transact_items(delete(&self.residents, household_of_resident(account_no, resident_id), "resident_id"))
            .transact_items(count(&self.residents, profile(resident_id), Count::Down))
            .transact_items(count(&self.households, residents_of(account_no), Count::Down));
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error).map(|_| ())
    }

    /// Whether the household wants reminders it may decline, and this resident the notices. `false`: he is not bound to it.
    /// One transaction of two parts.
    pub async fn choose_reminders(
        &self,
        account_no: &AccountNo,
        resident_id: &ResidentId,
        wanted: bool,
    ) -> Result<bool, StoreError> {
        let household = Update::builder()
            .table_name(&self.households.name)
            .set_key(Some(household_key(account_no)))
            .update_expression("SET reminders_off = :off ADD #version :one")
            .condition_expression("attribute_exists(account_no)")
            .expression_attribute_names("#version", "version")
            .expression_attribute_values(":off", AttributeValue::Bool(!wanted))
            .expression_attribute_values(":one", n(1));
        let binding = Update::builder()
            .table_name(&self.households.name)
            .set_key(Some(binding_key(account_no, resident_id)))
            .update_expression("SET notices = :wanted")
            .condition_expression("attribute_exists(account_no)")
            .expression_attribute_values(":wanted", AttributeValue::Bool(wanted));
        let mut transaction = self.households.client.transact_write_items();
        for update in [household, binding] {
            let update = update.build().map_err(|e| StoreError::Unavailable(Box::new(e)))?;
            transaction = transaction.transact_items(TransactWriteItem::builder().update(update).build());
        }
        let Err(error) = transaction.send().await else { return Ok(true) };
        stops(error).map(|_| false)
    }
}

fn binding_key(account_no: &AccountNo, resident_id: &ResidentId) -> Item {
    key([("account_no", account_no.as_str()), ("item", &format!("resident#{resident_id}"))])
}

fn household_of_resident(account_no: &AccountNo, resident_id: &ResidentId) -> Item {
    key([("resident_id", resident_id.as_str()), ("item", &format!("household#{account_no}"))])
}

pub(super) fn profile(resident_id: &ResidentId) -> Item {
    key([("resident_id", resident_id.as_str()), ("item", PROFILE)])
}

/// How many residents a household has: an item of its own, outside the home page and the roster.
fn residents_of(account_no: &AccountNo) -> Item {
    key([("account_no", account_no.as_str()), ("item", "residents")])
}

#[derive(Clone, Copy)]
enum Count {
    /// One more, up to the limit.
    UpTo(u32),
    /// The same, in a profile that is there: whoever has deleted his account does not come to be by binding.
    OfProfile(u32),
    /// One less.
    Down,
}

fn count(table: &Table, key: Item, count: Count) -> TransactWriteItem {
    let update = Update::builder()
        .table_name(&table.name)
        .set_key(Some(key))
        .update_expression("ADD #count :by")
        .expression_attribute_names("#count", "bound");
    let update = match count {
        Count::UpTo(limit) => update
            .condition_expression("attribute_not_exists(#count) OR #count < :limit")
            .expression_attribute_values(":by", n(1))
            .expression_attribute_values(":limit", n(limit)),
        Count::OfProfile(limit) => update
            .condition_expression("attribute_exists(resident_id) AND (attribute_not_exists(#count) OR #count < :limit)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_values(":by", n(1))
            .expression_attribute_values(":limit", n(limit)),
        Count::Down => update.expression_attribute_values(":by", n(-1)),
    };
    let update = update.build().expect("table, key and update are given");
    TransactWriteItem::builder().update(update).build()
}

fn delete(table: &Table, key: Item, key_name: &str) -> TransactWriteItem {
    let delete = Delete::builder()
        .table_name(&table.name)
        .set_key(Some(key))
        .condition_expression("attribute_exists(#key)")
        .expression_attribute_names("#key", key_name)
        .build()
        .expect("table and key are given");
    TransactWriteItem::builder().delete(delete).build()
}
