//! What was paid out is booked to the fen, and no more goes back of a payment's bill than was booked to it.

use super::add;
use crate::{
    BillNo, PaymentNo, RefundNo,
    ledger::{LedgerAccount, Posting},
    payment::Payment,
    refund::{Refund, RefundStatus},
};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Refunds {
    refunds: HashMap<RefundNo, PaidOut>,
    parts: HashMap<(PaymentNo, BillNo), Part>,
    prepaid: HashMap<PaymentNo, Prepaid>,
}

#[derive(Default)]
struct PaidOut {
    booked: i64,
    expected: Option<i64>,
}

/// What was paid ahead with a payment.
#[derive(Default)]
struct Prepaid {
    paid: i64,
    back: i64,
}

/// Principal, late fee and discount of a bill in a payment.
#[derive(Default)]
struct Part {
    paid: Option<[i64; 3]>,
    back: [i64; 3],
}

impl Refunds {
    pub(super) fn posting(&mut self, posting: &Posting) {
        let paid_out = matches!(posting.credit, LedgerAccount::Clearing(_) | LedgerAccount::Bank);
        if let Some(refund_no) = posting.refund_no.as_ref().filter(|_| paid_out) {
            add(&mut self.refunds.entry(refund_no.clone()).or_default().booked, posting.amount.0);
        }
    }

    pub(super) fn refund(&mut self, refund: &Refund) {
        let expected = if refund.status.is_paid_out() { refund.amount.0 } else { 0 };
        self.refunds.entry(refund.refund_no.clone()).or_default().expected = Some(expected);
        let Some((claim, payment_no)) = refund.claim.as_ref().zip(refund.payment_no.as_ref()) else { return };
        if refund.status == RefundStatus::Declined {
            return;
        }
        if claim.prepaid.is_positive() {
            add(&mut self.prepaid.entry(payment_no.clone()).or_default().back, claim.prepaid.0);
        }
        for part in &claim.parts {
            let back = &mut self.parts.entry((payment_no.clone(), part.bill_no.clone())).or_default().back;
            for (sum, fen) in back.iter_mut().zip([part.principal, part.late_fee, part.discount]) {
                add(sum, fen.0);
            }
        }
    }

    pub(super) fn payment(&mut self, payment: &Payment) {
        if payment.prepaid.is_positive() {
            add(&mut self.prepaid.entry(payment.payment_no.clone()).or_default().paid, payment.prepaid.0);
        }
        for part in &payment.allocations {
            let paid = [part.principal, part.late_fee, part.discount].map(|fen| fen.0);
            self.parts.entry((payment.payment_no.clone(), part.bill_no.clone())).or_default().paid = Some(paid);
        }
    }

    pub(super) fn differences(&self, into: &mut Vec<String>) {
        for (refund_no, PaidOut { booked, expected }) in &self.refunds {
            match expected {
                Some(expected) if expected == booked => {}
                Some(expected) => into.push(format!("refund {refund_no} paid out {expected} fen, booked {booked}")),
                None => into.push(format!("{booked} fen booked as paid out for {refund_no}, which does not exist")),
            }
        }
        for (payment_no, Prepaid { paid, back }) in
            self.prepaid.iter().filter(|(_, prepaid)| prepaid.back > prepaid.paid)
        {
            into.push(format!("{back} fen go back of the {paid} that were paid ahead with {payment_no}"));
        }
        for ((payment_no, bill_no), Part { paid, back }) in &self.parts {
            match paid {
                None => into.push(format!("{bill_no} goes back of payment {payment_no}, which did not pay it")),
                Some(paid) if back.iter().zip(paid).any(|(back, paid)| back > paid) => {
                    into.push(format!("more of {bill_no} goes back than payment {payment_no} paid"));
                }
                Some(_) => {}
            }
        }
    }
}
