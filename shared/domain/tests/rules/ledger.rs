use crate::given::{at, bill, evidence, now};
use heatpay_domain::{
    Channel, Fen,
    bill::{Bill, BillKind, BillStatus},
    ledger::{Book, LedgerAccount, Posting, balance, issue_bill, settle_refund},
    payment::{Decision, decide},
};

#[test]
fn issuing_a_bill_makes_the_resident_and_the_second_payer_owe() {
    let draft = Bill { status: BillStatus::Draft, subsidy: Fen(95_625), ..bill(2026, 60_125) };
    let postings = issue_bill(&draft, now());
    let of = |account| balance(&postings, account).unwrap();
    assert_eq!(of(LedgerAccount::Receivable), Fen(60_125));
    assert_eq!(of(LedgerAccount::SubsidyReceivable), Fen(95_625));
    assert_eq!(of(LedgerAccount::HeatingRevenue), Fen(-155_750));
    assert_eq!(postings[0].posting_no, "issue#B2026S1000000001#receivable#heating_revenue");
    assert_ne!(postings[0].posting_no, postings[1].posting_no);
}

#[test]
fn prior_arrears_are_no_income_of_ours() {
    let arrears = Bill { kind: BillKind::PriorArrears, ..bill(2024, 251_232) };
    let postings = issue_bill(&arrears, now());
    assert_eq!(balance(&postings, LedgerAccount::OpeningBalance), Some(Fen(-251_232)));
    assert_eq!(balance(&postings, LedgerAccount::HeatingRevenue), Some(Fen::ZERO));
}

#[test]
fn a_bill_of_nothing_is_not_posted_and_is_paid_when_issued() {
    let nothing = Bill { status: BillStatus::Draft, ..bill(2026, 0) };
    assert!(issue_bill(&nothing, now()).is_empty());
    assert_eq!(nothing.issue().unwrap().status, BillStatus::Paid);
    let draft = Bill { status: BillStatus::Draft, ..bill(2026, 1) };
    let issued = draft.issue().unwrap();
    assert_eq!((issued.status, issued.version), (BillStatus::Issued, draft.version + 1));
    assert!(issued.issue().is_err());
}

#[test]
fn a_refund_done_empties_suspense_and_clearing() {
    let Decision::Commit(stray) = decide(None, &[], &evidence(500), now()) else { panic!("a duplicate") };
    let refund = stray.refund.unwrap();
    let done = settle_refund(&refund, at("2026-11-23T03:00:00Z"));
    let book: Vec<Posting> = stray.postings.into_iter().chain([done.clone()]).collect();
    assert_eq!(balance(&book, LedgerAccount::Suspense), Some(Fen::ZERO));
    assert_eq!(balance(&book, LedgerAccount::Clearing(Channel::Wechatpay)), Some(Fen::ZERO));
    assert_eq!(done.book, book[0].book);
    assert!(done.posting_no.starts_with(&format!("refund#{}", refund.refund_no)));
}

#[test]
fn a_balance_that_does_not_fit_is_none() {
    let Decision::Commit(stray) = decide(None, &[], &evidence(i64::MAX), now()) else { panic!("a duplicate") };
    let twice: Vec<_> = stray.postings.iter().chain(&stray.postings).collect();
    assert_eq!(balance(twice, LedgerAccount::Suspense), None);
}

#[test]
fn accounts_and_books_keep_their_names_in_records() {
    for account in LedgerAccount::all() {
        let json = serde_json::to_string(&account).unwrap();
        assert_eq!(serde_json::from_str::<LedgerAccount>(&json).unwrap(), account);
    }
    assert_eq!(serde_json::to_string(&LedgerAccount::Clearing(Channel::Wechatpay)).unwrap(), r#""clearing:wechatpay""#);
    let book = Book::Suspense(evidence(1).receipt_no());
    let json = serde_json::to_string(&book).unwrap();
    assert_eq!(json, r#""suspense#wechatpay#4200002026112300000001""#);
    assert_eq!(serde_json::from_str::<Book>(&json).unwrap(), book);
    assert!(serde_json::from_str::<Book>(r#""suspense#beads#1""#).is_err());
    assert!(serde_json::from_str::<LedgerAccount>(r#""petty_cash""#).is_err());
}
