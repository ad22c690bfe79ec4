//! All money of a receipt is booked, to bills or to suspense; a payment is paid exactly if it has its settled receipt.

use super::add;
use crate::{
    PaymentNo, ReceiptNo,
    ledger::{LedgerAccount, Posting},
    payment::{Payment, PaymentStatus},
    receipt::Receipt,
};
use std::collections::{HashMap, HashSet};

#[derive(Default)]
pub(super) struct Receipts(HashMap<ReceiptNo, Sums>);

#[derive(Default)]
struct Sums {
    booked: i64,
    came: Option<i64>,
}

impl Receipts {
    pub(super) fn receipt(&mut self, receipt: &Receipt) {
        self.0.entry(receipt.receipt_no.clone()).or_default().came = Some(receipt.amount.0.max(0));
    }

    pub(super) fn posting(&mut self, posting: &Posting) {
        // What was paid ahead and goes back is debited too, under the receipt that it came by; that one is booked already.
        if let (LedgerAccount::Clearing(channel), Some(receipt_no)) = (posting.debit, &posting.receipt_no)
            && receipt_no.is_of(channel)
        {
            add(&mut self.0.entry(receipt_no.clone()).or_default().booked, posting.amount.0);
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.0.values().map(|sums| u64::from(sums.came.is_some())).sum()
    }

    pub(super) fn differences(&self, into: &mut Vec<String>) {
        for (receipt_no, Sums { booked, came }) in &self.0 {
            match came {
                Some(came) if came == booked => {}
                Some(came) => into.push(format!("receipt {receipt_no} is {came} fen, booked {booked}")),
                None => into.push(format!("{booked} fen booked for receipt {receipt_no}, which does not exist")),
            }
        }
    }
}

#[derive(Default)]
pub(super) struct Payments {
    seen: HashMap<PaymentNo, PaymentStatus>,
    settled: HashSet<PaymentNo>,
}

impl Payments {
    pub(super) fn payment(&mut self, payment: &Payment) {
        self.seen.insert(payment.payment_no.clone(), payment.status);
    }

    pub(super) fn receipt(&mut self, receipt: &Receipt) {
        if receipt.outcome.is_settled() {
            self.settled.extend(receipt.payment_no.clone());
        }
    }

    pub(super) fn is_open(&self, payment_no: &PaymentNo) -> bool {
        self.seen.get(payment_no).is_some_and(|status| status.is_open())
    }

    pub(super) fn open(&self) -> u64 {
        self.seen.values().map(|status| u64::from(status.is_open())).sum()
    }

    pub(super) fn count(&self) -> u64 {
        self.seen.values().map(|_| 1).sum()
    }

    pub(super) fn differences(&self, into: &mut Vec<String>) {
        for (payment_no, status) in &self.seen {
            let has_receipt = self.settled.contains(payment_no);
            let money_came = match status {
                PaymentStatus::Paid | PaymentStatus::Reversed => true,
                PaymentStatus::Submitting
                | PaymentStatus::Pending
                | PaymentStatus::Closing
                | PaymentStatus::Closed
                | PaymentStatus::Rejected => false,
            };
            if money_came != has_receipt {
                let receipt = if has_receipt { "there" } else { "missing" };
                into.push(format!("payment {payment_no} is {}, and its settled receipt is {receipt}", status.name()));
            }
        }
        for payment_no in self.settled.iter().filter(|payment_no| !self.seen.contains_key(*payment_no)) {
            into.push(format!("a receipt settled {payment_no}, which does not exist"));
        }
    }
}
