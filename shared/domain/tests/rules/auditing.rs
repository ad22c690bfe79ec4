//! The audit finds whatever was changed behind the ledger's back.

use crate::given::{bill, evidence, now, payment_of};
use heatpay_domain::{
    Channel, Fen,
    audit::{Audit, Auditor},
    bill::Bill,
    ledger::{Posting, charge_fee, issue_bill, settle_refund},
    payment::{Decision, Payment, Settlement, decide},
    receipt::Receipt,
    refund::{Refund, RefundStatus},
};
use jiff::civil::date;

#[derive(Clone, Default)]
struct Books {
    bills: Vec<Bill>,
    payments: Vec<Payment>,
    receipts: Vec<Receipt>,
    postings: Vec<Posting>,
    refunds: Vec<Refund>,
}

impl Books {
    fn audit(&self) -> Audit {
        let mut auditor = Auditor::default();
        self.refunds.iter().for_each(|refund| auditor.refund(refund));
        self.postings.iter().for_each(|posting| auditor.posting(posting));
        self.receipts.iter().for_each(|receipt| auditor.receipt(receipt));
        self.payments.iter().for_each(|payment| auditor.payment(payment));
        self.bills.iter().for_each(|bill| auditor.bill(bill));
        auditor.finish()
    }

    fn settle(&mut self, settlement: Settlement) {
        self.receipts.push(settlement.receipt);
        self.postings.extend(settlement.postings);
        self.refunds.extend(settlement.refund);
        self.payments.extend(settlement.payment);
        for bill in settlement.bills {
            self.bills.retain(|before| before.bill_no != bill.bill_no);
            self.bills.push(bill);
        }
    }

    /// A bill paid, a stray that went back, a day's fee.
    fn of_a_day() -> Self {
        let owed = [bill(2026, 223_800)];
        let (payment, held) = payment_of(&owed, date(2026, 11, 23));
        let mut books = Self { bills: held.clone(), ..Self::default() };
        books.postings = issue_bill(&owed[0], now());
        let decided = |decision| match decision {
            Decision::Commit(settlement) => *settlement,
            Decision::Duplicate => panic!("a duplicate"),
        };
        books.settle(decided(decide(Some(&payment), &held, &evidence(223_800), now())));
        let mut again = evidence(500);
        again.channel_txn = "another".to_owned();
        books.settle(decided(decide(None, &[], &again, now())));
        books.postings.push(settle_refund(&books.refunds[0], now()));
        books.refunds[0].status = RefundStatus::Succeeded;
        books.postings.extend(charge_fee(Channel::Wechatpay, date(2026, 11, 23), Fen(1_343), &[], now()));
        books
    }

    fn differences_where(change: impl FnOnce(&mut Self)) -> Vec<String> {
        let mut books = Self::of_a_day();
        change(&mut books);
        books.audit().differences
    }
}

#[test]
fn books_that_agree_have_no_difference_and_tell_what_the_channel_holds() {
    let audit = Books::of_a_day().audit();
    assert_eq!(audit.differences, Vec::<String>::new());
    assert_eq!((audit.clearing_fen, audit.balances["channel_fee"]), (223_800, 1_343));
    let counted: Vec<_> = audit.counted.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    assert_eq!(counted, [("bills", 1), ("payments", 1), ("postings", 5), ("receipts", 2), ("refunds", 1)]);
    assert_eq!((audit.open_payments, audit.open_refunds), (0, 0));
}

#[test]
fn whatever_is_changed_or_missing_is_named() {
    type Change = fn(&mut Books);
    let changes: [(&str, Change); 8] = [
        ("bill", |books| books.bills[0].paid = Fen(1)),
        ("household", |books| drop(books.postings.remove(0))),
        ("receipt", |books| books.receipts[0].amount = Fen(223_801)),
        ("does not exist", |books| drop(books.receipts.remove(0))),
        ("settled receipt is missing", |books| drop(books.receipts.remove(0))),
        ("refund", |books| books.refunds[0].status = RefundStatus::Processing),
        ("fen in suspense for refund", |books| books.refunds.clear()),
        ("clearing of wechatpay", |books| books.refunds[0].amount = Fen(499)),
    ];
    for (named, change) in changes {
        let differences = Books::differences_where(change);
        assert!(differences.iter().any(|difference| difference.contains(named)), "{named}: {differences:?}");
    }
}
