//! Reported faults, looked up by number or by household. A number alone opens nothing: who looks one up says whose it may be.

use crate::{
    StoreError,
    bills::attribute,
    page::{Cursor, Listing, Page},
    table::{Item, Table, key, n, s, sortable},
};
use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use heatpay_domain::{AccountNo, RepairNo, repair::Repair};
use heatpay_runtime::{Context, settings::SettingError};
use serde::Deserialize;

/// All reported faults, in the table `REPAIRS_TABLE`.
#[derive(Clone, Debug)]
pub struct Repairs(Table);

/// What came of writing a new report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reported {
    /// It is written.
    Now,
    /// The same request made it before; so it stands now.
    Before(Box<Repair>),
    /// A request with the same key and another body made it.
    OtherBody,
}

#[derive(Deserialize)]
struct Made {
    request_hash: String,
}

impl Repairs {
    /// The table in `REPAIRS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "REPAIRS_TABLE")?))
    }

    /// The repair of that number, if it is of one of the households. One GetItem.
    pub async fn find_of_households(
        &self,
        repair_no: &RepairNo,
        households: &[AccountNo],
    ) -> Result<Option<Repair>, StoreError> {
        let found: Option<Repair> = self.0.get(key([("repair_no", repair_no.as_str())])).await?;
        Ok(found.filter(|repair| households.contains(&repair.account_no)))
    }

    /// A household's repairs, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn of_household(
        &self,
        account_no: &AccountNo,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Repair>>, StoreError> {
        let listing = Listing {
            index: Some("by_account"),
            keys: ["account_no", "reported_at", "repair_no"],
            own: account_no.as_str(),
            newest_first: true,
        };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
    }

    /// Writes a report, unless there is one of its number: `request_hash` tells a repeat from another request. One PutItem.
    pub async fn report(&self, repair: &Repair, request_hash: &str) -> Result<Reported, StoreError> {
        let mut item = self.0.item(repair)?;
        item.insert("reported_at".to_owned(), s(sortable(repair.reported_at)));
        item.insert("request_hash".to_owned(), s(request_hash));
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        let answer = put
            .condition_expression("attribute_not_exists(repair_no)")
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        let Err(error) = answer else { return Ok(Reported::Now) };
        match error.as_service_error() {
            Some(PutItemError::ConditionalCheckFailedException(there)) => match there.item.clone() {
                Some(item) => self.before(item, request_hash),
                None => Err(StoreError::Raced),
            },
            _ => Err(StoreError::unavailable(error)),
        }
    }

    fn before(&self, item: Item, request_hash: &str) -> Result<Reported, StoreError> {
        let made: Made = self.0.read(item.clone())?;
        if made.request_hash != request_hash {
            return Ok(Reported::OtherBody);
        }
        Ok(Reported::Before(Box::new(self.0.read(item)?)))
    }

    /// Writes a repair that went on: its state, photos and rating. One UpdateItem; `after.version` is one more than what was
    /// read.
    pub async fn keep(&self, after: &Repair) -> Result<(), StoreError> {
        let set = Item::from([
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("progress".to_owned(), attribute(&self.0, &after.progress)?),
            ("photos".to_owned(), attribute(&self.0, &after.photos)?),
            ("rating".to_owned(), attribute(&self.0, &after.rating)?),
            ("version".to_owned(), n(after.version)),
        ]);
        self.0.update(key([("repair_no", after.repair_no.as_str())]), after.version - 1, set, &[]).await
    }
}
