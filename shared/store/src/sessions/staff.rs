//! Staff sessions. They end with the working day, and with any change of the person's rights: a session names the generation of
//! the account it was made in.

use super::refresh::{RefreshToken, Rotation, delete, rotate};
use crate::{
    StoreError,
    table::{Table, n, s},
};
use heatpay_domain::StaffNo;
use heatpay_ports::Ids;
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

const KIND: &str = "staff-session";

/// How long a staff session lives without a refresh.
pub const STAFF_IDLE: SignedDuration = SignedDuration::from_hours(2);
/// How long it lives at most.
pub const STAFF_DAY: SignedDuration = SignedDuration::from_hours(12);

/// Who signed in, and when he must sign in again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct StaffSession {
    /// The person.
    pub staff_no: StaffNo,
    /// The generation of his account.
    pub generation: u32,
    /// When it is over whatever he does, Unix seconds.
    pub ends_at: i64,
    /// When it is over unless it is refreshed, Unix seconds.
    expires_at: i64,
}

impl StaffSession {
    /// Where the session of that id is kept.
    pub(crate) fn place(session_id: &str) -> String {
        format!("{KIND}#{session_id}")
    }

    pub(crate) fn lives_at(&self, now: Timestamp) -> bool {
        now.as_second() < self.ends_at.min(self.expires_at)
    }
}

/// What came of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaffRotated {
    /// The session goes on with a new token.
    On(StaffSession, RefreshToken),
    /// There is no such session (any more).
    Ended,
    /// The token was replaced before: it was copied. The session is ended.
    Reused,
}

/// The staff sessions, in the table `SESSIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct StaffSessions(Table);

impl StaffSessions {
    /// The table in `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "SESSIONS_TABLE")?))
    }

    /// Starts a session. One PutItem.
    pub async fn start(
        &self,
        staff_no: &StaffNo,
        generation: u32,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut item = token.key(KIND);
        item.insert("staff_no".to_owned(), s(staff_no.as_str()));
        item.insert("generation".to_owned(), n(generation));
        item.insert("current".to_owned(), s(token.hash()));
        item.insert("ends_at".to_owned(), n((now + STAFF_DAY).as_second()));
        item.insert("expires_at".to_owned(), n((now + STAFF_IDLE).as_second()));
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", "key");
        put.send().await.map_err(StoreError::unavailable)?;
        Ok(())
    }

    /// Replaces a session's token. One UpdateItem; one DeleteItem more for a session that is over or a token that was copied.
    pub async fn rotate(
        &self,
        token: &RefreshToken,
        ids: &dyn Ids,
        now: Timestamp,
    ) -> Result<StaffRotated, StoreError> {
        match rotate(&self.0, KIND, STAFF_IDLE, token, ids, now).await? {
            Rotation::On(item, next) => {
                let session: StaffSession = self.0.read(item)?;
                if session.lives_at(now) {
                    return Ok(StaffRotated::On(session, next));
                }
                self.end(&next).await?;
                Ok(StaffRotated::Ended)
            }
            Rotation::Ended => Ok(StaffRotated::Ended),
            Rotation::Reused => Ok(StaffRotated::Reused),
        }
    }

    /// Ends a session, whichever of its tokens is shown. One DeleteItem.
    pub async fn end(&self, token: &RefreshToken) -> Result<(), StoreError> {
        delete(&self.0, KIND, token).await
    }
}
