use super::{Allocation, Payment, PaymentEvent, Prepaid, Settlement, decide::give_back};
use crate::{
    Evidence, Fen,
    bill::{Bill, BillEvent},
    ledger::{BookedToBill, Posting, book_to_bill, prepay},
    receipt::{Receipt, ReceiptOutcome},
    refund::RefundReason,
};
use jiff::Timestamp;

/// Books the payment's money to its bills as far as they still owe it; what does not fit goes back. `None` where nothing
/// fits at all, or the payment may not be paid.
pub(super) fn settle(payment: &Payment, bills: &[Bill], evidence: &Evidence, now: Timestamp) -> Option<Settlement> {
    if payment.prepaid.is_positive() {
        return settle_prepaid(payment, evidence, now);
    }
    let status = payment.status.on(PaymentEvent::MoneyArrived).ok()?;
    let mut left = evidence.amount;
    let mut booked = Vec::with_capacity(payment.allocations.len());
    let mut changed = Vec::with_capacity(payment.allocations.len());
    for part in &payment.allocations {
        let Some(bill) = bills.iter().find(|bill| bill.bill_no == part.bill_no) else {
            continue;
        };
        match fit(part, bill, left) {
            Some((part, amount)) => {
                left = left.less(amount);
                changed.push(book(payment, bill, &part)?);
                booked.push(part);
            }
            None => changed.extend(release_bill(payment, bill)),
        }
    }
    if booked.is_empty() {
        return None;
    }
    let outcome = if left.is_positive() { ReceiptOutcome::SettledWithExcess } else { ReceiptOutcome::Settled };
    let mut receipt = Receipt::of(evidence, outcome, now);
    receipt.payment_no = Some(payment.payment_no.clone());
    receipt.account_no = Some(payment.account_no.clone());
    let (refund, excess) = give_back(&mut receipt, left, RefundReason::Excess).unzip();
    let postings = booked.iter().flat_map(|part| post(payment, &receipt, part)).chain(excess).collect();
    let paid = Payment {
        status,
        allocations: booked,
        paid_at: Some(evidence.paid_at),
        channel_txn: Some(evidence.channel_txn.clone()),
        version: payment.version + 1,
        ..payment.clone()
    };
    Some(Settlement { receipt, payment: Some(paid), bills: changed, postings, prepaid: None, refund, outcome })
}

/// Money paid ahead: all of it is owed to the household.
fn settle_prepaid(payment: &Payment, evidence: &Evidence, now: Timestamp) -> Option<Settlement> {
    let status = payment.status.on(PaymentEvent::MoneyArrived).ok()?;
    let outcome = ReceiptOutcome::Settled;
    let mut receipt = Receipt::of(evidence, outcome, now);
    receipt.payment_no = Some(payment.payment_no.clone());
    receipt.account_no = Some(payment.account_no.clone());
    receipt.prepaid = payment.prepaid;
    let postings = vec![prepay(&receipt, payment)];
    let paid = Payment {
        status,
        paid_at: Some(evidence.paid_at),
        channel_txn: Some(evidence.channel_txn.clone()),
        version: payment.version + 1,
        ..payment.clone()
    };
    let prepaid = Some(Prepaid { account_no: payment.account_no.clone(), amount: payment.prepaid });
    Some(Settlement { receipt, payment: Some(paid), bills: Vec::new(), postings, prepaid, refund: None, outcome })
}

/// The bills that a new payment pays, held by it. Answers the bills that change.
pub fn hold(payment: &Payment, bills: &[Bill]) -> Vec<Bill> {
    bills
        .iter()
        .filter(|bill| payment.allocations.iter().any(|part| part.bill_no == bill.bill_no))
        .map(|bill| Bill { open_payment: Some(payment.payment_no.clone()), version: bill.version + 1, ..bill.clone() })
        .collect()
}

/// The payment ends without money: the bills that it holds are free again. Answers the bills that change.
pub fn release(payment: &Payment, bills: &[Bill]) -> Vec<Bill> {
    bills.iter().filter_map(|bill| release_bill(payment, bill)).collect()
}

fn release_bill(payment: &Payment, bill: &Bill) -> Option<Bill> {
    let held = bill.open_payment.as_ref() == Some(&payment.payment_no);
    held.then(|| Bill { open_payment: None, version: bill.version + 1, ..bill.clone() })
}

/// What of the allocation the bill still owes, and how much of the money that takes. Less principal takes its share of the
/// late fee and of the discount along.
fn fit(part: &Allocation, bill: &Bill, left: Fen) -> Option<(Allocation, Fen)> {
    let principal = part.principal.min(bill.open_principal());
    let sound = Fen::ZERO <= part.discount && part.discount <= part.principal && Fen::ZERO <= part.late_fee;
    if !principal.is_positive() || !sound {
        return None;
    }
    let share = |whole: Fen| whole.share(i128::from(principal.0), i128::from(part.principal.0));
    let fitting =
        Allocation { principal, late_fee: share(part.late_fee)?, discount: share(part.discount)?, ..part.clone() };
    let amount = fitting.amount()?;
    (amount <= left).then_some((fitting, amount))
}

fn book(payment: &Payment, bill: &Bill, part: &Allocation) -> Option<Bill> {
    let paid = bill.paid.checked_add(part.principal)?;
    let event = if paid < bill.total { BillEvent::PartPaid } else { BillEvent::PaidInFull };
    let held = bill.open_payment.as_ref() == Some(&payment.payment_no);
    Some(Bill {
        status: bill.status.on(event).ok()?,
        paid,
        paid_late_fee: bill.paid_late_fee.checked_add(part.late_fee)?,
        open_payment: if held { None } else { bill.open_payment.clone() },
        version: bill.version + 1,
        ..bill.clone()
    })
}

fn post(payment: &Payment, receipt: &Receipt, part: &Allocation) -> Vec<Posting> {
    let booked = BookedToBill {
        bill_no: &part.bill_no,
        account_no: &payment.account_no,
        payment_no: &payment.payment_no,
        principal: part.principal,
        late_fee: part.late_fee,
        discount: part.discount,
    };
    book_to_bill(receipt, &booked)
}
