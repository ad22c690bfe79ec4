//! Money taken at the counter, and the cashier's till.

use crate::given::{assert_explained, bill, now, payment_of};
use heatpay_domain::{
    Channel, EvidenceSource, Fen, StaffNo, VoucherNo,
    bill::{Bill, BillStatus},
    counter::{CounterEntry, Till, TillDifference, evidence},
    ledger::{LedgerAccount, balance},
    payment::{Decision, Payment, PaymentStatus, Scene, decide, reverse},
};
use jiff::civil::date;

fn recorded() -> Payment {
    let entry = CounterEntry {
        cashier: StaffNo::parse("E01KB1Q2Z3A").unwrap(),
        branch: "河东分公司".to_owned(),
        voucher_no: VoucherNo::parse("0012345").unwrap(),
        day: date(2026, 11, 23),
    };
    let (payment, _) = payment_of(&[bill(2026, 223_800)], date(2026, 11, 23));
    let merchant = entry.branch.clone();
    Payment { channel: Channel::Cash, scene: Scene::Counter, merchant, counter: Some(entry), openid: None, ..payment }
}

#[test]
fn the_branchs_voucher_stands_for_the_transaction_so_that_it_is_used_once() {
    let payment = recorded();
    let evidence = evidence(&payment).unwrap();
    assert_eq!((evidence.channel, evidence.source), (Channel::Cash, EvidenceSource::Counter));
    assert_eq!((evidence.channel_txn.as_str(), evidence.amount), ("河东分公司-0012345", Fen(223_800)));
    assert_eq!((evidence.payment_no, evidence.paid_at), (payment.payment_no.to_string(), payment.created_at));
    assert_eq!(evidence.raw, "cashier=E01KB1Q2Z3A branch=河东分公司 voucher=0012345 day=2026-11-23");
}

#[test]
fn a_payment_by_a_channel_has_no_evidence_of_the_counter() {
    assert_eq!(evidence(&Payment { counter: None, ..recorded() }), None);
}

#[test]
fn a_payment_taken_back_the_same_day_leaves_the_bill_owed_and_the_receipt_mirrored() {
    let entered = recorded();
    let held = Bill { open_payment: Some(entered.payment_no.clone()), ..bill(2026, 223_800) };
    let taken = evidence(&entered).unwrap();
    let Decision::Commit(settled) = decide(Some(&entered), &[held], &taken, now()) else { panic!("a duplicate") };
    let (paid, bills) = (settled.payment.unwrap(), settled.bills);
    let back = reverse(&paid, &bills, now()).unwrap();
    assert_eq!((back.payment.status, back.payment.version), (PaymentStatus::Reversed, paid.version + 1));
    assert_eq!((back.bills[0].status, back.bills[0].paid), (BillStatus::Issued, Fen::ZERO));
    assert_eq!(back.bills[0].version, bills[0].version + 1);
    assert_explained(&back.postings);
    for posting in &back.postings {
        assert_eq!(posting.bill_no.as_ref(), Some(&bills[0].bill_no));
        assert_eq!(posting.payment_no.as_ref(), Some(&paid.payment_no));
    }
    let book: Vec<_> = settled.postings.into_iter().chain(back.postings).collect();
    for account in [LedgerAccount::Receivable, LedgerAccount::Clearing(Channel::Cash)] {
        assert_eq!(balance(&book, account), Some(Fen::ZERO), "{account:?}");
    }
    assert_eq!(reverse(&back.payment, &back.bills, now()), None, "once");
}

#[test]
fn a_till_balances_when_each_tender_is_as_it_was_recorded() {
    let till = Till::new([(Channel::Cash, Fen(500)), (Channel::Cheque, Fen(70)), (Channel::Alipay, Fen(9))]);
    assert_eq!(
        (till.of(Channel::Cash), till.of(Channel::Alipay), till.of(Channel::Pos)),
        (Fen(500), Fen::ZERO, Fen::ZERO)
    );
    assert_eq!(till.differences(&till), []);
    let counted = Till::new([(Channel::Cash, Fen(500)), (Channel::Pos, Fen(70))]);
    let difference =
        |channel, recorded, counted| TillDifference { channel, recorded: Fen(recorded), counted: Fen(counted) };
    assert_eq!(till.differences(&counted), [difference(Channel::Pos, 0, 70), difference(Channel::Cheque, 70, 0)]);
}
