//! What a bill still asks for is what stands on receivable for it, and so for its household.

use super::add;
use crate::{
    AccountNo, BillNo, PaymentNo,
    bill::{Bill, BillStatus},
    ledger::{Book, LedgerAccount, Posting},
};
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Bills {
    bills: HashMap<BillNo, Sums>,
    households: HashMap<AccountNo, Household>,
}

#[derive(Default)]
struct Sums {
    posted: i64,
    bill: Option<Seen>,
}

struct Seen {
    asked: i64,
    short: Option<(i64, i64)>,
    open_payment: Option<PaymentNo>,
}

#[derive(Default)]
struct Household {
    posted: i64,
    asked: i64,
}

impl Bills {
    pub(super) fn bill(&mut self, bill: &Bill) {
        let asked = bill.open_principal().0;
        let short = (bill.status == BillStatus::Paid && bill.paid != bill.total).then_some((bill.paid.0, bill.total.0));
        let seen = Seen { asked, short, open_payment: bill.open_payment.clone() };
        self.bills.entry(bill.bill_no.clone()).or_default().bill = Some(seen);
        add(&mut self.households.entry(bill.account_no.clone()).or_default().asked, asked);
    }

    pub(super) fn posting(&mut self, posting: &Posting) {
        let receivable = |account| i64::from(account == LedgerAccount::Receivable);
        let sign = receivable(posting.debit) - receivable(posting.credit);
        let fen = posting.amount.0.saturating_mul(sign);
        if let Some(bill_no) = &posting.bill_no {
            add(&mut self.bills.entry(bill_no.clone()).or_default().posted, fen);
        }
        match &posting.book {
            Book::Household(account_no) => {
                add(&mut self.households.entry(account_no.clone()).or_default().posted, fen);
            }
            Book::Suspense(_) | Book::Fees(..) => {}
        }
    }

    pub(super) fn count(&self) -> u64 {
        self.bills.values().map(|sums| u64::from(sums.bill.is_some())).sum()
    }

    pub(super) fn differences(&self, is_open: impl Fn(&PaymentNo) -> bool, into: &mut Vec<String>) {
        for (bill_no, Sums { posted, bill }) in &self.bills {
            let Some(Seen { asked, short, open_payment }) = bill else {
                if *posted != 0 {
                    into.push(format!("the ledger has {posted} fen for {bill_no}, which does not exist"));
                }
                continue;
            };
            if posted != asked {
                into.push(format!("bill {bill_no} asks for {asked} fen, the ledger has {posted}"));
            }
            if let Some((paid, total)) = short {
                into.push(format!("bill {bill_no} is paid, but {paid} of {total}"));
            }
            if let Some(payment_no) = open_payment.as_ref().filter(|payment_no| !is_open(payment_no)) {
                into.push(format!("bill {bill_no} is held by {payment_no}, which is not open"));
            }
        }
        for (account_no, Household { posted, asked }) in self.households.iter().filter(|(_, h)| h.posted != h.asked) {
            into.push(format!("household {account_no} is asked for {asked} fen, its book has {posted}"));
        }
    }
}
