//! A refund moves: the refund itself, what of its payment goes or went back, and, where the payer has his money, bills and postings;
//! where a person moved it, with the entry in the operation log. All of it in one transaction.

use crate::{
    StoreError, bills::Bills, error::stops, operations::NextEntry, payments::Payments, refunds::Refunds,
    settle::posting_item, table::Table,
};
use heatpay_domain::{
    calendar::civil_date,
    payment::{Payment, Prepaid},
    refund::{GivenBack, PaidOut, Refund},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};

/// Writes refunds that move.
#[derive(Clone, Debug)]
pub struct RefundBooks {
    refunds: Refunds,
    payments: Payments,
    bills: Bills,
    postings: Table,
}

/// What is written together.
#[derive(Clone, Copy, Debug)]
pub struct Moved<'a> {
    /// The refund, its version one more than what was read.
    pub after: &'a Refund,
    /// When it is to be looked at again. `None`: not without a person.
    pub ask_at: Option<Timestamp>,
    /// The payment as it was read, and what of it goes or went back now; nothing where that does not change.
    pub payment: Option<(&'a Payment, &'a GivenBack)>,
    /// What is booked where the payer has his money.
    pub paid_out: Option<&'a PaidOut>,
    /// What the household has paid ahead again.
    pub prepaid: Option<&'a Prepaid>,
    /// The entry in the operation log where a person moved it.
    pub entry: Option<&'a NextEntry>,
}

impl RefundBooks {
    /// The tables in `REFUNDS_TABLE`, `PAYMENTS_TABLE`, `HOUSEHOLDS_TABLE`, `POSTINGS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            refunds: Refunds::of(context)?,
            payments: Payments::of(context)?,
            bills: Bills::of(context)?,
            postings: Table::of(context, "POSTINGS_TABLE")?,
        })
    }

    /// Writes all of it or nothing: at most 1 + 1 + 20 bills + 60 postings + 1 + 2 parts. [`StoreError::Raced`]: something changed
    /// since it was read; read again, decide again.
    pub async fn write(&self, moved: Moved<'_>, now: Timestamp) -> Result<(), StoreError> {
        let Moved { after, ask_at, payment, paid_out, prepaid, entry } = moved;
        let refund = self.refunds.changed_part(after, ask_at)?;
        let mut transaction = self.refunds.0.client.transact_write_items().transact_items(refund);
        if let Some((read, given_back)) = payment {
            transaction = transaction.transact_items(self.payments.given_back(read, given_back)?);
        }
        if let Some(paid_out) = paid_out {
            let tomorrow = civil_date(now + SignedDuration::from_hours(24));
            for bill in &paid_out.bills {
                transaction = transaction.transact_items(self.bills.given_back(bill, tomorrow)?);
            }
            for posting in &paid_out.postings {
                let item = posting_item(&self.postings, posting)?;
                transaction = transaction.transact_items(self.postings.put_new(item, "book"));
            }
        }
        if let Some(Prepaid { account_no, amount }) = prepaid {
            transaction = transaction.transact_items(self.bills.prepaid_more(account_no, *amount)?);
        }
        for part in entry.map(NextEntry::parts).transpose()?.into_iter().flatten() {
            transaction = transaction.transact_items(part);
        }
        let Err(error) = transaction.send().await else { return Ok(()) };
        stops(error)?;
        Err(StoreError::Raced)
    }
}
