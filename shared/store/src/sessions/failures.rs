//! Wrong tries to sign in, counted by the name that was tried, whether there is one of that name or not: whoever guesses names
//! learns nothing. A try is counted before it is looked at, so that many at once count as many.

use super::Taken;
use crate::{
    StoreError,
    table::{Item, Table, key, n},
};
use aws_sdk_dynamodb::types::ReturnValue;
use heatpay_domain::staff::{LoginName, wait_after};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// A day without a try, and the count begins anew.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_hours(24);

/// The wrong tries, in the table `SESSIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct Failures(Table);

#[derive(Deserialize)]
struct Row {
    failures: u32,
    until: i64,
    expires_at: i64,
}

impl Failures {
    /// The table in `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "SESSIONS_TABLE")?))
    }

    /// Counts a try, as wrong until [`Self::clear`] says otherwise. One GetItem, one PutItem.
    pub async fn count(&self, name: &LoginName, now: Timestamp) -> Result<Taken, StoreError> {
        let second = now.as_second();
        let row: Option<Row> = self.0.get(place(name)).await?;
        let before = row.as_ref().filter(|row| second < row.expires_at);
        if let Some(row) = before.filter(|row| second < row.until) {
            return Ok(Taken::TooOften { wait: u64::try_from(row.until - second).unwrap_or(1).max(1) });
        }
        let failures = before.map_or(0, |row| row.failures).saturating_add(1);
        let mut item = place(name);
        item.insert("failures".to_owned(), n(failures));
        item.insert("until".to_owned(), n((now + wait_after(failures)).as_second()));
        item.insert("expires_at".to_owned(), n((now + FORGOTTEN_AFTER).as_second()));
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        let put = match row {
            None => put.condition_expression("attribute_not_exists(failures)"),
            Some(row) => put
                .condition_expression("failures = :read AND expires_at = :expires")
                .expression_attribute_values(":read", n(row.failures))
                .expression_attribute_values(":expires", n(row.expires_at)),
        };
        match put.send().await {
            Ok(_) => Ok(Taken::Yes),
            // Somebody else tries the same name at the same moment: one of the two is enough.
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Taken::TooOften { wait: 1 })
            }
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// The try was right: nothing is left of those before. Answers how many they were. One DeleteItem.
    pub async fn clear(&self, name: &LoginName) -> Result<u32, StoreError> {
        let delete = self.0.client.delete_item().table_name(&self.0.name).set_key(Some(place(name)));
        let deleted = delete.return_values(ReturnValue::AllOld).send().await.map_err(StoreError::unavailable)?;
        let counted = deleted.attributes().and_then(|row| row.get("failures")?.as_n().ok()?.parse::<u32>().ok());
        // The right one was counted as well.
        Ok(counted.unwrap_or(1).saturating_sub(1))
    }
}

fn place(name: &LoginName) -> Item {
    key([("key", &format!("staff-failures#{name}"))])
}
