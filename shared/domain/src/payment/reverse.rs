use super::{Payment, PaymentEvent};
use crate::{
    Fen,
    bill::{Bill, BillEvent},
    counter,
    ledger::{BookedToBill, Posting, take_back, take_back_prepaid},
};
use jiff::Timestamp;

/// What taking back a payment recorded at the counter changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reversal {
    /// The payment, version one up.
    pub payment: Payment,
    /// The bills that owe again what it had paid, versions one up.
    pub bills: Vec<Bill>,
    /// What the household had paid ahead with it, and has no longer.
    pub prepaid: Fen,
    /// The postings of its receipt, mirrored.
    pub postings: Vec<Posting>,
}

/// 冲正: a payment recorded at the counter by mistake is taken back whole, as if it had not been. `None` for a payment that was
/// not recorded at the counter or is not paid, and where a bill is missing or no longer bears it.
pub fn reverse(payment: &Payment, bills: &[Bill], at: Timestamp) -> Option<Reversal> {
    let evidence = counter::evidence(payment)?;
    let status = payment.status.on(PaymentEvent::Reversed).ok()?;
    let mut changed = Vec::with_capacity(payment.allocations.len());
    let mut postings = Vec::new();
    if payment.prepaid.is_positive() {
        postings.push(take_back_prepaid(&evidence.receipt_no(), payment, at));
    }
    for part in &payment.allocations {
        let bill = bills.iter().find(|bill| bill.bill_no == part.bill_no)?;
        changed.push(Bill {
            status: bill.status.on(BillEvent::TakenBack).ok()?,
            paid: bill.paid.checked_sub(part.principal)?,
            paid_late_fee: bill.paid_late_fee.checked_sub(part.late_fee)?,
            version: bill.version + 1,
            ..bill.clone()
        });
        let booked = BookedToBill {
            bill_no: &part.bill_no,
            account_no: &payment.account_no,
            payment_no: &payment.payment_no,
            principal: part.principal,
            late_fee: part.late_fee,
            discount: part.discount,
        };
        postings.extend(take_back(&evidence.receipt_no(), payment.channel, &booked, at));
    }
    let payment = Payment { status, version: payment.version + 1, ..payment.clone() };
    let prepaid = payment.prepaid;
    Some(Reversal { payment, bills: changed, prepaid, postings })
}
