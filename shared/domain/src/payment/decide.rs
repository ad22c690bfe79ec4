use super::{
    Payment, PaymentEvent, PaymentStatus,
    settle::{release, settle},
};
use crate::{
    AccountNo, Evidence, Fen,
    bill::Bill,
    ledger::{Posting, book_excess},
    receipt::{Receipt, ReceiptOutcome, StrayReason},
    refund::{Refund, RefundReason},
};
use jiff::Timestamp;

/// What to do with evidence that money arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The payment was paid by this very transaction: nothing to write, publish again.
    Duplicate,
    /// Write all of it in one transaction, on condition that the receipt is absent and that payment and bills still have
    /// the version before. The receipt there already: another delivery was first, publish what that receipt says.
    Commit(Box<Settlement>),
}

/// A household has so much more paid ahead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepaid {
    /// The household.
    pub account_no: AccountNo,
    /// How much.
    pub amount: Fen,
}

/// What one transaction writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settlement {
    /// The receipt, only if absent.
    pub receipt: Receipt,
    /// The payment in its new state, version one up, where it changes.
    pub payment: Option<Payment>,
    /// The bills that change, in their new state, versions one up.
    pub bills: Vec<Bill>,
    /// The postings, all named by the receipt.
    pub postings: Vec<Posting>,
    /// What the household has paid ahead with it.
    pub prepaid: Option<Prepaid>,
    /// The refund of what could not be booked.
    pub refund: Option<Refund>,
    /// What became of the money; the same as in the receipt.
    pub outcome: ReceiptOutcome,
}

/// Decides what becomes of money that arrived. `payment` is the one that the evidence names, if there is such a one;
/// `bills` are the bills of its allocations as they stand now. Money is never dropped: every decision but a duplicate
/// keeps the receipt, and its amount is booked to bills, or to suspense with a refund opened, to the fen.
pub fn decide(payment: Option<&Payment>, bills: &[Bill], evidence: &Evidence, now: Timestamp) -> Decision {
    let Some(payment) = payment.filter(|payment| payment.payment_no.as_str() == evidence.payment_no) else {
        return commit(stray(None, evidence, StrayReason::UnknownPayment, now));
    };
    if payment.channel != evidence.channel || payment.merchant != evidence.merchant {
        return commit(stray(Some(payment), evidence, StrayReason::WrongChannelOrMerchant, now));
    }
    match payment.status {
        PaymentStatus::Paid | PaymentStatus::Reversed
            if payment.channel_txn.as_deref() == Some(evidence.channel_txn.as_str()) =>
        {
            Decision::Duplicate
        }
        PaymentStatus::Paid | PaymentStatus::Reversed => {
            commit(stray(Some(payment), evidence, StrayReason::PaidTwice, now))
        }
        PaymentStatus::Closed => commit(stray(Some(payment), evidence, StrayReason::PaidLate, now)),
        PaymentStatus::Rejected => commit(stray(Some(payment), evidence, StrayReason::AfterRejection, now)),
        PaymentStatus::Submitting | PaymentStatus::Pending | PaymentStatus::Closing => {
            commit(decide_open(payment, bills, evidence, now))
        }
    }
}

fn commit(settlement: Settlement) -> Decision {
    Decision::Commit(Box::new(settlement))
}

/// Money for a payment that waits for it.
fn decide_open(payment: &Payment, bills: &[Bill], evidence: &Evidence, now: Timestamp) -> Settlement {
    if !evidence.amount.is_positive() {
        return stray(Some(payment), evidence, StrayReason::NoMoney, now);
    }
    if evidence.amount != payment.amount {
        return reject(payment, bills, evidence, StrayReason::WrongAmount, now);
    }
    settle(payment, bills, evidence, now)
        .unwrap_or_else(|| reject(payment, bills, evidence, StrayReason::NothingOwed, now))
}

/// The money cannot be booked to the open payment: the payment ends, its bills are free, the money goes back.
fn reject(payment: &Payment, bills: &[Bill], evidence: &Evidence, reason: StrayReason, now: Timestamp) -> Settlement {
    let mut settlement = stray(Some(payment), evidence, reason, now);
    if let Ok(status) = payment.status.on(PaymentEvent::WrongMoneyArrived) {
        settlement.payment = Some(Payment { status, version: payment.version + 1, ..payment.clone() });
        settlement.bills = release(payment, bills);
    }
    settlement
}

/// Money without a place: receipt, suspense and a refund of all of it; payment and bills stay as they are.
fn stray(payment: Option<&Payment>, evidence: &Evidence, reason: StrayReason, now: Timestamp) -> Settlement {
    let no_money = !evidence.amount.is_positive();
    let outcome = ReceiptOutcome::Stray(if no_money { StrayReason::NoMoney } else { reason });
    let mut receipt = Receipt::of(evidence, outcome, now);
    receipt.payment_no = payment.map(|payment| payment.payment_no.clone());
    receipt.account_no = payment.map(|payment| payment.account_no.clone());
    let excess = if no_money { Fen::ZERO } else { evidence.amount };
    let (refund, posting) = give_back(&mut receipt, excess, RefundReason::Stray(reason)).unzip();
    Settlement {
        receipt,
        payment: None,
        bills: Vec::new(),
        postings: posting.into_iter().collect(),
        prepaid: None,
        refund,
        outcome,
    }
}

/// Opens the refund of what a receipt could not book and puts that money into suspense.
pub(super) fn give_back(receipt: &mut Receipt, excess: Fen, reason: RefundReason) -> Option<(Refund, Posting)> {
    if !excess.is_positive() {
        return None;
    }
    let refund = Refund::of_receipt(receipt, excess, reason);
    let posting = book_excess(receipt, &refund);
    receipt.refund_no = Some(refund.refund_no.clone());
    Some((refund, posting))
}
