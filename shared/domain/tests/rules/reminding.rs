use crate::given::bill;
use heatpay_domain::{
    Fen, PaymentNo,
    bill::{Bill, BillStatus},
    reminder::{QuietHours, ReminderPlan, ReminderStage, Waves},
};
use jiff::civil::{Date, date, datetime, time};

fn plan() -> ReminderPlan {
    let stage =
        |name: &str, days_from_due, may_opt_out| ReminderStage { name: name.to_owned(), days_from_due, may_opt_out };
    ReminderPlan {
        stages: vec![stage("overdue", 1, true), stage("due_soon", -7, true), stage("last_notice", 15, false)],
        quiet_hours: QuietHours { from: time(21, 0, 0, 0), until: time(8, 30, 0, 0) },
        waves: Waves { size: 100, interval_s: 60 },
    }
}

fn due(bill: &Bill, on: Date, reached: &[&str]) -> Option<String> {
    let reached: Vec<String> = reached.iter().map(ToString::to_string).collect();
    plan().stage_due(bill, on, &reached).map(|stage| stage.name.clone())
}

#[test]
fn a_bill_due_at_the_end_of_the_year_is_reminded_by_its_stages() {
    let bill = bill(2026, 100);
    assert_eq!(due(&bill, date(2026, 12, 23), &[]), None);
    assert_eq!(due(&bill, date(2026, 12, 24), &[]).as_deref(), Some("due_soon"));
    assert_eq!(due(&bill, date(2027, 1, 1), &["due_soon"]).as_deref(), Some("overdue"));
    assert_eq!(due(&bill, date(2027, 1, 15), &["due_soon", "overdue"]).as_deref(), Some("last_notice"));
}

#[test]
fn each_stage_reaches_a_bill_once() {
    assert_eq!(due(&bill(2026, 100), date(2026, 12, 25), &["due_soon"]), None);
    assert_eq!(due(&bill(2026, 100), date(2028, 1, 1), &["last_notice"]), None);
}

#[test]
fn a_stage_that_was_missed_is_not_made_up_for() {
    assert_eq!(due(&bill(2026, 100), date(2027, 2, 1), &[]).as_deref(), Some("last_notice"));
    assert_eq!(due(&bill(2026, 100), date(2027, 2, 1), &["last_notice"]), None);
}

#[test]
fn who_owes_nothing_or_is_paying_is_left_in_peace() {
    let on = date(2027, 1, 2);
    for status in [BillStatus::Draft, BillStatus::Paid, BillStatus::Void] {
        let bill = Bill { status, ..bill(2026, 100) };
        assert_eq!(due(&bill, on, &[]), None, "{status:?}");
        assert_eq!(plan().next_stage(&bill, on), None);
    }
    assert_eq!(due(&Bill { paid: Fen(100), ..bill(2026, 100) }, on, &[]), None);
    let paying = Bill { open_payment: PaymentNo::parse("P0000001").ok(), ..bill(2026, 100) };
    assert_eq!(due(&paying, on, &[]), None);
    assert_eq!(plan().next_look(&paying, on, &[]), Some(on), "looked at again, the payment may come to nothing");
}

#[test]
fn the_next_stage_is_known_beforehand() {
    let (plan, bill) = (plan(), bill(2026, 100));
    let next = |after| plan.next_stage(&bill, after).map(|(stage, day)| (stage.name.as_str(), day));
    assert_eq!(next(date(2026, 10, 15)), Some(("due_soon", date(2026, 12, 24))));
    assert_eq!(next(date(2026, 12, 24)), Some(("overdue", date(2027, 1, 1))));
    assert_eq!(next(date(2027, 1, 15)), None);
    assert_eq!(plan.next_look(&bill, date(2026, 10, 15), &[]), Some(date(2026, 12, 24)));
    assert_eq!(plan.next_look(&bill, date(2026, 12, 25), &[]), Some(date(2026, 12, 25)));
    assert_eq!(plan.next_look(&bill, date(2026, 12, 25), &["due_soon".to_owned()]), Some(date(2027, 1, 1)));
}

#[test]
fn the_notice_before_heat_is_limited_may_not_be_declined() {
    assert!(!plan().stage("last_notice").unwrap().may_opt_out);
    assert!(plan().stage("nothing").is_none());
}

#[test]
fn nobody_is_disturbed_at_night() {
    let quiet = plan().quiet_hours;
    for (at, is_quiet) in
        [((20, 59), false), ((21, 0), true), ((23, 59), true), ((0, 0), true), ((8, 29), true), ((8, 30), false)]
    {
        assert_eq!(quiet.cover(time(at.0, at.1, 0, 0)), is_quiet, "{at:?}");
    }
    let next = |day, hour| quiet.next_allowed(datetime(2026, 12, day, hour, 0, 0, 0));
    assert_eq!(next(24, 22), datetime(2026, 12, 25, 8, 30, 0, 0));
    assert_eq!(next(25, 3), datetime(2026, 12, 25, 8, 30, 0, 0));
    assert_eq!(next(25, 12), datetime(2026, 12, 25, 12, 0, 0, 0));
}

#[test]
fn quiet_hours_within_a_day_are_as_good() {
    let noon = QuietHours { from: time(12, 0, 0, 0), until: time(14, 0, 0, 0) };
    assert!(noon.cover(time(13, 0, 0, 0)) && !noon.cover(time(14, 0, 0, 0)) && !noon.cover(time(2, 0, 0, 0)));
    assert_eq!(noon.next_allowed(datetime(2026, 12, 1, 12, 30, 0, 0)), datetime(2026, 12, 1, 14, 0, 0, 0));
}

#[test]
fn reminders_go_out_in_waves() {
    let waves = plan().waves;
    assert_eq!([0, 99, 100, 250].map(|nth| waves.delay_s(nth)), [0, 0, 60, 120]);
    assert_eq!(Waves { size: 0, interval_s: 1 }.delay_s(3), 3, "at least one at a time");
}
