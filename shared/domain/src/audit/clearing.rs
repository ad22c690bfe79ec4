//! What a channel holds is what came in by it less what went back and what it kept; what waits in suspense is what must go back.

use super::add;
use crate::{
    Channel, RefundNo,
    ledger::{LedgerAccount, Posting},
    payment::{Payment, PaymentStatus},
    receipt::Receipt,
    refund::{Refund, RefundStatus},
};
use std::collections::{BTreeMap, HashMap};

#[derive(Default)]
pub(super) struct Clearing {
    channels: BTreeMap<Channel, Sums>,
    refunds: HashMap<RefundNo, Refunds>,
}

#[derive(Default)]
struct Sums {
    came: i64,
    went_back: i64,
    kept: i64,
}

#[derive(Default)]
struct Refunds {
    /// What of it stands in suspense.
    in_suspense: i64,
    /// How it stands, and what of it must be in suspense.
    refund: Option<(RefundStatus, i64)>,
}

impl Clearing {
    pub(super) fn receipt(&mut self, receipt: &Receipt) {
        add(&mut self.channels.entry(receipt.channel).or_default().came, receipt.amount.0.max(0));
    }

    /// What staff took back of the counter's money.
    pub(super) fn payment(&mut self, payment: &Payment) {
        if payment.status == PaymentStatus::Reversed {
            add(&mut self.channels.entry(payment.channel).or_default().went_back, payment.amount.0);
        }
    }

    pub(super) fn posting(&mut self, posting: &Posting) {
        let in_suspense = |account| i64::from(account == LedgerAccount::Suspense);
        if let Some(refund_no) = &posting.refund_no {
            let sign = in_suspense(posting.credit) - in_suspense(posting.debit);
            let sum = &mut self.refunds.entry(refund_no.clone()).or_default().in_suspense;
            add(sum, posting.amount.0.saturating_mul(sign));
        }
        let (kept, fen) = match (posting.debit, posting.credit) {
            (LedgerAccount::ChannelFee, LedgerAccount::Clearing(channel)) => (channel, posting.amount.0),
            (LedgerAccount::Clearing(channel), LedgerAccount::ChannelFee) => {
                (channel, posting.amount.0.saturating_neg())
            }
            _ => return,
        };
        add(&mut self.channels.entry(kept).or_default().kept, fen);
    }

    pub(super) fn refund(&mut self, refund: &Refund) {
        if refund.status == RefundStatus::Succeeded {
            add(&mut self.channels.entry(refund.channel).or_default().went_back, refund.amount.0);
        }
        // What staff gives back was booked to bills; the payer who has his money has nothing left in suspense.
        let stray = refund.claim.is_none() && !refund.status.is_paid_out();
        let in_suspense = if stray { refund.amount.0 } else { 0 };
        self.refunds.entry(refund.refund_no.clone()).or_default().refund = Some((refund.status, in_suspense));
    }

    pub(super) fn refunds(&self) -> u64 {
        self.refunds.values().map(|refund| u64::from(refund.refund.is_some())).sum()
    }

    pub(super) fn open_refunds(&self) -> u64 {
        let open = |refund: &Refunds| refund.refund.is_some_and(|(status, _)| status.is_open());
        self.refunds.values().map(|refund| u64::from(open(refund))).sum()
    }

    /// Answers what the channels hold, before they keep their fees.
    pub(super) fn differences(&self, of: impl Fn(&LedgerAccount) -> i64, into: &mut Vec<String>) -> i64 {
        let mut held = 0;
        // What was paid ahead is with us, and owed: `prepaid` looks at it, household by household.
        for channel in Channel::ALL.into_iter().filter(|channel| *channel != Channel::Prepayment) {
            let balance = of(&LedgerAccount::Clearing(channel));
            let none = Sums::default();
            let Sums { came, went_back, kept } = self.channels.get(&channel).unwrap_or(&none);
            if balance != came - went_back - kept {
                let name = channel.name();
                into.push(format!(
                    "clearing of {name} is {balance} fen; {came} came in, {went_back} went back, {kept} were kept"
                ));
            }
            // The counter's money is with us.
            held += if channel.is_counter() { 0 } else { balance + kept };
        }
        for (refund_no, Refunds { in_suspense, refund }) in &self.refunds {
            let Some((_, expected)) = refund else {
                into.push(format!("{in_suspense} fen in suspense for refund {refund_no}, which does not exist"));
                continue;
            };
            if in_suspense != expected {
                into.push(format!("refund {refund_no} has {in_suspense} fen in suspense, not {expected}"));
            }
        }
        let named: i64 = self.refunds.values().map(|refund| refund.in_suspense).sum();
        let suspense = -of(&LedgerAccount::Suspense);
        if suspense != named {
            into.push(format!("suspense holds {suspense} fen, {named} of refunds"));
        }
        held
    }
}
