//! A household's books agree on what it has paid ahead, whatever happens in what order.

use crate::{
    given::{account, bill, discount_until, evidence, late_fee_from, now},
    prepaying::{TODAY, ahead, done, draw_on, number, returning, settled},
};
use heatpay_domain::{
    Fen, PaymentNo, RefundNo,
    audit::Auditor,
    bill::{Bill, amount_due},
    ledger::{Posting, issue_bill},
    payment::{Payment, Settlement, total},
    prepayment::draw,
    receipt::{Receipt, ReceiptOutcome},
    refund::{GivenBack, Refund, RefundEvent, paid_out},
};
use jiff::ToSpan;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A household's books: what it has paid ahead, its bills, and all that was posted.
#[derive(Default)]
struct Books {
    balance: i64,
    bills: Vec<Bill>,
    payments: Vec<Payment>,
    receipts: Vec<Receipt>,
    postings: Vec<Posting>,
    refunds: Vec<Refund>,
}

impl Books {
    fn differences(&self) -> Vec<String> {
        let mut auditor = Auditor::default();
        auditor.household(&account(), Fen(self.balance));
        self.bills.iter().for_each(|bill| auditor.bill(bill));
        self.payments.iter().for_each(|payment| auditor.payment(payment));
        self.receipts.iter().for_each(|receipt| auditor.receipt(receipt));
        self.postings.iter().for_each(|posting| auditor.posting(posting));
        self.refunds.iter().for_each(|refund| auditor.refund(refund));
        auditor.finish().differences
    }

    fn settle(&mut self, settlement: Settlement) {
        self.balance += settlement.prepaid.map_or(0, |prepaid| prepaid.amount.0);
        for bill in settlement.bills {
            self.bills.retain(|before| before.bill_no != bill.bill_no);
            self.bills.push(bill);
        }
        self.payments.extend(settlement.payment);
        self.receipts.push(settlement.receipt);
        self.postings.extend(settlement.postings);
        self.refunds.extend(settlement.refund);
    }
}

#[test]
fn the_audit_names_a_payment_of_which_more_goes_back_than_was_paid_ahead() {
    let mut books = Books::default();
    books.settle(settled(&ahead(200_000), &[], &evidence(200_000)));
    let over = |books: &Books| {
        books.differences().into_iter().any(|named| named.starts_with("400000 fen go back of the 200000"))
    };
    let first = returning(&books.payments[0], 200_000);
    books.refunds.push(first.clone());
    assert!(!over(&books), "all of it may go back");
    books.refunds.push(Refund { refund_no: RefundNo::parse("R01JD0000000000000000000002").unwrap(), ..first });
    assert!(over(&books));
}

#[test]
fn the_audit_names_a_household_whose_balance_is_not_what_its_book_says() {
    let mut books = Books::default();
    books.settle(settled(&ahead(200_000), &[], &evidence(200_000)));
    assert_eq!(books.differences(), Vec::<String>::new());
    books.balance -= 1;
    let said =
        format!("household {} has 199999 fen paid ahead, 0 are being drawn, 0 go back; its book has 200000", account());
    assert_eq!(books.differences(), [said]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn a_draw_never_costs_more_than_the_balance_and_leaves_nothing_that_would_have_fitted(
        fen in 1_i64..=300_000, balance in 0_i64..=400_000, late_days in 0_i64..400, discount_ppm in 0_u32..=999_999,
    ) {
        let late = late_fee_from(TODAY.saturating_sub(late_days.days()));
        let mut owed = Bill { late_fee: late, discount: discount_until(TODAY), ..bill(2026, fen) };
        if let Some(rule) = &mut owed.discount { rule.ppm = discount_ppm; }
        let due = amount_due(&owed, TODAY);
        let drawn = draw(&[owed.clone()], Fen(balance), TODAY);
        let money = total(&drawn).unwrap();
        prop_assert!(money.0 <= balance);
        if due.total.0 <= balance && due.total.is_positive() {
            prop_assert_eq!(money, due.total);
            prop_assert_eq!(drawn[0].principal, due.principal);
        }
        if let Some((_, settlement)) = draw_on(&[owed.clone()], balance, 1) {
            prop_assert_eq!(settlement.outcome, ReceiptOutcome::Settled);
            prop_assert_eq!(settlement.bills[0].paid, drawn[0].principal);
            // The balance that is left does not pay another fen of the bill, up to what rounding takes along.
            let rest = draw(&settlement.bills, Fen(balance - money.0), TODAY);
            prop_assert!(total(&rest).unwrap().0 <= 2, "{:?} more", rest);
        }
    }

    #[test]
    fn whatever_comes_in_what_order_the_book_says_what_the_household_has_paid_ahead(
        deeds in prop::collection::vec((0_u8..4, 100_i64..=100_000), 1..30),
    ) {
        let mut books = Books::default();
        let mut back = BTreeMap::<PaymentNo, GivenBack>::new();
        for (n, (deed, fen)) in deeds.into_iter().enumerate() {
            let n = u32::try_from(n).unwrap();
            match deed {
                0 => {
                    let payment = Payment { payment_no: number(n), ..ahead(fen) };
                    let mut came = evidence(fen);
                    (came.payment_no, came.channel_txn) = (number(n).to_string(), format!("42{n}"));
                    books.settle(settled(&payment, &[], &came));
                }
                1 => {
                    let season = i16::try_from(2000 + n).unwrap();
                    let issued = bill(season, fen);
                    books.postings.extend(issue_bill(&issued, now()));
                    books.bills.push(issued);
                }
                2 => {
                    if let Some((payment, settlement)) = draw_on(&books.bills.clone(), books.balance, n) {
                        books.balance -= payment.amount.0;
                        books.settle(settlement);
                    }
                }
                _ => {
                    let paid = books.payments.iter().find(|payment| payment.prepaid.is_positive()).cloned();
                    let Some(paid) = paid else { continue };
                    let given = back.entry(paid.payment_no.clone()).or_default();
                    let Ok(reserved) = given.reserve_prepaid(&paid, Fen(fen)) else { continue };
                    if fen > books.balance { continue }
                    books.balance -= fen;
                    let refund_no = RefundNo::parse(format!("R01JD00000000000000009{n:05}")).unwrap();
                    let asked = Refund { refund_no, ..returning(&paid, fen) };
                    if n % 3 == 0 {
                        *given = reserved.release(asked.claim.as_ref().unwrap());
                        books.balance += fen;
                        books.refunds.push(asked.after(RefundEvent::Decline, now()).unwrap());
                    } else if n % 3 == 1 {
                        let booked = paid_out(&done(&asked), &reserved, &[], now()).unwrap();
                        *given = booked.back.unwrap();
                        books.postings.extend(booked.postings);
                        books.refunds.push(done(&asked));
                    } else {
                        *given = reserved;
                        books.refunds.push(asked);
                    }
                }
            }
            let differences = books.differences();
            prop_assert!(differences.is_empty(), "{differences:?}");
        }
    }
}
