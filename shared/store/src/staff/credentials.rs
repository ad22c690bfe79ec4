//! What somebody signs in with: the hash of his password, and his authenticator's secret, sealed.

use super::{StaffMembers, credentials_key};
use crate::{
    StoreError,
    operations::NextEntry,
    table::{n, s},
};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use heatpay_domain::{StaffNo, staff::StaffMember};
use jiff::Timestamp;
use serde::Deserialize;
use std::fmt;

/// What a member signs in with, or enrols with.
#[derive(Clone, Default, Deserialize)]
pub struct Credentials {
    /// The password's hash, in PHC's string format.
    pub password: Option<String>,
    /// The authenticator's secret, sealed.
    pub totp: Option<String>,
    /// The newest step of the authenticator that was used.
    pub totp_step: Option<i64>,
    /// The keyed hash of the enrolment code, while there is one.
    pub enrolment: Option<String>,
    /// Until when the code is good.
    pub enrolment_until: Option<Timestamp>,
    /// The hash of the password chosen at enrolment, until it is confirmed.
    pub pending_password: Option<String>,
    /// The secret of the authenticator paired at enrolment, sealed, until it is confirmed.
    pub pending_totp: Option<String>,
    /// Whether this is the first administrator, who came in by the one-time secret.
    #[serde(default)]
    pub first: bool,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials")
    }
}

/// A password that takes another's place.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// The hash that was read.
    pub before: &'a str,
    /// The new one.
    pub after: &'a str,
    /// The step of the authenticator that was shown with it.
    pub step: i64,
}

/// A step that was not used before, and nothing of it changed meanwhile.
const FRESH: &str = "password = :password AND (attribute_not_exists(totp_step) OR totp_step < :step)";

impl StaffMembers {
    /// Uses a step of the authenticator up. `false`: it, or a later one, was used before; or the password was changed meanwhile. One
    /// UpdateItem.
    pub async fn use_step(&self, staff_no: &StaffNo, password: &str, step: i64) -> Result<bool, StoreError> {
        let answer = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(credentials_key(staff_no)))
            .update_expression("SET totp_step = :step")
            .condition_expression(FRESH)
            .expression_attribute_values(":step", n(step))
            .expression_attribute_values(":password", s(password))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// Changes a password and ends the sessions of before: `after` has a new generation. One transaction of four parts.
    pub async fn change_password(
        &self,
        after: &StaffMember,
        password: NewPassword<'_>,
        entry: &NextEntry,
    ) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(credentials_key(&after.staff_no)))
            .update_expression("SET totp_step = :step, password = :new")
            .condition_expression(FRESH)
            .expression_attribute_values(":step", n(password.step))
            .expression_attribute_values(":password", s(password.before))
            .expression_attribute_values(":new", s(password.after))
            .build()
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let credentials = TransactWriteItem::builder().update(update).build();
        self.write(vec![self.changed(after)?, credentials], entry).await
    }
}
