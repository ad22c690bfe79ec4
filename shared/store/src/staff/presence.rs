//! Whether somebody is still who his token says: for what must not wait until the token is over.

use super::{StaffMembers, member_key};
use crate::{
    StoreError,
    sessions::StaffSession,
    table::{Table, key},
};
use aws_sdk_dynamodb::types::KeysAndAttributes;
use heatpay_domain::staff::{StaffMember, StaffStatus};
use heatpay_runtime::{Context, Problem, settings::SettingError, staff::StaffClaims};
use jiff::Timestamp;

/// Who is signed in at this moment, in the tables `STAFF_TABLE` and `SESSIONS_TABLE`. An access token lives ten minutes; money that
/// goes out, and the staff's own rights, are asked about here, so that a sign-out, a disabling or a role taken away counts at once.
#[derive(Clone, Debug)]
pub struct Presence {
    members: StaffMembers,
    sessions: Table,
}

impl Presence {
    /// The tables in `STAFF_TABLE` and `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { members: StaffMembers::of(context)?, sessions: Table::of(context, "SESSIONS_TABLE")? })
    }

    /// Signed out, if the session or the account is not any more what the token says. One BatchGetItem of two items.
    pub async fn confirm(&self, claims: &StaffClaims, now: Timestamp) -> Result<(), Problem> {
        if self.holds(claims, now).await? { Ok(()) } else { Err(Problem::signed_out()) }
    }

    async fn holds(&self, claims: &StaffClaims, now: Timestamp) -> Result<bool, StoreError> {
        let members = &self.members.0;
        let one = |key| {
            let keys = KeysAndAttributes::builder().consistent_read(true).keys(key).build();
            keys.map_err(|error| StoreError::Unavailable(Box::new(error)))
        };
        let session = key([("key", &StaffSession::place(&claims.sid))]);
        let answer = members
            .client
            .batch_get_item()
            .request_items(&members.name, one(member_key(&claims.sub))?)
            .request_items(&self.sessions.name, one(session)?)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(StoreError::Unavailable("the tables left keys unread".into()));
        }
        let mut found = answer.responses.unwrap_or_default();
        let mut first = |table: &Table| found.remove(&table.name).and_then(|items| items.into_iter().next());
        let (Some(member), Some(session)) = (first(members), first(&self.sessions)) else { return Ok(false) };
        let member: StaffMember = members.read(member)?;
        let session: StaffSession = self.sessions.read(session)?;
        Ok(member.status == StaffStatus::Active
            && member.generation == claims.generation
            && session.staff_no == claims.sub
            && session.lives_at(now))
    }
}
