//! What is paid ahead is owed to the household until a bill draws on it or it goes back: to the fen, whatever comes in what order.

use crate::given::{account, at, bill, discount_until, evidence, late_fee_from, now, payment_of};
use heatpay_domain::{
    AccountNo, Channel, Evidence, Fen, PaymentNo, RefundNo, StaffNo,
    audit::Auditor,
    bill::{Bill, BillStatus, amount_due},
    ledger::{LedgerAccount, Posting, balance, issue_bill},
    payment::{Decision, Payment, PaymentStatus, Settlement, decide, hold, total},
    prepayment::{CannotPrepay, check, draw, evidence as drawn_evidence, payment as drawing},
    receipt::{ReceiptOutcome, StrayReason},
    refund::{
        CannotGiveBack, GivenBack, InvoiceStage, Refund, RefundClaim, RefundEvent, RefundKind, StaffReason, paid_out,
    },
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);
const AHEAD: LedgerAccount = LedgerAccount::Clearing(Channel::Prepayment);

/// A pending payment of money paid ahead.
fn ahead(fen: i64) -> Payment {
    let (payment, _) = payment_of(&[bill(2026, fen)], TODAY);
    Payment { amount: Fen(fen), prepaid: Fen(fen), allocations: Vec::new(), ..payment }
}

fn settled(payment: &Payment, bills: &[Bill], evidence: &Evidence) -> Settlement {
    match decide(Some(payment), bills, evidence, now()) {
        Decision::Commit(settlement) => *settlement,
        Decision::Duplicate => panic!("a duplicate"),
    }
}

fn number(n: u32) -> PaymentNo {
    PaymentNo::parse(format!("P01JD00000000000000009{n:05}")).unwrap()
}

/// What the balance pays of the bills, settled.
fn draw_on(bills: &[Bill], fen: i64, n: u32) -> Option<(Payment, Settlement)> {
    let payment = drawing(number(n), &account(), draw(bills, Fen(fen), TODAY), now())?;
    let held: Vec<Bill> = bills
        .iter()
        .map(|bill| {
            hold(&payment, bills).into_iter().find(|held| held.bill_no == bill.bill_no).unwrap_or_else(|| bill.clone())
        })
        .collect();
    let settlement = settled(&payment, &held, &drawn_evidence(&payment).unwrap());
    Some((payment, settlement))
}

fn returning(payment: &Payment, fen: i64) -> Refund {
    let claim = RefundClaim {
        kind: RefundKind::Prepayment,
        parts: Vec::new(),
        prepaid: Fen(fen),
        note: None,
        branch: "城东分公司".to_owned(),
        requested_by: StaffNo::parse("E01JD0000000000000000000001").unwrap(),
        decided_by: None,
        declined_because: None,
        invoice: InvoiceStage::InLine,
    };
    let refund_no = RefundNo::parse("R01JD0000000000000000000001").unwrap();
    Refund::of_payment(refund_no, payment, StaffReason::PrepaymentReturn, claim, now()).unwrap()
}

fn done(refund: &Refund) -> Refund {
    refund.after(RefundEvent::Approve, now()).unwrap().after(RefundEvent::ChannelSucceeded, now()).unwrap()
}

#[test]
fn who_owes_pays_what_he_owes_and_nobody_parks_money_with_the_company() {
    let limit = Fen(1_000_000);
    let paid = Bill { status: BillStatus::Paid, paid: Fen(100), ..bill(2026, 100) };
    assert_eq!(check(&[paid], Fen(900_000), Fen(100_000), limit), Ok(()));
    let owed = bill(2026, 100);
    assert_eq!(check(&[owed.clone()], Fen::ZERO, Fen(100), limit), Err(CannotPrepay::Owes(owed.bill_no)));
    let over = CannotPrepay::OverLimit { limit, balance: Fen(900_001) };
    assert_eq!(check(&[], Fen(900_001), Fen(100_000), limit), Err(over));
    for fen in [99, 0, -100, 1_000_000_001] {
        assert_eq!(check(&[], Fen::ZERO, Fen(fen), Fen(i64::MAX)), Err(CannotPrepay::Amount), "{fen}");
    }
}

#[test]
fn money_paid_ahead_is_owed_to_the_household_and_no_bill_is_touched() {
    let payment = ahead(200_000);
    let settlement = settled(&payment, &[], &evidence(200_000));
    assert_eq!(settlement.outcome, ReceiptOutcome::Settled);
    assert_eq!(settlement.payment.as_ref().unwrap().status, PaymentStatus::Paid);
    let prepaid = settlement.prepaid.unwrap();
    assert_eq!((prepaid.account_no, prepaid.amount), (account(), Fen(200_000)));
    assert_eq!(balance(&settlement.postings, LedgerAccount::Clearing(Channel::Wechatpay)), Some(Fen(200_000)));
    assert_eq!(balance(&settlement.postings, AHEAD), Some(Fen(-200_000)));
}

#[test]
fn another_amount_than_was_to_be_paid_ahead_goes_back() {
    let settlement = settled(&ahead(200_000), &[], &evidence(199_999));
    assert_eq!(settlement.outcome, ReceiptOutcome::Stray(StrayReason::WrongAmount));
    assert_eq!((settlement.prepaid, settlement.refund.unwrap().amount), (None, Fen(199_999)));
}

#[test]
fn a_new_bill_draws_on_the_balance_with_its_discount_like_any_early_payment() {
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 100_000) };
    let (payment, settlement) = draw_on(&[early], 200_000, 1).unwrap();
    assert_eq!(payment.amount, Fen(99_000));
    let paid = &settlement.bills[0];
    assert_eq!((paid.status, paid.paid), (BillStatus::Paid, Fen(100_000)));
    assert_eq!(balance(&settlement.postings, AHEAD), Some(Fen(99_000)));
    assert_eq!(balance(&settlement.postings, LedgerAccount::DiscountGiven), Some(Fen(1_000)));
    assert_eq!(balance(&settlement.postings, LedgerAccount::Receivable), Some(Fen(-100_000)));
}

#[test]
fn a_balance_that_does_not_reach_pays_a_part_and_the_rest_is_owed() {
    let (_, settlement) = draw_on(&[bill(2026, 100_000)], 30_000, 1).unwrap();
    let left = &settlement.bills[0];
    assert_eq!((left.status, left.open_principal(), &left.open_payment), (BillStatus::Issued, Fen(70_000), &None));
}

#[test]
fn the_oldest_season_is_drawn_first_and_one_that_somebody_pays_stops_it() {
    let bills = [bill(2026, 50_000), bill(2024, 20_000), bill(2025, 30_000)];
    let seasons = |bills: &[Bill], fen| {
        draw(bills, Fen(fen), TODAY).iter().map(|part| (part.season.0, part.principal.0)).collect::<Vec<_>>()
    };
    assert_eq!(seasons(&bills, 60_000), [(2024, 20_000), (2025, 30_000), (2026, 10_000)]);
    let mut paying = bills.clone();
    paying[2].open_payment = Some(number(7));
    assert_eq!(seasons(&paying, 60_000), [(2024, 20_000)]);
    assert_eq!(seasons(&bills, 0), []);
}

#[test]
fn a_draw_that_meets_nothing_owed_goes_back_into_the_balance() {
    let owed = bill(2026, 100_000);
    let payment =
        drawing(number(1), &account(), draw(std::slice::from_ref(&owed), Fen(100_000), TODAY), now()).unwrap();
    let void = Bill { status: BillStatus::Void, open_payment: Some(payment.payment_no.clone()), ..owed };
    let settlement = settled(&payment, &[void], &drawn_evidence(&payment).unwrap());
    assert_eq!(settlement.outcome, ReceiptOutcome::Stray(StrayReason::NothingOwed));
    let refund = settlement.refund.unwrap();
    let back = refund.after(RefundEvent::ChannelSucceeded, now()).unwrap();
    let booked = paid_out(&back, &GivenBack::default(), &[], now()).unwrap();
    assert_eq!(booked.prepaid.unwrap().amount, Fen(100_000));
    let postings: Vec<Posting> = settlement.postings.into_iter().chain(booked.postings).collect();
    assert_eq!(balance(&postings, AHEAD), Some(Fen::ZERO));
    assert_eq!(balance(&postings, LedgerAccount::Suspense), Some(Fen::ZERO));
}

#[test]
fn what_was_paid_ahead_goes_back_by_the_channel_it_came_by_and_never_more_of_it() {
    let paid = settled(&ahead(200_000), &[], &evidence(200_000)).payment.unwrap();
    let back = GivenBack::default().reserve_prepaid(&paid, Fen(150_000)).unwrap();
    let left = CannotGiveBack::NotPrepaid { left: Fen(50_000) };
    assert_eq!(back.reserve_prepaid(&paid, Fen(50_001)).unwrap_err(), left);
    assert_eq!(back.reserve_prepaid(&paid, Fen::ZERO).unwrap_err(), left);
    let refund = done(&returning(&paid, 150_000));
    let booked = paid_out(&refund, &back, &[], now()).unwrap();
    assert_eq!((booked.prepaid, booked.bills.len()), (None, 0));
    assert_eq!(balance(&booked.postings, AHEAD), Some(Fen(150_000)));
    assert_eq!(balance(&booked.postings, LedgerAccount::Clearing(Channel::Wechatpay)), Some(Fen(-150_000)));
    let gone = booked.back.unwrap();
    assert_eq!((gone.prepaid_going, gone.prepaid_gone), (Fen::ZERO, Fen(150_000)));
    assert_eq!(gone.reserve_prepaid(&paid, Fen(50_001)).unwrap_err(), left);
    let declined = back.release(refund.claim.as_ref().unwrap());
    assert_eq!(declined, GivenBack::default());
}

/// A household's books: what it has paid ahead, its bills, and all that was posted.
#[derive(Default)]
struct Books {
    balance: i64,
    bills: Vec<Bill>,
    payments: Vec<Payment>,
    receipts: Vec<heatpay_domain::receipt::Receipt>,
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
        let mut back = std::collections::BTreeMap::<PaymentNo, GivenBack>::new();
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

#[test]
fn a_draw_is_named_by_its_own_number_so_that_it_is_booked_once() {
    let owed = bill(2026, 100_000);
    let payment = drawing(
        number(1),
        &account(),
        draw(std::slice::from_ref(&owed), Fen(100_000), TODAY),
        at("2026-11-23T02:00:00Z"),
    )
    .unwrap();
    let (first, second) = (drawn_evidence(&payment).unwrap(), drawn_evidence(&payment).unwrap());
    assert_eq!(first, second);
    let held = hold(&payment, &[owed]);
    let paid = settled(&payment, &held, &first).payment.unwrap();
    assert_eq!(decide(Some(&paid), &[], &second, now()), Decision::Duplicate);
    let nobody = AccountNo::parse("1000000009").unwrap();
    assert!(drawing(number(2), &nobody, Vec::new(), now()).is_none(), "nothing to draw");
}
