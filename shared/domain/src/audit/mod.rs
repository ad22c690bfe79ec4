//! 核账: every balance recomputed from the postings, and each difference named. One record is looked at at a time, in whatever
//! order they come, so that a whole city's books need not be in memory.

mod bills;
mod clearing;
mod money;
mod prepaid;
mod refunds;

use crate::{
    AccountNo, Fen,
    bill::Bill,
    ledger::{LedgerAccount, Posting},
    payment::Payment,
    receipt::Receipt,
    refund::Refund,
};
use bills::Bills;
use clearing::Clearing;
use money::{Payments, Receipts};
use prepaid::Prepaid;
use refunds::Refunds;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the audit saw.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// Every ledger account's balance, in fen: debits less credits.
    pub balances: BTreeMap<String, i64>,
    /// How many bills, payments, receipts, postings and refunds it went through.
    pub counted: BTreeMap<String, u64>,
    /// What the books say the channels hold for us, before they keep their fees.
    pub clearing_fen: i64,
    /// Payments that are neither paid nor at another end.
    pub open_payments: u64,
    /// Refunds on their way.
    pub open_refunds: u64,
    /// Each difference, in a sentence. Empty: the books agree to the fen.
    pub differences: Vec<String>,
}

/// Goes through the books.
#[derive(Default)]
pub struct Auditor {
    balances: BTreeMap<LedgerAccount, i64>,
    postings: u64,
    bills: Bills,
    receipts: Receipts,
    payments: Payments,
    clearing: Clearing,
    refunds: Refunds,
    prepaid: Prepaid,
}

impl Auditor {
    /// A household, and what it has paid ahead.
    pub fn household(&mut self, account_no: &AccountNo, prepaid: Fen) {
        self.prepaid.household(account_no, prepaid);
    }

    /// A bill.
    pub fn bill(&mut self, bill: &Bill) {
        self.bills.bill(bill);
    }

    /// A payment.
    pub fn payment(&mut self, payment: &Payment) {
        self.payments.payment(payment);
        self.clearing.payment(payment);
        self.refunds.payment(payment);
        self.prepaid.payment(payment);
    }

    /// A receipt.
    pub fn receipt(&mut self, receipt: &Receipt) {
        self.receipts.receipt(receipt);
        self.payments.receipt(receipt);
        self.clearing.receipt(receipt);
        self.prepaid.receipt(receipt);
    }

    /// A posting.
    pub fn posting(&mut self, posting: &Posting) {
        self.postings += 1;
        add(self.balances.entry(posting.debit).or_default(), posting.amount.0);
        add(self.balances.entry(posting.credit).or_default(), posting.amount.0.saturating_neg());
        self.bills.posting(posting);
        self.receipts.posting(posting);
        self.clearing.posting(posting);
        self.refunds.posting(posting);
        self.prepaid.posting(posting);
    }

    /// A refund.
    pub fn refund(&mut self, refund: &Refund) {
        self.clearing.refund(refund);
        self.refunds.refund(refund);
        self.prepaid.refund(refund);
    }

    /// What came of it.
    pub fn finish(self) -> Audit {
        let mut differences = Vec::new();
        let all: i64 = self.balances.values().fold(0, |sum, balance| sum.saturating_add(*balance));
        if all != 0 {
            differences.push(format!("all balances together are {all} fen, not 0"));
        }
        let counted = [
            ("bills", self.bills.count()),
            ("payments", self.payments.count()),
            ("receipts", self.receipts.count()),
            ("postings", self.postings),
            ("refunds", self.clearing.refunds()),
        ];
        let (open_payments, open_refunds) = (self.payments.open(), self.clearing.open_refunds());
        let of = |account: &LedgerAccount| self.balances.get(account).copied().unwrap_or(0);
        self.bills.differences(|payment_no| self.payments.is_open(payment_no), &mut differences);
        self.receipts.differences(&mut differences);
        self.payments.differences(&mut differences);
        self.refunds.differences(&mut differences);
        self.prepaid.differences(&mut differences);
        let clearing_fen = self.clearing.differences(of, &mut differences);
        differences.sort_unstable();
        Audit {
            balances: self.balances.iter().map(|(account, fen)| (account.name().to_owned(), *fen)).collect(),
            counted: counted.into_iter().map(|(name, count)| (name.to_owned(), count)).collect(),
            clearing_fen,
            open_payments,
            open_refunds,
            differences,
        }
    }
}

/// Adds what may be anything at all: a sum that does not fit shows as a difference, not as a crash.
fn add(sum: &mut i64, fen: i64) {
    *sum = sum.saturating_add(fen);
}
