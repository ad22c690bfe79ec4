//! The company's people: members, what they sign in with, and who was the first. All members stand in one partition, for a company
//! has hundreds and not millions, and their list needs no index; what they sign in with stands apart, so that no list reads it.

mod credentials;
mod enrolment;
mod presence;

pub use credentials::{Credentials, NewPassword};
pub use enrolment::{Enrolment, Entered, FirstAdministrator, NewMember, Pairing};
pub use presence::Presence;

use crate::{
    StoreError,
    bills::attribute,
    error::stops,
    operations::NextEntry,
    page::{Cursor, Listing, Page},
    table::{Item, Table, key, n, s},
};
use aws_sdk_dynamodb::types::{KeysAndAttributes, TransactWriteItem};
use heatpay_domain::{
    StaffNo,
    staff::{LoginName, StaffMember},
};
use heatpay_runtime::{Context, settings::SettingError};
use serde::Deserialize;

/// The partitions.
const MEMBER: &str = "member";
const LOGIN: &str = "login";
const CREDENTIALS: &str = "credentials";
const FIRST: &str = "first_administrator";

/// All staff, in the table `STAFF_TABLE`.
#[derive(Clone, Debug)]
pub struct StaffMembers(Table);

#[derive(Deserialize)]
struct LoginRow {
    staff_no: StaffNo,
}

impl StaffMembers {
    /// The table in `STAFF_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "STAFF_TABLE")?))
    }

    /// The member of that number. One GetItem.
    pub async fn find(&self, staff_no: &StaffNo) -> Result<Option<StaffMember>, StoreError> {
        self.0.get(member_key(staff_no)).await
    }

    /// A member with what he signs in with. One BatchGetItem.
    pub async fn with_credentials(&self, staff_no: &StaffNo) -> Result<Option<(StaffMember, Credentials)>, StoreError> {
        let keys = KeysAndAttributes::builder()
            .consistent_read(true)
            .keys(member_key(staff_no))
            .keys(credentials_key(staff_no))
            .build()
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let ask = self.0.client.batch_get_item().request_items(&self.0.name, keys);
        let answer = ask.send().await.map_err(StoreError::unavailable)?;
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Unavailable("the table left keys unread".into()));
        }
        let (mut member, mut credentials) = (None, None);
        for item in answer.responses.into_iter().flatten().flat_map(|(_, items)| items) {
            match item.get("kind").and_then(|kind| kind.as_s().ok()).map(String::as_str) {
                Some(MEMBER) => member = Some(self.0.read(item)?),
                _ => credentials = Some(self.0.read(item)?),
            }
        }
        Ok(member.zip(credentials))
    }

    /// The member who signs in under that name. One GetItem, one BatchGetItem.
    pub async fn of_login(&self, name: &LoginName) -> Result<Option<(StaffMember, Credentials)>, StoreError> {
        let row: Option<LoginRow> = self.0.get(login_key(name)).await?;
        match row {
            Some(row) => self.with_credentials(&row.staff_no).await,
            None => Ok(None),
        }
    }

    /// A page of members in the order of their entry. One Query. `None`: the cursor is not of this listing.
    pub async fn page(&self, limit: i32, after: Option<&Cursor>) -> Result<Option<Page<StaffMember>>, StoreError> {
        let listing = Listing { index: None, keys: ["kind", "id"], own: MEMBER, newest_first: false };
        listing.page(&self.0, limit, after, |item| self.0.read(item)).await
    }

    /// Writes a change of a member with its entry in the log. `after.version` is one more than what was read.
    pub async fn change(&self, after: &StaffMember, entry: &NextEntry) -> Result<(), StoreError> {
        self.write(vec![self.changed(after)?], entry).await
    }

    /// A part of a transaction: what can change of a member.
    fn changed(&self, after: &StaffMember) -> Result<TransactWriteItem, StoreError> {
        let set = Item::from([
            ("name".to_owned(), s(&after.name)),
            ("roles".to_owned(), attribute(&self.0, &after.roles)?),
            ("branches".to_owned(), attribute(&self.0, &after.branches)?),
            ("status".to_owned(), attribute(&self.0, &after.status)?),
            ("generation".to_owned(), n(after.generation)),
            ("version".to_owned(), n(after.version)),
        ]);
        Ok(self.0.update_version(member_key(&after.staff_no), after.version - 1, set, &[]))
    }

    async fn write(&self, parts: Vec<TransactWriteItem>, entry: &NextEntry) -> Result<(), StoreError> {
        let mut parts = parts;
        parts.extend(entry.parts()?);
        let Err(error) = self.0.client.transact_write_items().set_transact_items(Some(parts)).send().await else {
            return Ok(());
        };
        stops(error)?;
        Err(StoreError::Raced)
    }
}

fn member_key(staff_no: &StaffNo) -> Item {
    key([("kind", MEMBER), ("id", staff_no.as_str())])
}

fn credentials_key(staff_no: &StaffNo) -> Item {
    key([("kind", CREDENTIALS), ("id", staff_no.as_str())])
}

fn login_key(name: &LoginName) -> Item {
    key([("kind", LOGIN), ("id", name.as_str())])
}
