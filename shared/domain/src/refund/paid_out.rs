//! A refund was paid out: what is booked.

use super::{GivenBack, Refund, RefundClaim, RefundKind, RefundPart, RefundStatus};
use crate::{
    BillNo, Channel,
    bill::{Bill, BillEvent, BillLine, BillStatus},
    ledger::{Posting, post_part, return_prepaid, settle_refund},
    payment::Prepaid,
};
use jiff::Timestamp;

/// What one transaction writes beside the refund itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaidOut {
    /// The postings, all named by the refund.
    pub postings: Vec<Posting>,
    /// The bills, in their new state, versions one up.
    pub bills: Vec<Bill>,
    /// What stands beside the payment; nothing for money that had no place.
    pub back: Option<GivenBack>,
    /// What the household has paid ahead again: a refund of what was drawn goes back into the balance.
    pub prepaid: Option<Prepaid>,
}

/// Why it cannot be booked: the records contradict each other.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotBook {
    /// A bill of the refund was not given.
    #[error("bill {0} is missing")]
    MissingBill(BillNo),
    /// Less was paid of the bill than goes back.
    #[error("less was paid of bill {0} than goes back")]
    PaidLess(BillNo),
}

/// Books a refund that the channel, or the company another way, paid out. `refund` is in its new state; `back` stands beside its
/// payment, `bills` are its bills as they stand now. Whatever became of a bill meanwhile, the money is booked: a payment that
/// holds it goes on, and one that was withdrawn gets smaller, like with a write-down.
pub fn paid_out(refund: &Refund, back: &GivenBack, bills: &[Bill], at: Timestamp) -> Result<PaidOut, CannotBook> {
    let Some(claim) = &refund.claim else {
        let postings = vec![settle_refund(refund, at)];
        return Ok(PaidOut { postings, bills: Vec::new(), back: None, prepaid: into_balance(refund) });
    };
    let mut booked = PaidOut {
        postings: Vec::new(),
        bills: Vec::new(),
        back: Some(back.gone(claim)),
        prepaid: into_balance(refund),
    };
    if let (true, Some(account_no)) = (claim.prepaid.is_positive(), &refund.account_no) {
        booked.postings.push(return_prepaid(refund, account_no, claim.prepaid, at));
    }
    for part in &claim.parts {
        let bill = bills.iter().find(|bill| bill.bill_no == part.bill_no);
        let bill = bill.ok_or_else(|| CannotBook::MissingBill(part.bill_no.clone()))?;
        let kind = kind_for(claim, bill);
        booked.postings.extend(post_part(refund, bill, part, kind, at));
        booked.bills.push(changed(refund, bill, part, kind).ok_or_else(|| CannotBook::PaidLess(bill.bill_no.clone()))?);
    }
    Ok(booked)
}

/// What was drawn goes back into the balance, unless the company paid it out another way.
fn into_balance(refund: &Refund) -> Option<Prepaid> {
    let drawn = refund.channel == Channel::Prepayment && refund.status == RefundStatus::Succeeded;
    let account_no = refund.account_no.clone().filter(|_| drawn)?;
    Some(Prepaid { account_no, amount: refund.amount })
}

/// A bill that is owed no more cannot be owed again.
fn kind_for(claim: &RefundClaim, bill: &Bill) -> RefundKind {
    match bill.status {
        BillStatus::Issued | BillStatus::Paid => claim.kind,
        BillStatus::Draft | BillStatus::Void => RefundKind::WriteDown,
    }
}

fn changed(refund: &Refund, bill: &Bill, part: &RefundPart, kind: RefundKind) -> Option<Bill> {
    if part.principal > bill.paid || part.late_fee > bill.paid_late_fee {
        return None;
    }
    let mut after = Bill {
        paid: bill.paid.checked_sub(part.principal)?,
        paid_late_fee: bill.paid_late_fee.checked_sub(part.late_fee)?,
        version: bill.version + 1,
        ..bill.clone()
    };
    match kind {
        RefundKind::Reopen if part.principal.is_positive() => {
            after.status = bill.status.on(BillEvent::TakenBack).ok()?
        }
        RefundKind::Reopen | RefundKind::Prepayment => {}
        RefundKind::WriteDown => {
            after.total = bill.total.checked_sub(part.principal)?;
            after.lines.extend(write_down_line(refund, part));
        }
    }
    Some(after)
}

/// The line that explains why the bill is smaller.
fn write_down_line(refund: &Refund, part: &RefundPart) -> Option<BillLine> {
    let amount = crate::Fen::ZERO.checked_sub(part.principal)?;
    let yuan = part.principal.yuan();
    let why = part.explanation.clone().unwrap_or_else(|| format!("{}，核减 {yuan} 元", refund.reason.title()));
    part.principal.is_positive().then(|| BillLine {
        title: format!("核减（{}）", refund.reason.title()),
        rule: "write_down".to_owned(),
        quantity: None,
        rate: None,
        factors: Vec::new(),
        explanation: format!("{why}（退款单 {}）", refund.refund_no),
        amount,
    })
}
