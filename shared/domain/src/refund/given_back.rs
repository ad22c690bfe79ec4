//! What of a paid payment goes back or went back. It stands beside the payment and changes under the payment's version, so that
//! all refunds together never pass what was paid, however many people ask at once.

use super::{RefundClaim, RefundPart};
use crate::{
    BillNo, Fen, InvoiceNo, PaymentNo,
    payment::{Allocation, MAX_BILLS, Payment, PaymentStatus},
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Parts of one bill. `principal + late_fee − discount` is money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sums {
    /// Principal.
    pub principal: Fen,
    /// Late fee.
    pub late_fee: Fen,
    /// Discount.
    pub discount: Fen,
}

/// What goes back of one bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillBack {
    /// The bill.
    pub bill_no: BillNo,
    /// Asked for or under way.
    pub going: Sums,
    /// With the payer.
    pub gone: Sums,
    /// The days that were paid back, or are asked for.
    #[serde(default)]
    pub days: BTreeSet<Date>,
}

/// What of a paid payment goes back or went back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBack {
    /// By bill; only those of which something goes or went back.
    #[serde(default)]
    pub bills: Vec<BillBack>,
    /// Of what was paid ahead: asked for or under way.
    #[serde(default)]
    pub prepaid_going: Fen,
    /// Of what was paid ahead: with the payer.
    #[serde(default)]
    pub prepaid_gone: Fen,
    /// The invoice that took the place of the payment's first one, for what the company kept.
    #[serde(default)]
    pub invoice_no: Option<InvoiceNo>,
}

/// What somebody wants to give back of one bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The bill.
    pub bill_no: BillNo,
    /// Principal.
    pub principal: Fen,
    /// Late fee.
    pub late_fee: Fen,
    /// How the amount comes about, where it was computed.
    pub explanation: Option<String>,
    /// The days it is for, where it was computed from days.
    pub days: Vec<Date>,
}

/// Why it cannot be given back.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotGiveBack {
    /// The payment is not paid.
    #[error("the payment is not paid")]
    NotPaid,
    /// No bill, a bill twice, or more than a payment can pay.
    #[error("not 1 to {MAX_BILLS} different bills")]
    WrongBills,
    /// The payment did not pay that bill.
    #[error("the payment did not pay bill {0}")]
    NotOfPayment(BillNo),
    /// Nothing, or less.
    #[error("nothing of bill {0} is to be given back")]
    Nothing(BillNo),
    /// More than what was booked less what goes or went back already.
    #[error("of bill {bill_no} {} principal and {} late fee are left", .left.principal.yuan(), .left.late_fee.yuan())]
    TooMuch {
        /// The bill.
        bill_no: BillNo,
        /// What could still be given back.
        left: Sums,
    },
    /// More than what was paid ahead less what goes or went back already, or less than nothing.
    #[error("{} of what was paid ahead are left", .left.yuan())]
    NotPrepaid {
        /// What could still be given back of that payment.
        left: Fen,
    },
    /// That day was paid back before, or is asked for.
    #[error("the day {on} of bill {bill_no} is paid back already")]
    DayTwice {
        /// The bill.
        bill_no: BillNo,
        /// The day.
        on: Date,
    },
}

impl Sums {
    /// The money, `None` where it does not fit.
    pub fn money(self) -> Option<Fen> {
        self.principal.checked_add(self.late_fee)?.checked_sub(self.discount)
    }

    fn plus(self, other: Self) -> Self {
        let add = |a: Fen, b: Fen| Fen(a.0.saturating_add(b.0));
        Self {
            principal: add(self.principal, other.principal),
            late_fee: add(self.late_fee, other.late_fee),
            discount: add(self.discount, other.discount),
        }
    }

    /// What is left when the other is taken away, nowhere below zero.
    pub fn less(self, other: Self) -> Self {
        Self {
            principal: self.principal.less(other.principal),
            late_fee: self.late_fee.less(other.late_fee),
            discount: self.discount.less(other.discount),
        }
    }
}

impl From<&Allocation> for Sums {
    fn from(part: &Allocation) -> Self {
        Self { principal: part.principal, late_fee: part.late_fee, discount: part.discount }
    }
}

impl From<&RefundPart> for Sums {
    fn from(part: &RefundPart) -> Self {
        Self { principal: part.principal, late_fee: part.late_fee, discount: part.discount }
    }
}

impl GivenBack {
    /// What is asked for, under way or gone of that bill.
    pub fn of(&self, bill_no: &BillNo) -> Option<&BillBack> {
        self.bills.iter().find(|back| back.bill_no == *bill_no)
    }

    /// What of an allocation can still be given back.
    pub fn left(&self, part: &Allocation) -> Sums {
        let back = self.of(&part.bill_no).map_or_else(Sums::default, |back| back.going.plus(back.gone));
        Sums::from(part).less(back)
    }

    /// Sets aside what somebody wants to give back: what stands beside the payment then, and the parts of the refund.
    pub fn reserve(&self, payment: &Payment, wanted: &[Wanted]) -> Result<(Self, Vec<RefundPart>), CannotGiveBack> {
        if payment.status != PaymentStatus::Paid {
            return Err(CannotGiveBack::NotPaid);
        }
        let different: BTreeSet<_> = wanted.iter().map(|one| &one.bill_no).collect();
        if wanted.is_empty() || different.len() < wanted.len() || wanted.len() > MAX_BILLS {
            return Err(CannotGiveBack::WrongBills);
        }
        let mut after = self.clone();
        let mut parts = Vec::with_capacity(wanted.len());
        for one in wanted {
            let allocation = payment.allocations.iter().find(|part| part.bill_no == one.bill_no);
            let allocation = allocation.ok_or_else(|| CannotGiveBack::NotOfPayment(one.bill_no.clone()))?;
            let part = self.part(allocation, one)?;
            let entry = after.entry(&one.bill_no);
            entry.going = entry.going.plus(Sums::from(&part));
            entry.days.extend(&part.days);
            parts.push(part);
        }
        Ok((after, parts))
    }

    fn part(&self, allocation: &Allocation, wanted: &Wanted) -> Result<RefundPart, CannotGiveBack> {
        let bill_no = &wanted.bill_no;
        let left = self.left(allocation);
        if wanted.principal < Fen::ZERO || wanted.late_fee < Fen::ZERO {
            return Err(CannotGiveBack::Nothing(bill_no.clone()));
        }
        if wanted.principal > left.principal || wanted.late_fee > left.late_fee {
            return Err(CannotGiveBack::TooMuch { bill_no: bill_no.clone(), left });
        }
        let known = |on: &&Date| self.of(bill_no).is_some_and(|back| back.days.contains(*on));
        if let Some(on) = wanted.days.iter().find(known) {
            return Err(CannotGiveBack::DayTwice { bill_no: bill_no.clone(), on: *on });
        }
        let part = RefundPart {
            bill_no: bill_no.clone(),
            season: allocation.season,
            principal: wanted.principal,
            late_fee: wanted.late_fee,
            discount: discount_share(allocation, left, wanted.principal),
            explanation: wanted.explanation.clone(),
            days: wanted.days.clone(),
        };
        match part.amount() {
            Some(amount) if amount.is_positive() => Ok(part),
            Some(_) | None => Err(CannotGiveBack::Nothing(bill_no.clone())),
        }
    }

    /// Sets aside what somebody wants to give back of what was paid ahead with this payment.
    pub fn reserve_prepaid(&self, payment: &Payment, amount: Fen) -> Result<Self, CannotGiveBack> {
        if payment.status != PaymentStatus::Paid {
            return Err(CannotGiveBack::NotPaid);
        }
        let left = payment.prepaid.less(self.prepaid_going).less(self.prepaid_gone);
        if !amount.is_positive() || amount > left {
            return Err(CannotGiveBack::NotPrepaid { left });
        }
        let going = self.prepaid_going.checked_add(amount).ok_or(CannotGiveBack::NotPrepaid { left })?;
        Ok(Self { prepaid_going: going, ..self.clone() })
    }

    /// The refund came to nothing: what it had set aside is free again.
    #[must_use]
    pub fn release(&self, claim: &RefundClaim) -> Self {
        let mut after = self.clone();
        after.prepaid_going = after.prepaid_going.less(claim.prepaid);
        for part in &claim.parts {
            let entry = after.entry(&part.bill_no);
            entry.going = entry.going.less(Sums::from(part));
            entry.days.retain(|day| !part.days.contains(day));
        }
        after.bills.retain(|back| back.going != Sums::default() || back.gone != Sums::default());
        after
    }

    /// The payer has the money.
    #[must_use]
    pub fn gone(&self, claim: &RefundClaim) -> Self {
        let mut after = self.clone();
        after.prepaid_going = after.prepaid_going.less(claim.prepaid);
        after.prepaid_gone = Fen(after.prepaid_gone.0.saturating_add(claim.prepaid.0));
        for part in &claim.parts {
            let entry = after.entry(&part.bill_no);
            entry.going = entry.going.less(Sums::from(part));
            entry.gone = entry.gone.plus(Sums::from(part));
        }
        after
    }

    fn entry(&mut self, bill_no: &BillNo) -> &mut BillBack {
        let at = self.bills.iter().position(|back| back.bill_no == *bill_no).unwrap_or_else(|| {
            let (going, gone) = (Sums::default(), Sums::default());
            self.bills.push(BillBack { bill_no: bill_no.clone(), going, gone, days: BTreeSet::new() });
            self.bills.len() - 1
        });
        &mut self.bills[at]
    }

    /// The payment as far as the company keeps its money: what an invoice of it is for.
    pub fn kept(&self, payment: &Payment) -> Payment {
        let allocations = payment.allocations.iter().map(|part| {
            let gone = self.of(&part.bill_no).map_or_else(Sums::default, |back| back.gone);
            let Sums { principal, late_fee, discount } = Sums::from(part).less(gone);
            Allocation { principal, late_fee, discount, ..part.clone() }
        });
        Payment { allocations: allocations.collect(), ..payment.clone() }
    }

    /// The invoice that is in force, or would be.
    pub fn invoice_of(&self, payment_no: &PaymentNo) -> InvoiceNo {
        self.invoice_no.clone().unwrap_or_else(|| InvoiceNo::of_payment(payment_no))
    }
}

/// The discount's share of what goes back, so that all refunds of a bill together give back exactly what was paid for it: in
/// proportion to all principal that goes back so far, rounded up, less what was counted before. (Rounded down, the money could be
/// all gone while principal that only the discount had covered is left, and nothing could take that back.) What was declined in
/// between may have left more or less behind, hence the two bounds: never more money than was paid, never more discount than given.
fn discount_share(whole: &Allocation, left: Sums, principal: Fen) -> Fen {
    let (p, d, x) = (i128::from(whole.principal.0), i128::from(whole.discount.0), i128::from(principal.0));
    let back = p - i128::from(left.principal.0);
    let counted = d - i128::from(left.discount.0);
    let proportional = if p > 0 { (d * (back + x) + p - 1) / p - counted } else { 0 };
    let lowest = (x - (i128::from(left.principal.0) - i128::from(left.discount.0))).max(0);
    let highest = x.min(i128::from(left.discount.0));
    let share = proportional.max(lowest).min(highest);
    // Between nothing and the whole discount, so it fits.
    Fen(i64::try_from(share).unwrap_or(0))
}
