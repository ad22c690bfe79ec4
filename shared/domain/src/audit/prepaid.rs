//! What a household paid ahead is owed to it: its balance, what its draws took out and have not booked yet, and what is asked back.

use super::add;
use crate::{
    AccountNo, Channel, Fen, ReceiptNo,
    ledger::{Book, LedgerAccount, Posting},
    payment::Payment,
    receipt::Receipt,
    refund::{Refund, RefundStatus},
};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Prepaid {
    households: HashMap<AccountNo, Sums>,
    /// Draws that met no bill: in suspense until they are back in the balance.
    strays: HashMap<ReceiptNo, i64>,
    drawn_by: HashMap<ReceiptNo, AccountNo>,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    posted: i64,
    balance: i64,
    drawing: i64,
    going_back: i64,
}

impl Prepaid {
    pub(super) fn household(&mut self, account_no: &AccountNo, balance: Fen) {
        // Nearly all have none, and of a city's households only those that do are kept in memory.
        if balance != Fen::ZERO {
            add(&mut self.of(account_no).balance, balance.0);
        }
    }

    pub(super) fn payment(&mut self, payment: &Payment) {
        if payment.channel == Channel::Prepayment && payment.status.is_open() {
            add(&mut self.of(&payment.account_no).drawing, payment.amount.0);
        }
    }

    pub(super) fn receipt(&mut self, receipt: &Receipt) {
        if let (Channel::Prepayment, Some(account_no)) = (receipt.channel, &receipt.account_no) {
            self.drawn_by.insert(receipt.receipt_no.clone(), account_no.clone());
        }
    }

    pub(super) fn refund(&mut self, refund: &Refund) {
        let Some((claim, account_no)) = refund.claim.as_ref().zip(refund.account_no.as_ref()) else { return };
        let ended = refund.status.is_paid_out() || refund.status == RefundStatus::Declined;
        if claim.prepaid.is_positive() && !ended {
            add(&mut self.of(account_no).going_back, claim.prepaid.0);
        }
    }

    pub(super) fn posting(&mut self, posting: &Posting) {
        let owed = |account| i64::from(account == LedgerAccount::Clearing(Channel::Prepayment));
        let fen = posting.amount.0.saturating_mul(owed(posting.credit) - owed(posting.debit));
        match &posting.book {
            _ if fen == 0 => {}
            Book::Household(account_no) => add(&mut self.of(account_no).posted, fen),
            Book::Suspense(receipt_no) => add(self.strays.entry(receipt_no.clone()).or_default(), fen),
            Book::Fees(..) => {}
        }
    }

    pub(super) fn differences(&self, into: &mut Vec<String>) {
        let mut households = self.households.clone();
        for (receipt_no, fen) in &self.strays {
            match self.drawn_by.get(receipt_no) {
                Some(account_no) => add(&mut households.entry(account_no.clone()).or_default().posted, *fen),
                None => into.push(format!(
                    "{fen} fen of what was paid ahead are in suspense for {receipt_no}, which no draw made"
                )),
            }
        }
        for (account_no, Sums { posted, balance, drawing, going_back }) in households {
            if posted != balance.saturating_add(drawing).saturating_add(going_back) || balance < 0 {
                into.push(format!(
                    "household {account_no} has {balance} fen paid ahead, {drawing} are being drawn, {going_back} go back; its book has {posted}"
                ));
            }
        }
    }

    fn of(&mut self, account_no: &AccountNo) -> &mut Sums {
        self.households.entry(account_no.clone()).or_default()
    }
}
