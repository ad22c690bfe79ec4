//! What a household has paid ahead: the attribute `prepaid` of the household's own item, so that the home page and the roster of a
//! billing run know it without another read. It only changes in the transaction that posts it, or sets it aside.

use crate::{StoreError, bills::Bills, error::stops, households::household_key, payments::Payments, table::n};
use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use heatpay_domain::{AccountNo, Fen, bill::Bill, payment::Payment};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;

impl Bills {
    /// A part of a transaction: the household has so much more paid ahead.
    pub(crate) fn prepaid_more(&self, account_no: &AccountNo, amount: Fen) -> Result<TransactWriteItem, StoreError> {
        self.prepaid(account_no, amount.0, "attribute_exists(account_no)", None)
    }

    /// A part of a transaction: the household has so much less paid ahead, and had at least that.
    pub(crate) fn prepaid_less(&self, account_no: &AccountNo, amount: Fen) -> Result<TransactWriteItem, StoreError> {
        self.prepaid(account_no, amount.0.saturating_neg(), "prepaid >= :least", Some(amount.0))
    }

    fn prepaid(
        &self,
        account_no: &AccountNo,
        change: i64,
        condition: &str,
        least: Option<i64>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(household_key(account_no)))
            .update_expression("ADD prepaid :change")
            .condition_expression(condition)
            .expression_attribute_values(":change", n(change));
        if let Some(least) = least {
            update = update.expression_attribute_values(":least", n(least));
        }
        let update = update.build().map_err(|e| StoreError::Unavailable(Box::new(e)))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

/// Writes payments that draw on what was paid ahead.
#[derive(Clone, Debug)]
pub struct Draws {
    payments: Payments,
    bills: Bills,
}

impl Draws {
    /// The tables in `PAYMENTS_TABLE` and `HOUSEHOLDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self { payments: Payments::of(context)?, bills: Bills::of(context)? })
    }

    /// Takes the payment's money out of the balance and holds its bills, in one transaction of 2 + bills parts.
    /// [`StoreError::Raced`]: a bill changed since it was read, or the balance is less by now.
    pub async fn draw(&self, payment: &Payment, held: &[Bill], ask_at: Timestamp) -> Result<(), StoreError> {
        let mut transaction = self
            .payments
            .0
            .client
            .transact_write_items()
            .transact_items(self.payments.new_open(payment, ask_at)?)
            .transact_items(self.bills.prepaid_less(&payment.account_no, payment.amount)?);
        for bill in held {
            transaction = transaction.transact_items(self.bills.changed(bill)?);
        }
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }
}
