//! Everything the books hold, read from end to end: for the audit, which recomputes every balance. Never on a resident's way.

use crate::{
    StoreError,
    households::HOUSEHOLD,
    table::{Item, Table},
};
use heatpay_domain::{
    AccountNo, Fen, audit::Auditor, bill::Bill, ledger::Posting, payment::Payment, receipt::Receipt, refund::Refund,
};
use heatpay_runtime::{Context, settings::SettingError};
use serde::{Deserialize, de::DeserializeOwned};

/// The tables that money is in.
#[derive(Clone, Debug)]
pub struct Books {
    households: Table,
    payments: Table,
    receipts: Table,
    postings: Table,
    refunds: Table,
}

/// What a household has paid ahead.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Balance {
    /// The household.
    pub account_no: AccountNo,
    /// How much.
    #[serde(default)]
    pub prepaid: Fen,
}

/// All that stands in them.
#[derive(Clone, Debug, Default)]
pub struct Everything {
    /// All households, and what each has paid ahead.
    pub households: Vec<Balance>,
    /// All bills.
    pub bills: Vec<Bill>,
    /// All payments.
    pub payments: Vec<Payment>,
    /// All receipts.
    pub receipts: Vec<Receipt>,
    /// All postings.
    pub postings: Vec<Posting>,
    /// All refunds.
    pub refunds: Vec<Refund>,
}

impl Books {
    /// The tables of households, payments, receipts, postings and refunds.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self {
            households: Table::of(context, "HOUSEHOLDS_TABLE")?,
            payments: Table::of(context, "PAYMENTS_TABLE")?,
            receipts: Table::of(context, "RECEIPTS_TABLE")?,
            postings: Table::of(context, "POSTINGS_TABLE")?,
            refunds: Table::of(context, "REFUNDS_TABLE")?,
        })
    }

    /// Reads all of it.
    pub async fn read(&self) -> Result<Everything, StoreError> {
        let mut all = Everything::default();
        scan(&self.households, |item| {
            match OfHousehold::read(&self.households, item)? {
                OfHousehold::Itself(balance) => all.households.push(balance),
                OfHousehold::Bill(bill) => all.bills.push(*bill),
                OfHousehold::Other => {}
            }
            Ok(())
        })
        .await?;
        each(&self.payments, |payment| all.payments.push(payment)).await?;
        each(&self.receipts, |receipt| all.receipts.push(receipt)).await?;
        each(&self.postings, |posting| all.postings.push(posting)).await?;
        each(&self.refunds, |refund| all.refunds.push(refund)).await?;
        Ok(all)
    }

    /// Hands all of it to the audit, a megabyte in memory at a time.
    pub async fn each(&self, auditor: &mut Auditor) -> Result<(), StoreError> {
        scan(&self.households, |item| {
            match OfHousehold::read(&self.households, item)? {
                OfHousehold::Itself(Balance { account_no, prepaid }) => auditor.household(&account_no, prepaid),
                OfHousehold::Bill(bill) => auditor.bill(&bill),
                OfHousehold::Other => {}
            }
            Ok(())
        })
        .await?;
        each(&self.payments, |payment| auditor.payment(&payment)).await?;
        each(&self.receipts, |receipt| auditor.receipt(&receipt)).await?;
        each(&self.postings, |posting| auditor.posting(&posting)).await?;
        each(&self.refunds, |refund| auditor.refund(&refund)).await
    }
}

impl Everything {
    /// Hands all of it to the audit.
    pub fn each(&self, auditor: &mut Auditor) {
        self.households.iter().for_each(|Balance { account_no, prepaid }| auditor.household(account_no, *prepaid));
        self.bills.iter().for_each(|bill| auditor.bill(bill));
        self.payments.iter().for_each(|payment| auditor.payment(payment));
        self.receipts.iter().for_each(|receipt| auditor.receipt(receipt));
        self.postings.iter().for_each(|posting| auditor.posting(posting));
        self.refunds.iter().for_each(|refund| auditor.refund(refund));
    }
}

/// An item of a household's partition.
enum OfHousehold {
    Itself(Balance),
    Bill(Box<Bill>),
    Other,
}

impl OfHousehold {
    fn read(table: &Table, item: Item) -> Result<Self, StoreError> {
        match item.get("item").and_then(|item| item.as_s().ok()).map(String::as_str) {
            Some(HOUSEHOLD) => table.read(item).map(Self::Itself),
            Some(sort) if sort.starts_with("bill#") => table.read(item).map(|bill| Self::Bill(Box::new(bill))),
            Some(_) | None => Ok(Self::Other),
        }
    }
}

async fn each<T: DeserializeOwned>(table: &Table, mut take: impl FnMut(T) + Send) -> Result<(), StoreError> {
    scan(table, |item| {
        take(table.read(item)?);
        Ok(())
    })
    .await
}

async fn scan(table: &Table, mut take: impl FnMut(Item) -> Result<(), StoreError> + Send) -> Result<(), StoreError> {
    let mut start = None;
    loop {
        let answer = table
            .client
            .scan()
            .table_name(&table.name)
            .consistent_read(true)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().try_for_each(&mut take)?;
        start = answer.last_evaluated_key.filter(|key| !key.is_empty());
        if start.is_none() {
            return Ok(());
        }
    }
}
