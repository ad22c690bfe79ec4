//! Staff asks for a refund: the refund, what it sets aside of its payment, the record of the client's `Idempotency-Key` and the
//! entry in the operation log, all or nothing.

use crate::{
    StoreError,
    bills::Bills,
    create::KEY_LIFETIME,
    error::{Stop, stops},
    operations::NextEntry,
    payments::Payments,
    refunds::Refunds,
    table::{Item, Table, key, n},
};
use heatpay_domain::{
    Fen, RefundNo, StaffNo,
    payment::Payment,
    refund::{GivenBack, Refund},
};
use heatpay_runtime::{Context, settings::SettingError};
use serde::Deserialize;

/// The client's key and what it stood for.
#[derive(Clone, Debug)]
pub struct StaffKey {
    /// Whose key it is; two people may choose the same.
    pub staff_no: StaffNo,
    /// The key, as the client sent it.
    pub key: String,
    /// A hash of the request's body.
    pub body_hash: String,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The refund is written and waits for a second person.
    Now,
    /// This key asked for a refund before.
    Before(RefundNo),
    /// This key was used for another body.
    OtherBody,
    /// The payment changed since it was read.
    Raced,
}

#[derive(Deserialize)]
struct Used {
    refund_no: RefundNo,
    body_hash: String,
}

/// Writes refunds that staff asks for.
#[derive(Clone, Debug)]
pub struct RefundRequests {
    refunds: Refunds,
    payments: Payments,
    bills: Bills,
    keys: Table,
}

impl RefundRequests {
    /// The tables in `REFUNDS_TABLE`, `PAYMENTS_TABLE`, `HOUSEHOLDS_TABLE`, `IDEMPOTENCY_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            refunds: Refunds::of(context)?,
            payments: Payments::of(context)?,
            bills: Bills::of(context)?,
            keys: Table::of(context, "IDEMPOTENCY_TABLE")?,
        })
    }

    /// The refund this key asked for before, if any. One GetItem.
    pub async fn asked_before(&self, used: &StaffKey) -> Result<Option<Asked>, StoreError> {
        let found: Option<Used> = self.keys.get(key([("key", &key_text(used))])).await?;
        Ok(found.map(|found| before(found, used)))
    }

    /// Writes the refund in one transaction of five parts, six where what was paid ahead goes back: it is taken out of the balance.
    /// `payment` is as it was read, `given_back` what of it goes or went back
    /// with this refund.
    pub async fn ask(
        &self,
        refund: &Refund,
        payment: &Payment,
        given_back: &GivenBack,
        used: &StaffKey,
        entry: &NextEntry,
    ) -> Result<Asked, StoreError> {
        let mut record: Item =
            key([("key", &key_text(used)), ("refund_no", refund.refund_no.as_str()), ("body_hash", &used.body_hash)]);
        record.insert("expires_at".to_owned(), n((refund.created_at + KEY_LIFETIME).as_second()));
        let mut transaction = self
            .keys
            .client
            .transact_write_items()
            .transact_items(self.keys.put_new(record, "key"))
            .transact_items(self.refunds.new_asked(refund)?)
            .transact_items(self.payments.given_back(payment, given_back)?);
        let prepaid = refund.claim.as_ref().map_or(Fen::ZERO, |claim| claim.prepaid);
        if prepaid.is_positive() {
            transaction = transaction.transact_items(self.bills.prepaid_less(&payment.account_no, prepaid)?);
        }
        for part in entry.parts()? {
            transaction = transaction.transact_items(part);
        }
        let Err(error) = transaction.send().await else { return Ok(Asked::Now) };
        match stops(error) {
            Ok(stops) => match stops.into_iter().next() {
                Some(Stop::Condition(Some(item))) => Ok(before(self.keys.read(item)?, used)),
                Some(Stop::Condition(None) | Stop::None) | None => Ok(Asked::Raced),
            },
            Err(StoreError::Raced) => Ok(Asked::Raced),
            Err(error) => Err(error),
        }
    }
}

fn key_text(used: &StaffKey) -> String {
    format!("{}#{}", used.staff_no, used.key)
}

fn before(found: Used, used: &StaffKey) -> Asked {
    if found.body_hash == used.body_hash { Asked::Before(found.refund_no) } else { Asked::OtherBody }
}
