//! How somebody comes in: an administrator enters him and hands him a code; with it he chooses a password, pairs his authenticator,
//! and confirms with its first code. The first administrator hands the code to himself, with the one-time secret.

use super::{Credentials, FIRST, StaffMembers, credentials_key, login_key, member_key};
use crate::{
    StoreError,
    error::{Stop, stops},
    operations::NextEntry,
    table::{Item, key, n, s, sortable},
};
use aws_sdk_dynamodb::types::{AttributeValue, Put, TransactWriteItem, Update};
use heatpay_domain::{StaffNo, staff::StaffMember};
use jiff::Timestamp;
use serde::Deserialize;

/// A one-time code, as it is kept.
#[derive(Clone, Debug)]
pub struct Enrolment {
    /// Its keyed hash.
    pub hash: String,
    /// Until when it is good.
    pub until: Timestamp,
}

/// Somebody who is entered.
#[derive(Clone, Copy, Debug)]
pub struct NewMember<'a> {
    /// Who.
    pub member: &'a StaffMember,
    /// The code he enrols with.
    pub enrolment: &'a Enrolment,
    /// Whether he is the first administrator.
    pub first: bool,
}

/// What came of entering somebody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entered {
    /// He is entered.
    Now,
    /// Somebody else has that login name.
    LoginTaken,
}

/// What was chosen at enrolment, to be confirmed.
#[derive(Clone, Copy)]
pub struct Pairing<'a> {
    /// The code's hash.
    pub enrolment: &'a str,
    /// The password's hash.
    pub password: &'a str,
    /// The authenticator's secret, sealed.
    pub totp: &'a str,
}

/// Who came in by the one-time secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct FirstAdministrator {
    /// His number.
    pub staff_no: StaffNo,
    /// Whether he enrolled: then the secret is used.
    pub enrolled: bool,
}

impl StaffMembers {
    /// Who came in by the one-time secret, if somebody did. One GetItem.
    pub async fn first_administrator(&self) -> Result<Option<FirstAdministrator>, StoreError> {
        self.0.get(first_key()).await
    }

    /// Enters somebody. One transaction of five parts, six for the first administrator; [`StoreError::Raced`] also where another
    /// first one came before.
    pub async fn enter(&self, new: NewMember<'_>, entry: &NextEntry) -> Result<Entered, StoreError> {
        let NewMember { member, enrolment, first } = new;
        let mut login = login_key(&member.login_name);
        login.insert("staff_no".to_owned(), s(member.staff_no.as_str()));
        let mut item = self.0.item(member)?;
        item.extend(member_key(&member.staff_no));
        let mut parts = vec![
            self.0.put_new(login, "kind"),
            self.0.put_new(item, "kind"),
            self.0.put_new(invited(&member.staff_no, enrolment, first), "kind"),
        ];
        if first {
            let mut mark = first_key();
            mark.insert("staff_no".to_owned(), s(member.staff_no.as_str()));
            mark.insert("enrolled".to_owned(), AttributeValue::Bool(false));
            parts.push(self.0.put_new(mark, "kind"));
        }
        parts.extend(entry.parts()?);
        let Err(error) = self.0.client.transact_write_items().set_transact_items(Some(parts)).send().await else {
            return Ok(Entered::Now);
        };
        match stops(error)?.into_iter().next() {
            Some(Stop::Condition(_)) => Ok(Entered::LoginTaken),
            Some(Stop::None) | None => Err(StoreError::Raced),
        }
    }

    /// Gives somebody a new code, and forgets his password and authenticator. `after` has a new generation. One transaction of four
    /// parts.
    pub async fn reset(
        &self,
        after: &StaffMember,
        enrolment: &Enrolment,
        first: bool,
        entry: &NextEntry,
    ) -> Result<(), StoreError> {
        let put = Put::builder()
            .table_name(&self.0.name)
            .set_item(Some(invited(&after.staff_no, enrolment, first)))
            .build()
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let credentials = TransactWriteItem::builder().put(put).build();
        self.write(vec![self.changed(after)?, credentials], entry).await
    }

    /// Keeps what was chosen at enrolment, in place of what was chosen before. `false`: the code is another one by now. One
    /// UpdateItem.
    pub async fn pair(&self, staff_no: &StaffNo, pairing: Pairing<'_>) -> Result<bool, StoreError> {
        let answer = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(credentials_key(staff_no)))
            .update_expression("SET pending_password = :password, pending_totp = :totp")
            .condition_expression("enrolment = :code")
            .expression_attribute_values(":password", s(pairing.password))
            .expression_attribute_values(":totp", s(pairing.totp))
            .expression_attribute_values(":code", s(pairing.enrolment))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// Makes what was chosen good and the code void. `after` is active; `step` is that of the authenticator's first code. One
    /// transaction of four parts, five for the first administrator, whose secret is used with it.
    pub async fn enrol(
        &self,
        after: &StaffMember,
        pairing: Pairing<'_>,
        step: i64,
        first: bool,
        entry: &NextEntry,
    ) -> Result<(), StoreError> {
        let update = Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(credentials_key(&after.staff_no)))
            .update_expression(
                "SET password = :password, totp = :totp, totp_step = :step \
                 REMOVE enrolment, enrolment_until, pending_password, pending_totp",
            )
            .condition_expression("enrolment = :code AND pending_password = :password AND pending_totp = :totp")
            .expression_attribute_values(":password", s(pairing.password))
            .expression_attribute_values(":totp", s(pairing.totp))
            .expression_attribute_values(":code", s(pairing.enrolment))
            .expression_attribute_values(":step", n(step));
        let update = update.build().map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        let mut parts = vec![self.changed(after)?, TransactWriteItem::builder().update(update).build()];
        if first {
            parts.push(self.first_enrolled(&after.staff_no)?);
        }
        self.write(parts, entry).await
    }

    fn first_enrolled(&self, staff_no: &StaffNo) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(first_key()))
            .update_expression("SET enrolled = :yes")
            .condition_expression("staff_no = :staff AND enrolled = :no")
            .expression_attribute_values(":staff", s(staff_no.as_str()))
            .expression_attribute_values(":yes", AttributeValue::Bool(true))
            .expression_attribute_values(":no", AttributeValue::Bool(false))
            .build()
            .map_err(|error| StoreError::Unavailable(Box::new(error)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl Credentials {
    /// The enrolment code's hash, while it is good.
    pub fn enrolment_at(&self, now: Timestamp) -> Option<&str> {
        self.enrolment_until.filter(|until| now < *until)?;
        self.enrolment.as_deref()
    }

    /// What was chosen at enrolment, to be confirmed.
    pub fn pairing(&self) -> Option<Pairing<'_>> {
        Some(Pairing {
            enrolment: self.enrolment.as_deref()?,
            password: self.pending_password.as_deref()?,
            totp: self.pending_totp.as_deref()?,
        })
    }
}

/// The credentials of somebody who has a code and nothing else.
fn invited(staff_no: &StaffNo, enrolment: &Enrolment, first: bool) -> Item {
    let mut item = credentials_key(staff_no);
    item.insert("enrolment".to_owned(), s(&enrolment.hash));
    item.insert("enrolment_until".to_owned(), s(sortable(enrolment.until)));
    item.insert("first".to_owned(), AttributeValue::Bool(first));
    item
}

fn first_key() -> Item {
    key([("kind", FIRST), ("id", FIRST)])
}
