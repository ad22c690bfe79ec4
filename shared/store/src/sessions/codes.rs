//! SMS codes: one open code a number, kept as a keyed hash, five minutes, five tries, used once.

use super::{Limit, Taken, Throttles};
use crate::{
    StoreError,
    table::{Item, Table, key, n, s},
};
use aws_sdk_dynamodb::types::{Put, ReturnValue, TransactWriteItem};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// How long a code is good for.
pub const CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(5);
/// How often a code may be guessed.
pub const CODE_TRIES: u32 = 5;

/// The codes, in the table `SESSIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct SmsCodes {
    table: Table,
    throttles: Throttles,
}

#[derive(Deserialize)]
struct Row {
    code_hash: String,
}

impl SmsCodes {
    /// The table in `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        let throttles = Throttles::of(context)?;
        Ok(Self { table: throttles.0.clone(), throttles })
    }

    /// Keeps a new code in place of the one before, if the limits allow it. One transaction of 1 + limits parts.
    pub async fn keep(
        &self,
        phone_hash: &str,
        code_hash: &str,
        limits: &[Limit],
        now: Timestamp,
    ) -> Result<Taken, StoreError> {
        let mut item = code_key(phone_hash);
        item.insert("code_hash".to_owned(), s(code_hash));
        item.insert("tries".to_owned(), n(0));
        item.insert("expires_at".to_owned(), n((now + CODE_LIFETIME).as_second()));
        let put = Put::builder().table_name(&self.table.name).set_item(Some(item));
        let put = put.build().map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        self.throttles.take_all(limits, now, vec![TransactWriteItem::builder().put(put).build()]).await
    }

    /// Counts a try and answers the hash to compare with. `None`: there is no code, it is over, or was guessed too often.
    /// One UpdateItem.
    pub async fn try_once(&self, phone_hash: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let answer = self
            .table
            .client
            .update_item()
            .table_name(&self.table.name)
            .set_key(Some(code_key(phone_hash)))
            .update_expression("ADD tries :one")
            .condition_expression("attribute_exists(code_hash) AND tries < :tries AND expires_at > :now")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":tries", n(CODE_TRIES))
            .expression_attribute_values(":now", n(now.as_second()))
            .return_values(ReturnValue::AllNew)
            .send()
            .await;
        match answer {
            Ok(answer) => {
                answer.attributes.map(|item| self.table.read::<Row>(item).map(|row| row.code_hash)).transpose()
            }
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(None),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// Uses the code up. `false`: another request was first. One DeleteItem.
    pub async fn use_up(&self, phone_hash: &str, code_hash: &str) -> Result<bool, StoreError> {
        let answer = self
            .table
            .client
            .delete_item()
            .table_name(&self.table.name)
            .set_key(Some(code_key(phone_hash)))
            .condition_expression("code_hash = :hash")
            .expression_attribute_values(":hash", s(code_hash))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }
}

fn code_key(phone_hash: &str) -> Item {
    key([("key", &format!("sms-code#{phone_hash}"))])
}
