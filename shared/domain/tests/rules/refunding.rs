//! Staff gives back what was paid: never more than that, to the fen, and the books mirror the receipt.

use crate::given::{assert_explained, at, bill, discount_until, evidence, late_fee_from, now, payment_of};
use heatpay_domain::{
    Channel, Fen, RefundNo, StaffNo,
    bill::{Bill, BillStatus},
    ledger::{LedgerAccount, Posting, balance},
    payment::{Decision, Payment, decide},
    refund::{
        CannotGiveBack, GivenBack, InvoiceStage, Refund, RefundClaim, RefundEvent, RefundKind, RefundPart,
        RefundStatus, StaffReason, Sums, Wanted, paid_out,
    },
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::prelude::*;

const TODAY: Date = date(2026, 11, 23);

/// The bills, paid: the payment, the bills after it, and the postings of its receipt.
fn paid(bills: &[Bill]) -> (Payment, Vec<Bill>, Vec<Posting>) {
    let (payment, held) = payment_of(bills, TODAY);
    let Decision::Commit(settled) = decide(Some(&payment), &held, &evidence(payment.amount.0), now()) else {
        panic!("a duplicate")
    };
    (settled.payment.unwrap(), settled.bills, settled.postings)
}

fn wanted(bill: &Bill, principal: i64, late_fee: i64) -> Wanted {
    let (principal, late_fee) = (Fen(principal), Fen(late_fee));
    Wanted { bill_no: bill.bill_no.clone(), principal, late_fee, explanation: None, days: Vec::new() }
}

/// The n-th refund, as somebody asks for it.
fn asked(n: usize, payment: &Payment, kind: RefundKind, parts: Vec<RefundPart>) -> Refund {
    let claim = RefundClaim {
        kind,
        parts,
        prepaid: Fen::ZERO,
        note: None,
        branch: "城东分公司".to_owned(),
        requested_by: StaffNo::parse("E01JD0000000000000000000001").unwrap(),
        decided_by: None,
        declined_because: None,
        invoice: InvoiceStage::ToClear,
    };
    let refund_no = RefundNo::parse(format!("R01JD00000000000000000{n:05}")).unwrap();
    Refund::of_payment(refund_no, payment, StaffReason::BilledTooMuch, claim, now()).unwrap()
}

fn approved_and_done(refund: &Refund) -> Refund {
    let approved = refund.after(RefundEvent::Approve, now()).unwrap();
    approved.after(RefundEvent::ChannelSucceeded, now()).unwrap()
}

fn change(bills: &mut [Bill], changed: Vec<Bill>) {
    for after in changed {
        let bill = bills.iter_mut().find(|bill| bill.bill_no == after.bill_no).unwrap();
        assert_eq!(after.version, bill.version + 1);
        *bill = after;
    }
}

#[test]
fn a_payment_taken_back_makes_the_bill_owed_again_and_mirrors_the_receipt() {
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 223_800) };
    let (payment, mut bills, mut book) = paid(&[early]);
    let (back, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 223_800, 0)]).unwrap();
    let done = approved_and_done(&asked(1, &payment, RefundKind::Reopen, parts));
    assert_eq!(done.amount, Fen(221_562), "what was paid: the discount was never money");
    let booked = paid_out(&done, &back, &bills, now()).unwrap();
    change(&mut bills, booked.bills);
    assert_eq!((bills[0].status, bills[0].paid, bills[0].total), (BillStatus::Issued, Fen::ZERO, Fen(223_800)));
    assert_explained(&booked.postings);
    assert_explained(&book);
    for posting in &booked.postings {
        assert_eq!(posting.bill_no.as_ref(), Some(&bills[0].bill_no), "{}", posting.memo);
        assert_eq!(posting.refund_no.as_ref(), Some(&done.refund_no), "{}", posting.memo);
    }
    book.extend(booked.postings);
    let of = |account| balance(&book, account).unwrap();
    assert_eq!(of(LedgerAccount::Clearing(Channel::Wechatpay)), Fen::ZERO);
    assert_eq!(of(LedgerAccount::DiscountGiven), Fen::ZERO);
    assert_eq!(of(LedgerAccount::Receivable), Fen::ZERO, "the receipt and its mirror; issuing made him owe before");
    let kept = booked.back.unwrap().kept(&payment);
    assert_eq!(kept.allocations[0].amount(), Some(Fen::ZERO));
}

#[test]
fn each_part_of_a_bill_takes_its_share_of_the_discount_along() {
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 223_800) };
    let (payment, bills, _) = paid(&[early]);
    let mut back = GivenBack::default();
    // 1 %, rounded up: what was counted before counts.
    for (principal, discount) in [(55_950, 560), (55_950, 559), (55_901, 560), (55_999, 559)] {
        let (after, parts) = back.reserve(&payment, &[wanted(&bills[0], principal, 0)]).unwrap();
        assert_eq!(parts[0].discount, Fen(discount), "of {principal} fen");
        back = after;
    }
    assert_eq!(back.left(&payment.allocations[0]), Sums::default());
}

#[test]
fn what_was_written_down_is_a_line_of_the_bill_and_no_income() {
    let (payment, mut bills, mut book) = paid(&[bill(2026, 223_800)]);
    let (back, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 700, 0)]).unwrap();
    let done = approved_and_done(&asked(1, &payment, RefundKind::WriteDown, parts));
    let booked = paid_out(&done, &back, &bills, now()).unwrap();
    change(&mut bills, booked.bills);
    assert_eq!((bills[0].status, bills[0].paid, bills[0].total), (BillStatus::Paid, Fen(223_100), Fen(223_100)));
    let line = bills[0].lines.last().unwrap();
    assert_eq!((line.title.as_str(), line.rule.as_str(), line.amount), ("核减（多收）", "write_down", Fen(-700)));
    assert_eq!(line.explanation, "多收，核减 7.00 元（退款单 R01JD0000000000000000000001）");
    book.extend(booked.postings);
    assert_eq!(balance(&book, LedgerAccount::HeatingRevenue), Some(Fen(700)));
    assert_eq!(balance(&book, LedgerAccount::Receivable), Some(Fen(-223_800)));
}

#[test]
fn a_bill_that_was_withdrawn_meanwhile_gets_smaller_and_is_not_owed_again() {
    let (payment, bills, _) = paid(&[bill(2026, 223_800)]);
    let (back, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 223_800, 0)]).unwrap();
    let done = approved_and_done(&asked(1, &payment, RefundKind::Reopen, parts));
    let void = Bill { status: BillStatus::Void, ..bills[0].clone() };
    let booked = paid_out(&done, &back, &[void], now()).unwrap();
    assert_eq!((booked.bills[0].status, booked.bills[0].paid), (BillStatus::Void, Fen::ZERO));
    assert_eq!(booked.bills[0].open_principal(), Fen::ZERO);
    assert_eq!(balance(&booked.postings, LedgerAccount::Receivable), Some(Fen::ZERO));
}

#[test]
fn paid_another_way_it_comes_from_the_bank() {
    let (payment, bills, _) = paid(&[bill(2026, 223_800)]);
    let (back, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 100, 0)]).unwrap();
    let approved = asked(1, &payment, RefundKind::Reopen, parts).after(RefundEvent::Approve, now()).unwrap();
    let failed = approved.after(RefundEvent::ChannelClosed, now()).unwrap();
    let done = failed.after(RefundEvent::PaidOtherwise, at("2026-11-24T02:00:00Z")).unwrap();
    let booked = paid_out(&done, &back, &bills, now()).unwrap();
    assert_eq!(balance(&booked.postings, LedgerAccount::Bank), Some(Fen(-100)));
    assert_eq!(balance(&booked.postings, LedgerAccount::Clearing(Channel::Wechatpay)), Some(Fen::ZERO));
    let steps: Vec<_> = done.steps.iter().map(|step| step.status).collect();
    assert_eq!(
        steps,
        [RefundStatus::Requested, RefundStatus::Approved, RefundStatus::Failed, RefundStatus::PaidOtherwise]
    );
}

#[test]
fn more_than_is_left_is_refused_and_what_was_declined_is_free_again() {
    let (payment, bills, _) = paid(&[bill(2026, 223_800)]);
    let (back, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 200_000, 0)]).unwrap();
    let left = Sums { principal: Fen(23_800), ..Sums::default() };
    let refused = back.reserve(&payment, &[wanted(&bills[0], 23_801, 0)]).unwrap_err();
    assert_eq!(refused, CannotGiveBack::TooMuch { bill_no: bills[0].bill_no.clone(), left });
    assert!(back.reserve(&payment, &[wanted(&bills[0], 23_800, 0)]).is_ok());
    let claim = asked(1, &payment, RefundKind::Reopen, parts).claim.unwrap();
    assert_eq!(back.release(&claim), GivenBack::default());
    let nothing = CannotGiveBack::Nothing(bills[0].bill_no.clone());
    assert_eq!(back.reserve(&payment, &[wanted(&bills[0], 0, 0)]).unwrap_err(), nothing);
    assert_eq!(back.reserve(&payment, &[wanted(&bills[0], -1, 0)]).unwrap_err(), nothing);
    let twice = [wanted(&bills[0], 1, 0), wanted(&bills[0], 1, 0)];
    assert_eq!(back.reserve(&payment, &twice).unwrap_err(), CannotGiveBack::WrongBills);
    let other = bill(2025, 1);
    let foreign = CannotGiveBack::NotOfPayment(other.bill_no.clone());
    assert_eq!(back.reserve(&payment, &[wanted(&other, 1, 0)]).unwrap_err(), foreign);
}

#[test]
fn a_retry_has_another_number_and_another_date() {
    let (payment, bills, _) = paid(&[bill(2026, 223_800)]);
    let (_, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 100, 0)]).unwrap();
    let approved = asked(1, &payment, RefundKind::Reopen, parts).after(RefundEvent::Approve, now()).unwrap();
    assert!(approved.retried(now()).is_err(), "the channel may still know the first");
    let later = at("2026-11-25T02:00:00Z");
    let again = approved.after(RefundEvent::ChannelClosed, now()).unwrap().retried(later).unwrap();
    assert_eq!((again.attempt, again.numbered_at, again.status), (2, later, RefundStatus::Approved));
    assert_eq!(again.number_at_channel().of_attempt(), again.refund_no);
    assert_ne!(again.number_at_channel(), again.refund_no);
}

#[test]
fn a_refund_remembers_only_so_many_steps() {
    let (payment, bills, _) = paid(&[bill(2026, 223_800)]);
    let (_, parts) = GivenBack::default().reserve(&payment, &[wanted(&bills[0], 100, 0)]).unwrap();
    let mut refund = asked(1, &payment, RefundKind::Reopen, parts).after(RefundEvent::Approve, now()).unwrap();
    for _ in 0..100 {
        refund = refund.after(RefundEvent::ChannelProcesses, now()).unwrap();
        refund = refund.after(RefundEvent::ChannelSaysUnknown, now()).unwrap();
    }
    assert_eq!((refund.steps.len(), refund.steps[0].status), (40, RefundStatus::Requested));
}

/// What happens to the next refund.
#[derive(Clone, Copy, Debug)]
struct Next {
    bill: usize,
    principal_ppm: u32,
    late_fee_ppm: u32,
    kind: RefundKind,
    /// Which of those under way ends now, and whether with money.
    ends: Option<(usize, bool)>,
}

fn next() -> impl Strategy<Value = Next> {
    let share = || prop_oneof![0_u32..=1_200_000, Just(1_000_000), Just(0), 0_u32..=50];
    let kind = prop_oneof![Just(RefundKind::Reopen), Just(RefundKind::WriteDown)];
    (0_usize..2, share(), share(), kind, proptest::option::of((0_usize..8, any::<bool>()))).prop_map(
        |(bill, principal_ppm, late_fee_ppm, kind, ends)| Next { bill, principal_ppm, late_fee_ppm, kind, ends },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, ..ProptestConfig::default() })]

    #[test]
    fn whoever_asks_for_what_no_more_goes_back_than_was_paid_and_all_of_it_can(
        fen in (1_i64..=300_000, 1_i64..=3_000), late_days in 0_i64..200, discount_ppm in 0_u32..=1_000_000,
        nexts in prop::collection::vec(next(), 0..30),
    ) {
        let late = Bill { late_fee: late_fee_from(TODAY.saturating_sub(late_days.days())), ..bill(2025, fen.0) };
        let mut early = Bill { discount: discount_until(TODAY), ..bill(2026, fen.1) };
        if let Some(rule) = &mut early.discount { rule.ppm = discount_ppm; }
        // A bill that asks for nothing is not paid.
        prop_assume!(discount_ppm < 1_000_000 && early.total.ppm(u64::from(discount_ppm)).unwrap() < early.total);
        let (payment, mut bills, mut book) = paid(&[late, early]);
        let mut back = GivenBack::default();
        let mut under_way: Vec<Refund> = Vec::new();
        let mut given = 0_i64;
        let mut taken_back = 0_i64;
        for (n, next) in nexts.into_iter().enumerate() {
            let bill_now = &bills[next.bill];
            let left = back.left(&payment.allocations[next.bill]);
            let of = |fen: Fen, ppm: u32| fen.ppm(u64::from(ppm)).unwrap().0;
            let want = wanted(bill_now, of(left.principal, next.principal_ppm), of(left.late_fee, next.late_fee_ppm));
            if let Ok((after, parts)) = back.reserve(&payment, &[want]) {
                under_way.push(asked(n, &payment, next.kind, parts));
                back = after;
            }
            if let Some((at, with_money)) = next.ends && at < under_way.len() {
                let refund = under_way.remove(at);
                let claim = refund.claim.clone().unwrap();
                if with_money {
                    let booked = paid_out(&approved_and_done(&refund), &back, &bills, now()).unwrap();
                    let money: i64 = booked.postings.iter().filter(|p| p.credit == LedgerAccount::Clearing(Channel::Wechatpay)).map(|p| p.amount.0).sum();
                    prop_assert_eq!(money, refund.amount.0);
                    if claim.kind == RefundKind::Reopen { taken_back += claim.parts[0].principal.0; }
                    given += money;
                    change(&mut bills, booked.bills);
                    book.extend(booked.postings);
                    back = booked.back.unwrap();
                } else {
                    back = back.release(&claim);
                }
            }
            let waiting: i64 = under_way.iter().map(|refund| refund.amount.0).sum();
            prop_assert!(given + waiting <= payment.amount.0, "{given} + {waiting} of {}", payment.amount.0);
        }
        // What is left goes back: together it is what was paid, to the fen.
        for refund in under_way.drain(..) { back = back.release(&refund.claim.unwrap()); }
        let rest: Vec<Wanted> = payment.allocations.iter().zip(&bills).map(|(part, bill)| {
            let left = back.left(part);
            wanted(bill, left.principal.0, left.late_fee.0)
        }).filter(|want| want.principal.is_positive() || want.late_fee.is_positive()).collect();
        for (at, want) in rest.into_iter().enumerate() {
            match back.reserve(&payment, &[want]) {
                Ok((after, parts)) => {
                    let last = asked(90 + at, &payment, RefundKind::WriteDown, parts);
                    let booked = paid_out(&approved_and_done(&last), &after, &bills, now()).unwrap();
                    given += last.amount.0;
                    change(&mut bills, booked.bills);
                    book.extend(booked.postings);
                    back = booked.back.unwrap();
                }
                // After declines a fen of principal may be left that the discount had covered: there is no money in it.
                Err(refused) => prop_assert!(matches!(refused, CannotGiveBack::Nothing(_)), "{refused}"),
            }
        }
        let kept: i64 = back.kept(&payment).allocations.iter().map(|part| part.amount().unwrap().0).sum();
        prop_assert_eq!(kept + given, payment.amount.0);
        prop_assert_eq!(kept, 0);
        let of = |account| balance(&book, account).unwrap().0;
        prop_assert_eq!(of(LedgerAccount::Clearing(Channel::Wechatpay)), 0);
        let unpaid: i64 = payment.allocations.iter().map(|part| back.left(part).principal.0).sum();
        prop_assert_eq!((of(LedgerAccount::DiscountGiven), of(LedgerAccount::LateFeeIncome)), (unpaid, 0));
        // What is owed again is what was taken back; what was written down is owed no more.
        let open: i64 = bills.iter().map(|bill| bill.open_principal().0).sum();
        prop_assert_eq!(open, taken_back);
        prop_assert_eq!(of(LedgerAccount::Receivable) + fen.0 + fen.1, open);
        let paid: i64 = bills.iter().map(|bill| bill.paid.0).sum();
        prop_assert_eq!((paid, bills.iter().map(|bill| bill.paid_late_fee.0).sum::<i64>()), (unpaid, 0));
        let mut names: Vec<_> = book.iter().map(|posting| (&posting.book, &posting.posting_no)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), count, "no posting overwrites another");
    }
}
