//! A payment ends without money: closed at the channel, or refused by it. Its bills are free again, in the same transaction.

use crate::{StoreError, bills::Bills, error::stops, payments::Payments};
use heatpay_domain::payment::{Payment, release};
use heatpay_runtime::{Context, settings::SettingError};

/// Ends payments.
#[derive(Clone, Debug)]
pub struct Endings {
    payments: Payments,
    bills: Bills,
}

impl Endings {
    /// The tables in `PAYMENTS_TABLE` and `HOUSEHOLDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { payments: Payments::of(context)?, bills: Bills::of(context)? })
    }

    /// Writes the ended payment and frees the bills it holds: one BatchGetItem, one transaction of 1 + bills parts.
    /// `after.version` is one more than what was read.
    pub async fn end(&self, after: &Payment) -> Result<(), StoreError> {
        let bills = self.bills.of_payment(after).await?;
        let mut transaction = self.payments.0.client.transact_write_items().transact_items(self.payments.ended(after)?);
        for bill in release(after, &bills) {
            transaction = transaction.transact_items(self.bills.changed(&bill)?);
        }
        let Err(error) = transaction.send().await else { return Ok(()) };
        // Whichever part stopped it: somebody else moved the payment or a bill.
        stops(error)?;
        Err(StoreError::Raced)
    }
}
