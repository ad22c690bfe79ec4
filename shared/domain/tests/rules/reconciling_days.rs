//! What becomes of a day and its cases.

use crate::given::now;
use heatpay_domain::{
    Channel, Fen, StaffNo,
    ledger::{LedgerAccount, balance, charge_fee},
    reconcile::{
        Case, CaseState, DayState, Difference, DifferenceClass, KeptFile, ReconcileDay, Report, is_late, statement_due,
    },
    statement::StatementKind,
};
use jiff::{
    ToSpan,
    civil::{Date, date},
};

const DAY: Date = date(2026, 11, 22);

fn file() -> KeptFile {
    KeptFile { key: "statements/wechatpay/2026-11-22/ab.csv.gz".to_owned(), sha256: "ab".to_owned() }
}

fn matched(report: &Report, open_cases: u64) -> ReconcileDay {
    ReconcileDay::begin(Channel::Wechatpay, DAY, now()).matched(report, Some(file()), file(), open_cases, now())
}

fn case() -> Case {
    let difference = Difference {
        class: DifferenceClass::OursOnly,
        kind: StatementKind::Payment,
        number: "42".to_owned(),
        channel_amount: None,
        our_amount: Some(Fen(100)),
        times: 1,
        order_no: None,
        channel_txn: None,
        at: None,
    };
    Case::open(Channel::Wechatpay, DAY, &difference, now())
}

fn clerk() -> StaffNo {
    StaffNo::parse("E01KB1Q2Z3A").unwrap()
}

#[test]
fn a_day_is_closed_when_nothing_is_unexplained() {
    assert_eq!(matched(&Report::default(), 0).state, DayState::Closed);
    for open in [Report { held: 1, ..Report::default() }, Report { unnamed: 1, ..Report::default() }] {
        assert_eq!(matched(&open, 0).state, DayState::Open);
    }
    let settling = matched(&Report { to_settle: 1, ..Report::default() }, 0);
    assert_eq!((settling.state, settling.again_at.is_some()), (DayState::Open, true));
}

#[test]
fn the_last_case_that_is_resolved_closes_the_day() {
    let day = matched(&Report::default(), 2).case_resolved(now());
    assert_eq!((day.state, day.open_cases), (DayState::Open, 1));
    let day = day.case_resolved(now());
    assert_eq!((day.state, day.closed_at), (DayState::Closed, Some(now())));
}

#[test]
fn a_run_that_comes_to_nothing_keeps_what_was_found_and_comes_again() {
    use heatpay_domain::reconcile::RunProblem;
    let day = matched(&Report { held: 1, ..Report::default() }, 0).failed(RunProblem::BadFile, now());
    assert_eq!((day.held, day.problem, day.state), (1, Some(RunProblem::BadFile), DayState::Open));
    assert!(day.again_at > Some(now()));
}

#[test]
fn a_case_that_a_person_explained_stays_explained() {
    let resolved = case().resolve(clerk(), "微信已补款".to_owned(), now()).unwrap();
    assert_eq!(resolved.state, CaseState::Resolved);
    assert!(resolved.resolve(clerk(), "再来一次".to_owned(), now()).is_err());
    assert_eq!((resolved.after_rerun(true, now()), resolved.after_rerun(false, now())), (None, None));
}

#[test]
fn a_case_that_went_by_itself_may_come_back() {
    let gone = case().after_rerun(false, now()).unwrap();
    assert_eq!(gone.state, CaseState::Resolved);
    let back = gone.after_rerun(true, now()).unwrap();
    assert_eq!((back.state, back.resolution, back.case_no), (CaseState::Open, None, case().case_no));
}

#[test]
fn a_statement_is_due_at_its_channels_hour_and_late_in_the_afternoon() {
    let due = statement_due(Channel::Alipay, DAY).unwrap();
    assert_eq!(due, "2026-11-23T09:00:00+08:00".parse().unwrap());
    assert!(!is_late(DAY, None, due));
    assert!(is_late(DAY, None, due + 5.hours()));
    let held = matched(&Report { held: 1, ..Report::default() }, 0);
    assert!(!is_late(DAY, Some(&held), due + 5.hours()));
    assert!(is_late(DAY, Some(&held), due + 29.hours()));
    assert!(!is_late(DAY, Some(&matched(&Report::default(), 0)), due + 99.hours()));
}

#[test]
fn a_days_fee_is_posted_once_and_made_up_where_the_channel_says_another() {
    let fee = |fen, posted: &[_]| charge_fee(Channel::Wechatpay, DAY, Fen(fen), posted, now());
    let first = fee(1_300, &[]).unwrap();
    assert_eq!((first.debit, first.credit), (LedgerAccount::ChannelFee, LedgerAccount::Clearing(Channel::Wechatpay)));
    assert_eq!(fee(1_300, std::slice::from_ref(&first)), None);
    let less = fee(1_200, std::slice::from_ref(&first)).unwrap();
    assert_ne!(less.posting_no, first.posting_no);
    assert_eq!(balance(&[first, less], LedgerAccount::ChannelFee), Some(Fen(1_200)));
    assert_eq!(fee(0, &[]), None);
}

#[test]
fn a_book_of_fees_is_read_back_by_its_name() {
    let book = charge_fee(Channel::Unionpay, DAY, Fen(1), &[], now()).unwrap().book;
    assert_eq!(book.to_string(), "fees#unionpay#2026-11-22");
    assert_eq!(book.to_string().try_into(), Ok(book));
}
