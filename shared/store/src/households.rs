//! Households: one partition each, with the household itself, its bills and the residents bound to it, so that one Query
//! reads a whole home page. Figures stand in clear; what names a person is sealed, and shown masked.

mod import;
mod item;
mod proof;

pub use import::{HouseholdImport, ImportCount};
pub use item::{KeptHousehold, masked_address};
pub use proof::{Proof, proves};

use crate::{
    StoreError,
    bills::{bill_item, bill_key},
    page::{Cursor, Page, cursor_of, start_within},
    table::{Item, SHARDS, Table, key, s},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use heatpay_domain::{
    AccountNo, BillNo, Fen, ResidentId, Season,
    bill::Bill,
    household::{Household, PriorArrears},
};
use heatpay_runtime::{BootError, Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// The sort key of the household itself.
pub(crate) const HOUSEHOLD: &str = "household";

/// The slices the roster of all households is read in.
pub const ROSTER_SLICES: u8 = SHARDS;

/// All households, in the table `HOUSEHOLDS_TABLE`.
#[derive(Clone, Debug)]
pub struct Households(Table);

/// What the home page shows.
#[derive(Clone, Debug)]
pub struct Home {
    /// The household.
    pub household: KeptHousehold,
    /// All its bills, oldest season first.
    pub bills: Vec<Bill>,
}

/// A household as a billing run needs it.
#[derive(Clone, Debug)]
pub struct RosterRow {
    /// All that a bill is computed from. The holder and the low-income certificate are masked; what else names a person is
    /// left out.
    pub household: Household,
    /// 陈欠, the oldest season first.
    pub prior_arrears: Vec<PriorArrears>,
    /// 预存: what it has paid ahead. The roster may be a moment behind.
    pub prepaid: Fen,
}

/// A resident bound to a household.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Binding {
    /// The household.
    pub account_no: AccountNo,
    /// The resident.
    pub resident_id: ResidentId,
    /// His openid in the mini-program, if he signs in there.
    pub openid: Option<String>,
    /// Since when.
    pub bound_at: Timestamp,
    /// Whether he wants notices that he may decline.
    pub notices: bool,
}

impl Households {
    /// The table in `HOUSEHOLDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "HOUSEHOLDS_TABLE")?))
    }

    /// For an import: with the keys in `PERSONAL_DATA_SECRET_ID`, which seal what names a person.
    pub async fn of_import(context: &Context) -> Result<HouseholdImport, BootError> {
        HouseholdImport::of(context).await
    }

    /// The household of that number. One GetItem.
    pub async fn find(&self, account_no: &AccountNo) -> Result<Option<KeptHousehold>, StoreError> {
        let get = self.0.client.get_item().table_name(&self.0.name).consistent_read(true);
        let answer = get.set_key(Some(household_key(account_no))).send().await.map_err(StoreError::unavailable)?;
        answer.item.map(|item| item::read(&self.0, item)).transpose()
    }

    /// The households of these numbers, at most 100, in their order; what is not there is left out. One BatchGetItem, none
    /// for an empty list.
    pub async fn find_all(&self, account_nos: &[AccountNo]) -> Result<Vec<KeptHousehold>, StoreError> {
        if account_nos.is_empty() {
            return Ok(Vec::new());
        }
        let keys = account_nos.iter().map(household_key).collect();
        let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build();
        let keys = keys.map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        let batch = self.0.client.batch_get_item().request_items(&self.0.name, keys);
        let answer = batch.send().await.map_err(StoreError::unavailable)?;
        if answer.unprocessed_keys.is_some_and(|keys| !keys.is_empty()) {
            return Err(StoreError::Unavailable("the table answered only a part of the households".into()));
        }
        let items = answer.responses.and_then(|mut tables| tables.remove(&self.0.name)).unwrap_or_default();
        let mut found: Vec<KeptHousehold> =
            items.into_iter().map(|item| item::read(&self.0, item)).collect::<Result<_, _>>()?;
        found.sort_by_key(|kept| account_nos.iter().position(|no| *no == kept.household.account_no));
        Ok(found)
    }

    /// The household with all its bills. One consistent Query, one read unit for each 4 KB.
    pub async fn home(&self, account_no: &AccountNo) -> Result<Option<Home>, StoreError> {
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("account_no = :account AND #item BETWEEN :bill AND :household")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":account", s(account_no.as_str()))
            .expression_attribute_values(":bill", s("bill"))
            .expression_attribute_values(":household", s(HOUSEHOLD))
            .consistent_read(true)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let (mut household, mut bills) = (None, Vec::new());
        for item in answer.items.unwrap_or_default() {
            match item.get("item").and_then(|item| item.as_s().ok()) {
                Some(sort) if sort == HOUSEHOLD => household = Some(item::read(&self.0, item)?),
                Some(_) | None => bills.push(self.0.read(item)?),
            }
        }
        Ok(household.map(|household| Home { household, bills }))
    }

    /// A household's bills, of one season or all, newest first, without drafts; a page may be short because of them. One
    /// Query. `None`: the cursor is not one of this listing.
    pub async fn bills(
        &self,
        account_no: &AccountNo,
        season: Option<Season>,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Bill>>, StoreError> {
        let prefix = season.map_or_else(|| "bill#".to_owned(), |season| bill_item(season, ""));
        let start = match after {
            None => None,
            Some(cursor) => match start_within(cursor, ("account_no", account_no.as_str()), ["account_no", "item"]) {
                Some(start) if starts_at_bill(&start, &prefix) => Some(start),
                Some(_) | None => return Ok(None),
            },
        };
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("account_no = :account AND begins_with(#item, :bill)")
            .filter_expression("#status <> :draft")
            .expression_attribute_names("#item", "item")
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":account", s(account_no.as_str()))
            .expression_attribute_values(":bill", s(prefix))
            .expression_attribute_values(":draft", s("draft"))
            .scan_index_forward(false)
            .consistent_read(true)
            .limit(limit)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let items = answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item));
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next: cursor_of(answer.last_evaluated_key) }))
    }

    /// A bill of this household, if it has one of that number. One GetItem: the number tells the season.
    pub async fn find_bill_of_household(
        &self,
        account_no: &AccountNo,
        bill_no: &BillNo,
    ) -> Result<Option<Bill>, StoreError> {
        let season = bill_no.as_str().get(1..5).and_then(|year| Season::parse(year).ok());
        match season {
            Some(season) => self.0.get(bill_key(account_no, season, bill_no.as_str())).await,
            None => Ok(None),
        }
    }

    /// The residents bound to a household, at most 20. One Query.
    pub async fn residents(&self, account_no: &AccountNo) -> Result<Vec<Binding>, StoreError> {
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("account_no = :account AND begins_with(#item, :resident)")
            .expression_attribute_names("#item", "item")
            .expression_attribute_values(":account", s(account_no.as_str()))
            .expression_attribute_values(":resident", s("resident#"))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item)).collect()
    }

    /// The next households of a slice (0 to 7) of the roster, by account number. One Query on the index `roster`.
    pub async fn page_of_roster(
        &self,
        slice: u8,
        after: Option<&AccountNo>,
        limit: i32,
    ) -> Result<Page<RosterRow>, StoreError> {
        let query = self.0.client.query().table_name(&self.0.name).index_name("roster");
        let query = query.expression_attribute_values(":shard", s(slice.to_string())).limit(limit);
        let query = match after {
            None => query.key_condition_expression("roster_shard = :shard"),
            Some(after) => query
                .key_condition_expression("roster_shard = :shard AND account_no > :after")
                .expression_attribute_values(":after", s(after.as_str())),
        };
        let answer = query.send().await.map_err(StoreError::unavailable)?;
        let items = answer.items.unwrap_or_default().into_iter().map(|item| item::roster_row(&self.0, item));
        Ok(Page { items: items.collect::<Result<_, _>>()?, next: cursor_of(answer.last_evaluated_key) })
    }
}

/// The key of the household itself.
pub(crate) fn household_key(account_no: &AccountNo) -> Item {
    key([("account_no", account_no.as_str()), ("item", HOUSEHOLD)])
}

/// A bill of the season asked for, if one is: DynamoDB takes no start outside the range.
fn starts_at_bill(start: &Item, prefix: &str) -> bool {
    start.get("item").and_then(|item| item.as_s().ok()).is_some_and(|item| item.starts_with(prefix))
}
