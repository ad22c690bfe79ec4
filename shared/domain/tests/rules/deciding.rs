use crate::given::{MERCHANT, TXN, bill, discount_until, evidence, late_fee_from, now, payment_of};
use heatpay_domain::{
    Channel, Evidence, Fen, PaymentNo,
    bill::{Bill, BillStatus},
    ledger::{Book, LedgerAccount, balance},
    payment::{Decision, Payment, PaymentStatus, Settlement, decide},
    receipt::{ReceiptOutcome, StrayReason},
    refund::{RefundReason, RefundStatus},
};
use jiff::civil::{Date, date};

const TODAY: Date = date(2026, 11, 23);
const CLEARING: LedgerAccount = LedgerAccount::Clearing(Channel::Wechatpay);

/// One bill of 2,238.00, held by a pending payment.
fn pending() -> (Payment, Vec<Bill>) {
    payment_of(&[bill(2026, 223_800)], TODAY)
}

fn committed(payment: Option<&Payment>, bills: &[Bill], evidence: &Evidence) -> Settlement {
    match decide(payment, bills, evidence, now()) {
        Decision::Commit(settlement) => *settlement,
        Decision::Duplicate => panic!("a duplicate"),
    }
}

/// Money without a place: all of it in suspense, a refund of all of it opened, and nothing else of its bills touched.
fn assert_goes_back(settlement: &Settlement, reason: StrayReason, fen: i64) {
    assert_eq!(settlement.outcome, ReceiptOutcome::Stray(reason));
    assert_eq!(settlement.receipt.outcome, settlement.outcome);
    assert_eq!(settlement.receipt.amount, Fen(fen));
    let refund = settlement.refund.as_ref().unwrap();
    assert_eq!((refund.amount, refund.order_amount), (Fen(fen), Fen(fen)));
    assert_eq!((refund.reason, refund.status), (RefundReason::Stray(reason), RefundStatus::Approved));
    assert_eq!(settlement.receipt.refund_no.as_ref(), Some(&refund.refund_no));
    let [posting] = settlement.postings.as_slice() else { panic!("{:?}", settlement.postings) };
    assert_eq!((posting.debit, posting.credit, posting.amount), (CLEARING, LedgerAccount::Suspense, Fen(fen)));
    assert_eq!(posting.book, Book::Suspense(settlement.receipt.receipt_no.clone()));
}

#[test]
fn the_right_money_pays_the_bill() {
    let (payment, bills) = pending();
    let settled = committed(Some(&payment), &bills, &evidence(223_800));
    assert_eq!(settled.outcome, ReceiptOutcome::Settled);

    let [paid] = settled.bills.as_slice() else { panic!("{:?}", settled.bills) };
    assert_eq!((paid.status, paid.paid, paid.open_payment.as_ref()), (BillStatus::Paid, Fen(223_800), None));
    assert_eq!(paid.version, bills[0].version + 1);

    let after = settled.payment.unwrap();
    assert_eq!((after.status, after.version), (PaymentStatus::Paid, payment.version + 1));
    assert_eq!(after.channel_txn.as_deref(), Some(TXN));
    assert_eq!(after.paid_at, Some(evidence(1).paid_at));

    assert_eq!(settled.receipt.receipt_no.as_str(), format!("wechatpay#{TXN}"));
    assert_eq!(settled.receipt.payment_no.as_ref(), Some(&payment.payment_no));
    assert_eq!(settled.refund, None);
    let [posting] = settled.postings.as_slice() else { panic!("{:?}", settled.postings) };
    assert_eq!((posting.debit, posting.credit), (CLEARING, LedgerAccount::Receivable));
    assert_eq!(posting.posting_no, format!("receipt#wechatpay#{TXN}#B2026S1000000001#clearing:wechatpay#receivable"));
}

#[test]
fn late_fee_and_discount_are_booked_on_their_own_accounts() {
    let arrears = Bill { late_fee: late_fee_from(date(2026, 1, 1)), ..bill(2025, 100_000) };
    let early = Bill { discount: discount_until(TODAY), ..bill(2026, 200_000) };
    let (payment, bills) = payment_of(&[arrears, early], TODAY);
    assert_eq!(payment.amount, Fen(100_000 + 20_000 + 198_000));
    let settled = committed(Some(&payment), &bills, &evidence(payment.amount.0));
    let of = |account| balance(&settled.postings, account).unwrap();
    assert_eq!(of(CLEARING), payment.amount);
    assert_eq!(of(LedgerAccount::Receivable), Fen(-300_000));
    assert_eq!(of(LedgerAccount::LateFeeIncome), Fen(-20_000));
    assert_eq!(of(LedgerAccount::DiscountGiven), Fen(2_000));
    assert_eq!(settled.bills[0].paid_late_fee, Fen(20_000));
    assert!(settled.bills.iter().all(|bill| bill.status == BillStatus::Paid));
}

#[test]
fn money_counts_even_while_the_order_is_submitted_or_closed() {
    for status in [PaymentStatus::Submitting, PaymentStatus::Pending, PaymentStatus::Closing] {
        let (payment, bills) = pending();
        let settled = committed(Some(&Payment { status, ..payment }), &bills, &evidence(223_800));
        assert_eq!(settled.outcome, ReceiptOutcome::Settled, "{status:?}");
    }
}

#[test]
fn the_same_transaction_again_is_a_duplicate() {
    let (payment, bills) = pending();
    let settled = committed(Some(&payment), &bills, &evidence(223_800));
    assert_eq!(decide(settled.payment.as_ref(), &settled.bills, &evidence(223_800), now()), Decision::Duplicate);
}

#[test]
fn a_second_transaction_for_a_paid_payment_goes_back() {
    let (payment, bills) = pending();
    let settled = committed(Some(&payment), &bills, &evidence(223_800));
    let second = Evidence { channel_txn: "4200002".to_owned(), ..evidence(223_800) };
    let stray = committed(settled.payment.as_ref(), &settled.bills, &second);
    assert_goes_back(&stray, StrayReason::PaidTwice, 223_800);
    assert_eq!((stray.payment, stray.bills), (None, Vec::new()));
}

#[test]
fn money_for_a_payment_that_has_ended_goes_back() {
    for (status, reason) in
        [(PaymentStatus::Closed, StrayReason::PaidLate), (PaymentStatus::Rejected, StrayReason::AfterRejection)]
    {
        let (payment, bills) = pending();
        let stray = committed(Some(&Payment { status, ..payment }), &bills, &evidence(223_800));
        assert_goes_back(&stray, reason, 223_800);
        assert_eq!((stray.payment, stray.bills), (None, Vec::new()));
    }
}

#[test]
fn another_amount_ends_the_payment_and_frees_its_bills() {
    for fen in [223_799, 223_801, 1] {
        let (payment, bills) = pending();
        let stray = committed(Some(&payment), &bills, &evidence(fen));
        assert_goes_back(&stray, StrayReason::WrongAmount, fen);
        let after = stray.payment.unwrap();
        assert_eq!((after.status, after.version, after.paid_at), (PaymentStatus::Rejected, 8, None));
        let [freed] = stray.bills.as_slice() else { panic!("{:?}", stray.bills) };
        assert_eq!(*freed, Bill { open_payment: None, version: 4, ..bills[0].clone() });
    }
}

#[test]
fn money_for_an_order_that_is_not_ours_goes_back() {
    let stray = committed(None, &[], &Evidence { payment_no: "shop-77".to_owned(), ..evidence(500) });
    assert_goes_back(&stray, StrayReason::UnknownPayment, 500);
    assert_eq!((stray.receipt.order_no.as_str(), stray.receipt.payment_no), ("shop-77", None));

    let (payment, bills) = pending();
    let other = Evidence { payment_no: "P99999999".to_owned(), ..evidence(223_800) };
    assert_goes_back(&committed(Some(&payment), &bills, &other), StrayReason::UnknownPayment, 223_800);
}

#[test]
fn money_by_another_channel_or_merchant_goes_back_there() {
    let (payment, bills) = pending();
    let merchant = Evidence { merchant: "1900000002".to_owned(), ..evidence(223_800) };
    let stray = committed(Some(&payment), &bills, &merchant);
    assert_goes_back(&stray, StrayReason::WrongChannelOrMerchant, 223_800);
    assert_eq!(stray.refund.unwrap().merchant, "1900000002");
    assert_eq!(stray.payment, None, "the payment may still be paid where it was made");

    let channel = Evidence { channel: Channel::Alipay, merchant: MERCHANT.to_owned(), ..evidence(223_800) };
    let stray = committed(Some(&payment), &bills, &channel);
    assert_eq!(stray.outcome, ReceiptOutcome::Stray(StrayReason::WrongChannelOrMerchant));
    assert_eq!(stray.refund.unwrap().channel, Channel::Alipay);
}

#[test]
fn a_bill_paid_in_part_meanwhile_takes_what_it_still_owes_and_the_rest_goes_back() {
    let late = Bill { late_fee: late_fee_from(date(2026, 11, 14)), ..bill(2025, 100_000) };
    let (payment, mut bills) = payment_of(&[late], TODAY);
    assert_eq!(payment.amount, Fen(101_000));
    bills[0].paid = Fen(60_000);
    let settled = committed(Some(&payment), &bills, &evidence(101_000));
    assert_eq!(settled.outcome, ReceiptOutcome::SettledWithExcess);
    assert_eq!((settled.bills[0].status, settled.bills[0].paid), (BillStatus::Paid, Fen(100_000)));
    assert_eq!(settled.bills[0].paid_late_fee, Fen(400), "40 % of the principal takes 40 % of the late fee along");
    let refund = settled.refund.unwrap();
    assert_eq!((refund.amount, refund.order_amount), (Fen(60_600), Fen(101_000)));
    assert_eq!(refund.reason, RefundReason::Excess);
    assert_eq!(settled.payment.unwrap().allocations[0].principal, Fen(40_000), "the invoice is for what was booked");
}

#[test]
fn one_of_two_bills_gone_meanwhile_gives_its_part_back() {
    for status in [BillStatus::Paid, BillStatus::Void, BillStatus::Draft] {
        let (payment, mut bills) = payment_of(&[bill(2025, 100), bill(2026, 200)], TODAY);
        bills[0].status = status;
        let settled = committed(Some(&payment), &bills, &evidence(300));
        assert_eq!(settled.outcome, ReceiptOutcome::SettledWithExcess, "{status:?}");
        assert_eq!(settled.refund.unwrap().amount, Fen(100));
        assert_eq!((settled.bills[0].status, settled.bills[0].open_payment.as_ref()), (status, None));
        assert_eq!(settled.bills[1].status, BillStatus::Paid);
        assert_eq!(settled.payment.unwrap().allocations.len(), 1);
    }
}

#[test]
fn with_all_bills_gone_everything_goes_back_and_the_payment_ends() {
    let (payment, mut bills) = pending();
    bills[0].status = BillStatus::Void;
    let stray = committed(Some(&payment), &bills, &evidence(223_800));
    assert_goes_back(&stray, StrayReason::NothingOwed, 223_800);
    assert_eq!(stray.payment.unwrap().status, PaymentStatus::Rejected);
    assert_eq!(stray.bills[0].open_payment, None);
}

#[test]
fn a_bill_held_by_another_payment_keeps_that_hold() {
    let (payment, mut bills) = payment_of(&[bill(2025, 100), bill(2026, 200)], TODAY);
    let other = PaymentNo::parse("P0000002").ok();
    bills[1].open_payment = other.clone();
    let stray = committed(Some(&payment), &bills, &evidence(1));
    assert_eq!(stray.bills.len(), 1, "only its own bill is freed");
    let settled = committed(Some(&payment), &bills, &evidence(300));
    assert_eq!(settled.bills[1].open_payment, other);
}

#[test]
fn never_more_is_booked_than_came() {
    let (mut payment, bills) = payment_of(&[bill(2025, 100), bill(2026, 200)], TODAY);
    payment.amount = Fen(150);
    let settled = committed(Some(&payment), &bills, &evidence(150));
    assert_eq!(balance(&settled.postings, LedgerAccount::Receivable), Some(Fen(-100)));
    assert_eq!(settled.refund.unwrap().amount, Fen(50));
}

#[test]
fn evidence_of_no_money_is_kept_and_changes_nothing() {
    for fen in [0, -5, i64::MIN] {
        let (payment, bills) = pending();
        let kept = committed(Some(&payment), &bills, &evidence(fen));
        assert_eq!(kept.outcome, ReceiptOutcome::Stray(StrayReason::NoMoney));
        assert_eq!((kept.payment, kept.refund), (None, None));
        assert!(kept.bills.is_empty() && kept.postings.is_empty());
    }
}

#[test]
fn deciding_twice_writes_the_same_numbers() {
    let (payment, bills) = pending();
    let first = committed(Some(&payment), &bills, &evidence(1));
    let again = committed(Some(&payment), &bills, &evidence(1));
    assert_eq!(first, again);
}
