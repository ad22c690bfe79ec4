//! decide() over random states: no fen is lost, doubled or made, whatever came in whichever order.

use crate::given::{bill, discount_until, evidence, late_fee_from, now, payment_of};
use heatpay_domain::{
    Channel, Fen, PaymentNo,
    bill::{Bill, BillStatus, amount_due},
    ledger::{LedgerAccount, balance},
    payment::{Decision, Payment, PaymentStatus, decide},
    receipt::ReceiptOutcome,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};
use proptest::{prelude::*, sample::select};

const TODAY: Date = date(2026, 11, 23);
const STATES: [PaymentStatus; 6] = [
    PaymentStatus::Submitting,
    PaymentStatus::Pending,
    PaymentStatus::Closing,
    PaymentStatus::Paid,
    PaymentStatus::Closed,
    PaymentStatus::Rejected,
];

prop_compose! {
    /// A bill as it stood when the payment was made.
    fn owed_bill(season: i16)(fen in 1_i64..=40_000_000, late_days in -30_i64..400, early in any::<bool>()) -> Bill {
        let from = TODAY.saturating_sub(late_days.days());
        let discount = if early { discount_until(TODAY) } else { None };
        Bill { late_fee: late_fee_from(from), discount, ..bill(season, fen) }
    }
}

/// What may have happened to a bill between creating and settling.
#[derive(Clone, Debug)]
enum Meanwhile {
    Nothing,
    PartPaid(i64),
    Status(BillStatus),
    HeldByAnother,
    NotFound,
}

fn meanwhile() -> impl Strategy<Value = Meanwhile> {
    prop_oneof![
        6 => Just(Meanwhile::Nothing),
        2 => (0_i64..=1_000_000).prop_map(Meanwhile::PartPaid),
        2 => select(BillStatus::ALL).prop_map(Meanwhile::Status),
        1 => Just(Meanwhile::HeldByAnother),
        1 => Just(Meanwhile::NotFound),
    ]
}

fn befall(mut bill: Bill, what: Meanwhile) -> Option<Bill> {
    match what {
        Meanwhile::Nothing => {}
        Meanwhile::PartPaid(ppm) => bill.paid = bill.total.ppm(ppm.unsigned_abs()).unwrap(),
        Meanwhile::Status(status) => bill.status = status,
        Meanwhile::HeldByAnother => bill.open_payment = PaymentNo::parse("P0000002").ok(),
        Meanwhile::NotFound => return None,
    }
    Some(bill)
}

prop_compose! {
    /// A payment in any state and its bills as they stand now.
    fn history()(
        bills in (owed_bill(2024), owed_bill(2025), owed_bill(2026)),
        count in 1_usize..=3,
        what in prop::collection::vec(meanwhile(), 3),
        status in select(&STATES[..]),
        same_txn in any::<bool>(),
    ) -> (Payment, Vec<Bill>) {
        let bills: Vec<Bill> = [bills.0, bills.1, bills.2].into_iter().take(count).collect();
        let (mut payment, held) = payment_of(&bills, TODAY);
        payment.status = status;
        if status == PaymentStatus::Paid {
            payment.channel_txn = Some(if same_txn { evidence(1).channel_txn } else { "4200-other".to_owned() });
        }
        (payment, held.into_iter().zip(what).filter_map(|(bill, what)| befall(bill, what)).collect())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn evidence_is_never_lost(
        (payment, bills) in history(),
        known in prop::bool::weighted(0.9),
        off_by in prop_oneof![5 => Just(0_i64), 1 => -1000_i64..1000, 1 => any::<i64>()],
        channel in prop_oneof![9 => Just(Channel::Wechatpay), 1 => Just(Channel::Alipay)],
    ) {
        let mut evidence = evidence(payment.amount.0.saturating_add(off_by));
        evidence.channel = channel;
        let payment = known.then_some(payment);
        let settlement = match decide(payment.as_ref(), &bills, &evidence, now()) {
            Decision::Commit(settlement) => *settlement,
            Decision::Duplicate => {
                let paid = payment.unwrap();
                prop_assert_eq!(paid.status, PaymentStatus::Paid);
                prop_assert_eq!(paid.channel_txn.as_deref(), Some(evidence.channel_txn.as_str()));
                return Ok(());
            }
        };
        let money = evidence.amount.max(Fen::ZERO);
        let of = |account| balance(&settlement.postings, account).unwrap().0;

        // The receipt keeps what came, and the clearing account holds it to the fen.
        prop_assert_eq!(settlement.receipt.amount, evidence.amount);
        prop_assert_eq!(&settlement.receipt.raw, &evidence.raw);
        prop_assert_eq!(settlement.receipt.outcome, settlement.outcome);
        prop_assert_eq!(of(LedgerAccount::Clearing(evidence.channel)), money.0);
        prop_assert!(settlement.postings.iter().all(|posting| posting.amount.is_positive()));

        // What is in suspense has its refund, and the other way round.
        let refunded = settlement.refund.as_ref().map_or(0, |refund| refund.amount.0);
        prop_assert_eq!(-of(LedgerAccount::Suspense), refunded);
        prop_assert_eq!(settlement.receipt.refund_no.is_some(), refunded > 0);

        // The bills grew by exactly what the ledger says, and none is paid more than it asks for.
        let before = |bill: &Bill| bills.iter().find(|other| other.bill_no == bill.bill_no).unwrap().clone();
        let grown = |part: fn(&Bill) -> Fen| -> i64 {
            settlement.bills.iter().map(|bill| part(bill).0 - part(&before(bill)).0).sum()
        };
        prop_assert_eq!(grown(|bill| bill.paid), -of(LedgerAccount::Receivable));
        prop_assert_eq!(grown(|bill| bill.paid_late_fee), -of(LedgerAccount::LateFeeIncome));
        for bill in &settlement.bills {
            prop_assert!(bill.paid <= bill.total);
            prop_assert_eq!(bill.version, before(bill).version + 1);
            prop_assert_ne!(bill.open_payment.as_ref().map(PaymentNo::as_str), Some(crate::given::PAYMENT_NO));
        }

        // The names of postings do not collide, so that none overwrites another.
        let mut names: Vec<_> = settlement.postings.iter().map(|posting| (&posting.book, &posting.posting_no)).collect();
        names.sort_unstable();
        names.dedup();
        prop_assert_eq!(names.len(), settlement.postings.len());

        // A payment that ends in this does so in one way, and what it says it paid is what was booked.
        if let Some(after) = &settlement.payment {
            prop_assert_eq!(after.status == PaymentStatus::Paid, settlement.outcome.is_settled());
            if after.status == PaymentStatus::Paid {
                let booked: i64 = after.allocations.iter().map(|part| part.amount().unwrap().0).sum();
                prop_assert_eq!(booked + refunded, money.0);
            }
        }
    }

    #[test]
    fn what_was_asked_for_pays_the_bills(bills in (owed_bill(2024), owed_bill(2025), owed_bill(2026))) {
        let bills = [bills.0, bills.1, bills.2];
        let asked: i64 = bills.iter().map(|bill| amount_due(bill, TODAY).total.0).sum();
        let (payment, held) = payment_of(&bills, TODAY);
        prop_assert_eq!(payment.amount.0, asked);
        let Decision::Commit(settled) = decide(Some(&payment), &held, &evidence(asked), now()) else {
            return Err(TestCaseError::fail("a duplicate"));
        };
        prop_assert_eq!(settled.outcome, ReceiptOutcome::Settled);
        prop_assert_eq!(settled.bills.len(), 3);
        for bill in &settled.bills {
            prop_assert_eq!(bill.status, BillStatus::Paid);
            prop_assert_eq!(bill.paid, bill.total);
            prop_assert_eq!(amount_due(bill, TODAY.saturating_add(400.days())).total, Fen::ZERO);
        }
    }
}
