//! A new payment: the payment, its hold on every bill, and the record of the client's `Idempotency-Key`, all or nothing.

use crate::{
    StoreError,
    bills::Bills,
    error::{Stop, stops},
    payments::Payments,
    table::{Item, Table, key, n},
};
use heatpay_domain::{PaymentNo, ResidentId, bill::Bill, payment::Payment};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

/// How long the same `Idempotency-Key` gives the same payment.
pub const KEY_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

/// The client's key and what it stood for.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    /// Whose key it is; two residents may choose the same.
    pub resident_id: ResidentId,
    /// The key, as the client sent it.
    pub key: String,
    /// A hash of the request's body.
    pub body_hash: String,
}

/// What came of creating.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// The payment is written and holds its bills.
    Now,
    /// This key made a payment before.
    Before(PaymentNo),
    /// This key was used for another body.
    OtherBody,
    /// A bill changed since it was read.
    Raced,
}

#[derive(Deserialize)]
struct Used {
    payment_no: PaymentNo,
    body_hash: String,
}

/// Writes new payments.
#[derive(Clone, Debug)]
pub struct NewPayments {
    payments: Payments,
    bills: Bills,
    keys: Table,
}

impl NewPayments {
    /// The tables in `PAYMENTS_TABLE`, `HOUSEHOLDS_TABLE`, `IDEMPOTENCY_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            payments: Payments::of(context)?,
            bills: Bills::of(context)?,
            keys: Table::of(context, "IDEMPOTENCY_TABLE")?,
        })
    }

    /// The payment this key made before, if any: asked when the bills alone would refuse the request.
    pub async fn made_before(&self, used: &IdempotencyKey) -> Result<Option<Created>, StoreError> {
        let found: Option<Used> = self.keys.get(key([("key", &key_text(used))])).await?;
        Ok(found.map(|found| before(found, used)))
    }

    /// Writes the payment in one transaction of 2 + bills parts. `bills` are the held bills with `open_payment` set and the
    /// version one more than what was read.
    pub async fn create(
        &self,
        payment: &Payment,
        bills: &[Bill],
        used: &IdempotencyKey,
        ask_at: Timestamp,
    ) -> Result<Created, StoreError> {
        let mut record: Item = key([
            ("key", &key_text(used)),
            ("payment_no", payment.payment_no.as_str()),
            ("body_hash", &used.body_hash),
        ]);
        record.insert("expires_at".to_owned(), n((payment.created_at + KEY_LIFETIME).as_second()));
        let mut transaction = self
            .keys
            .client
            .transact_write_items()
            .transact_items(self.keys.put_new(record, "key"))
            .transact_items(self.payments.new_open(payment, ask_at)?);
        for bill in bills {
            transaction = transaction.transact_items(self.bills.changed(bill)?);
        }
        let Err(error) = transaction.send().await else { return Ok(Created::Now) };
        match stops(error)?.into_iter().next() {
            Some(Stop::Condition(Some(item))) => Ok(before(self.keys.read(item)?, used)),
            Some(Stop::Condition(None)) => Err(StoreError::Raced),
            Some(Stop::None) | None => Ok(Created::Raced),
        }
    }
}

fn key_text(used: &IdempotencyKey) -> String {
    format!("{}#{}", used.resident_id, used.key)
}

fn before(found: Used, used: &IdempotencyKey) -> Created {
    if found.body_hash == used.body_hash { Created::Before(found.payment_no) } else { Created::OtherBody }
}
