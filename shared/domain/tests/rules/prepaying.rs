//! What is paid ahead is owed to the household until a bill draws on it or it goes back: to the fen, whatever comes in what order.

use crate::given::{account, assert_explained, at, bill, discount_until, evidence, now, payment_of};
use heatpay_domain::{
    AccountNo, Channel, Evidence, Fen, PaymentNo, RefundNo, StaffNo,
    bill::{Bill, BillStatus},
    ledger::{LedgerAccount, Posting, balance},
    payment::{Decision, Payment, PaymentStatus, Settlement, decide, hold},
    prepayment::{CannotPrepay, check, draw, evidence as drawn_evidence, payment as drawing},
    receipt::{ReceiptOutcome, StrayReason},
    refund::{
        CannotGiveBack, GivenBack, InvoiceStage, Refund, RefundClaim, RefundEvent, RefundKind, StaffReason, paid_out,
    },
};
use jiff::civil::{Date, date};

pub(crate) const TODAY: Date = date(2026, 11, 23);
const AHEAD: LedgerAccount = LedgerAccount::Clearing(Channel::Prepayment);

/// A pending payment of money paid ahead.
pub(crate) fn ahead(fen: i64) -> Payment {
    let (payment, _) = payment_of(&[bill(2026, fen)], TODAY);
    Payment { amount: Fen(fen), prepaid: Fen(fen), allocations: Vec::new(), ..payment }
}

pub(crate) fn settled(payment: &Payment, bills: &[Bill], evidence: &Evidence) -> Settlement {
    match decide(Some(payment), bills, evidence, now()) {
        Decision::Commit(settlement) => *settlement,
        Decision::Duplicate => panic!("a duplicate"),
    }
}

pub(crate) fn number(n: u32) -> PaymentNo {
    PaymentNo::parse(format!("P01JD00000000000000009{n:05}")).unwrap()
}

/// What the balance pays of the bills, settled.
pub(crate) fn draw_on(bills: &[Bill], fen: i64, n: u32) -> Option<(Payment, Settlement)> {
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

pub(crate) fn returning(payment: &Payment, fen: i64) -> Refund {
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

pub(crate) fn done(refund: &Refund) -> Refund {
    refund.after(RefundEvent::Approve, now()).unwrap().after(RefundEvent::ChannelSucceeded, now()).unwrap()
}

#[test]
fn who_owes_pays_what_he_owes_and_nobody_parks_money_with_the_company() {
    let limit = Fen(1_000_000);
    let paid = Bill { status: BillStatus::Paid, paid: Fen(100), ..bill(2026, 100) };
    assert_eq!(check(&[paid], Fen(900_000), Fen(100_000), limit), Ok(()));
    let owed = bill(2026, 100);
    assert_eq!(check(std::slice::from_ref(&owed), Fen::ZERO, Fen(100), limit), Err(CannotPrepay::Owes(owed.bill_no)));
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
    assert_eq!((paid.status, paid.version), (PaymentStatus::Paid, ahead(200_000).version + 1));
    assert_explained(&settled(&ahead(200_000), &[], &evidence(200_000)).postings);
    let back = GivenBack::default().reserve_prepaid(&paid, Fen(150_000)).unwrap();
    let left = CannotGiveBack::NotPrepaid { left: Fen(50_000) };
    assert_eq!(back.reserve_prepaid(&paid, Fen(50_001)).unwrap_err(), left);
    assert_eq!(back.reserve_prepaid(&paid, Fen::ZERO).unwrap_err(), left);
    let refund = done(&returning(&paid, 150_000));
    let booked = paid_out(&refund, &back, &[], now()).unwrap();
    assert_explained(&booked.postings);
    assert_eq!((booked.prepaid, booked.bills.len()), (None, 0));
    assert_eq!(balance(&booked.postings, AHEAD), Some(Fen(150_000)));
    assert_eq!(balance(&booked.postings, LedgerAccount::Clearing(Channel::Wechatpay)), Some(Fen(-150_000)));
    let gone = booked.back.unwrap();
    assert_eq!((gone.prepaid_going, gone.prepaid_gone), (Fen::ZERO, Fen(150_000)));
    assert_eq!(gone.reserve_prepaid(&paid, Fen(50_001)).unwrap_err(), left);
    let declined = back.release(refund.claim.as_ref().unwrap());
    assert_eq!(declined, GivenBack::default());
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
