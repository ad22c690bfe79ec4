//! Money received: the receipt, the payment, its bills, the postings and, where something must go back, the refund, in one
//! transaction.

use crate::{
    StoreError,
    bills::Bills,
    by_day::{DAY_SHARD, day_shard},
    error::{Stop, stops},
    payments::Payments,
    refunds::Refunds,
    table::{Table, key, s},
};
use heatpay_domain::{Evidence, ledger::Posting, payment::Settlement, receipt::Receipt};
use heatpay_runtime::{Context, settings::SettingError};

/// What came of committing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// All of it is written.
    Now,
    /// The receipt was there before: this delivery is a repeat.
    Before(Box<Receipt>),
}

/// Writes settlements.
#[derive(Clone, Debug)]
pub struct Settlements {
    receipts: Table,
    postings: Table,
    payments: Payments,
    bills: Bills,
    refunds: Refunds,
}

impl Settlements {
    /// The tables in `RECEIPTS_TABLE`, `POSTINGS_TABLE`, `PAYMENTS_TABLE`, `HOUSEHOLDS_TABLE`, `REFUNDS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            receipts: Table::of(context, "RECEIPTS_TABLE")?,
            postings: Table::of(context, "POSTINGS_TABLE")?,
            payments: Payments::of(context)?,
            bills: Bills::of(context)?,
            refunds: Refunds::of(context)?,
        })
    }

    /// The receipt the evidence made, if it was recorded before. One GetItem.
    pub async fn receipt_of(&self, evidence: &Evidence) -> Result<Option<Receipt>, StoreError> {
        self.receipts.get(key([("receipt_no", evidence.receipt_no().as_str())])).await
    }

    /// Writes all of it or nothing. [`StoreError::Raced`]: payment or bills changed since they were read; decide again.
    pub async fn commit(&self, settlement: &Settlement) -> Result<Committed, StoreError> {
        let mut receipt = self.receipts.item(&settlement.receipt)?;
        let of_day = {
            let Receipt { channel, paid_at, receipt_no, .. } = &settlement.receipt;
            day_shard(*channel, *paid_at, receipt_no.as_str())
        };
        receipt.insert(DAY_SHARD.to_owned(), s(of_day));
        let mut transaction =
            self.receipts.client.transact_write_items().transact_items(self.receipts.put_new(receipt, "receipt_no"));
        if let Some(payment) = &settlement.payment {
            transaction = transaction.transact_items(self.payments.ended(payment)?);
        }
        for bill in &settlement.bills {
            transaction = transaction.transact_items(self.bills.changed(bill)?);
        }
        if let Some(prepaid) = &settlement.prepaid {
            transaction = transaction.transact_items(self.bills.prepaid_more(&prepaid.account_no, prepaid.amount)?);
        }
        for posting in &settlement.postings {
            let item = posting_item(&self.postings, posting)?;
            transaction = transaction.transact_items(self.postings.put_new(item, "book"));
        }
        if let Some(refund) = &settlement.refund {
            transaction = transaction.transact_items(self.refunds.new_open(refund)?);
        }
        let Err(error) = transaction.send().await else { return Ok(Committed::Now) };
        match stops(error)?.into_iter().next() {
            Some(Stop::Condition(Some(item))) => Ok(Committed::Before(Box::new(self.receipts.read(item)?))),
            Some(Stop::Condition(None) | Stop::None) | None => Err(StoreError::Raced),
        }
    }
}

/// A posting as its table has it: in its book, under its number.
pub(crate) fn posting_item(table: &Table, posting: &Posting) -> Result<crate::Item, StoreError> {
    let mut item = table.item(posting)?;
    item.insert("book".to_owned(), s(posting.book.to_string()));
    Ok(item)
}
