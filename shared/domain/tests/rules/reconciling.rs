//! Matching a statement against our books: what was planted is found, all of it and nothing else, in whatever order.

use crate::given::now;
use heatpay_domain::{
    Channel, Fen,
    reconcile::{Counts, DifferenceClass, OurBooks, Ours, Report},
    statement::{StatementKind, StatementLine},
};
use jiff::{
    SignedDuration,
    civil::{Date, date},
};
use proptest::{prelude::*, sample::select};
use std::collections::BTreeSet;

const DAY: Date = date(2026, 11, 22);

fn line(kind: StatementKind, number: u64, fen: i64) -> StatementLine {
    let refund = kind == StatementKind::Refund;
    StatementLine {
        kind,
        order_no: format!("P{number:026}"),
        channel_txn: format!("4200{number:024}"),
        refund_no: refund.then(|| format!("R{number:026}")),
        channel_refund_no: refund.then(|| format!("5030{number:024}")),
        amount: Fen(fen),
        fee: Fen(if refund { -fen * 6 / 1_000 } else { fen * 6 / 1_000 }),
        at: now(),
    }
}

fn ours(line: &StatementLine) -> Ours {
    Ours {
        kind: line.kind,
        order_no: Some(line.order_no.clone()),
        channel_txn: line.channel_txn.clone(),
        refund_no: line.refund_no.clone(),
        channel_refund_no: line.channel_refund_no.clone(),
        amount: line.amount,
        at: line.at,
    }
}

/// A world around one day: ours of the day and around it, the statement of the day and those around it.
#[derive(Clone, Debug, Default)]
struct Days {
    ours: Vec<Ours>,
    around: Vec<Ours>,
    lines: Vec<StatementLine>,
    lines_around: Vec<StatementLine>,
}

impl Days {
    fn reconcile(&self, next_day_known: bool) -> Report {
        let mut books = OurBooks::default();
        self.ours.iter().for_each(|ours| books.add(ours));
        self.around.iter().for_each(|ours| books.add_neighbour(ours));
        let mut matching = books.against_lines();
        self.lines.iter().for_each(|line| matching.take(line));
        if matching.asks_neighbours() {
            self.lines_around.iter().for_each(|line| matching.take_neighbour(line));
        }
        let mut finished = matching.finish(next_day_known);
        if finished.asks_our_books() {
            self.ours.iter().for_each(|ours| finished.take_ours(ours));
        }
        finished.report(Channel::Wechatpay, DAY, Some("ab".repeat(32)))
    }
}

fn named(report: &Report) -> BTreeSet<(DifferenceClass, String, u32)> {
    report.differences.iter().map(|found| (found.class, found.number.clone(), found.times)).collect()
}

#[derive(Clone, Copy, Debug)]
enum Fate {
    Matched,
    ChannelOnly,
    OursOnly,
    Differs,
    Doubled,
    Tripled,
    DoubledDiffering,
    InNextStatement,
    OfDayBefore,
    OfDayBeforeAndInBoth,
}

const FATES: [Fate; 10] = [
    Fate::Matched,
    Fate::ChannelOnly,
    Fate::OursOnly,
    Fate::Differs,
    Fate::Doubled,
    Fate::Tripled,
    Fate::DoubledDiffering,
    Fate::InNextStatement,
    Fate::OfDayBefore,
    Fate::OfDayBeforeAndInBoth,
];

/// A world of these fates, and what is to be named.
fn world(fates: &[(Fate, bool, i64)]) -> (Days, BTreeSet<(DifferenceClass, String, u32)>) {
    let (mut days, mut planted) = (Days::default(), BTreeSet::new());
    for (number, &(fate, refund, fen)) in fates.iter().enumerate() {
        let kind = if refund { StatementKind::Refund } else { StatementKind::Payment };
        let line = line(kind, number as u64, fen);
        let other = StatementLine { amount: Fen(fen + 1), ..line.clone() };
        let known_by = if refund { line.refund_no.clone().unwrap() } else { line.channel_txn.clone() };
        let mut plant = |class, times| planted.insert((class, known_by.clone(), times));
        match fate {
            Fate::ChannelOnly | Fate::OfDayBefore | Fate::OfDayBeforeAndInBoth => {}
            _ => days.ours.push(ours(&line)),
        }
        match fate {
            Fate::Matched => days.lines.push(line),
            Fate::ChannelOnly => {
                plant(DifferenceClass::ChannelOnly, 1);
                days.lines.push(line);
            }
            Fate::OursOnly => drop(plant(DifferenceClass::OursOnly, 1)),
            Fate::Differs => {
                plant(DifferenceClass::AmountDiffers, 1);
                days.lines.push(other);
            }
            Fate::Doubled => {
                plant(DifferenceClass::Duplicate, 1);
                days.lines.extend([line.clone(), line]);
            }
            Fate::Tripled => {
                plant(DifferenceClass::Duplicate, 2);
                days.lines.extend([line.clone(), line.clone(), line]);
            }
            Fate::DoubledDiffering => {
                plant(DifferenceClass::Duplicate, 1);
                days.lines.extend([line, other]);
            }
            Fate::InNextStatement => days.lines_around.push(line),
            Fate::OfDayBefore => {
                days.around.push(ours(&line));
                days.lines.push(line);
            }
            Fate::OfDayBeforeAndInBoth => {
                plant(DifferenceClass::Duplicate, 1);
                days.around.push(ours(&line));
                days.lines.push(line.clone());
                days.lines_around.push(line);
            }
        }
    }
    (days, planted)
}

fn fates() -> impl Strategy<Value = Vec<(Fate, bool, i64)>> {
    proptest::collection::vec((select(&FATES[..]), any::<bool>(), 1_i64..=40_000_000), 0..60)
}

proptest! {
    #[test]
    fn what_was_planted_is_named_and_nothing_else(fates in fates()) {
        let (days, planted) = world(&fates);
        prop_assert_eq!(named(&days.reconcile(true)), planted);
    }

    #[test]
    fn a_shuffled_statement_gives_the_same_bytes(fates in fates(), seed in any::<u64>()) {
        let (days, _) = world(&fates);
        let mut shuffled = days.clone();
        let mut state = seed;
        let mut order = |length: usize| {
            let mut places: Vec<usize> = (0..length).collect();
            for at in (1..length).rev() {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                places.swap(at, usize::try_from(state >> 33).unwrap() % (at + 1));
            }
            places
        };
        shuffled.lines = order(days.lines.len()).into_iter().map(|at| days.lines[at].clone()).collect();
        shuffled.ours = order(days.ours.len()).into_iter().map(|at| days.ours[at].clone()).collect();
        shuffled.lines_around.reverse();
        let bytes = |days: &Days| serde_json::to_vec(&days.reconcile(true)).unwrap();
        prop_assert_eq!(bytes(&days), bytes(&shuffled));
    }

    #[test]
    fn every_line_is_matched_or_a_difference(fates in fates()) {
        let (days, _) = world(&fates);
        let report = days.reconcile(true);
        let Counts { channel_only, amount_differs, duplicate, .. } = report.counts;
        let twice = fates.iter().filter(|(fate, ..)| matches!(fate, Fate::OfDayBeforeAndInBoth)).count() as u64;
        let matched = report.payments.matched + report.refunds.matched;
        prop_assert_eq!(
            report.payments.lines + report.refunds.lines + twice,
            matched + channel_only + amount_differs + duplicate
        );
    }
}

#[test]
fn lines_of_one_name_that_say_different_things_give_the_same_bytes_in_any_order() {
    let first = line(StatementKind::Payment, 1, 100);
    let others = [
        StatementLine { at: now() - SignedDuration::from_secs(1), ..first.clone() },
        StatementLine { order_no: "ANOTHER".to_owned(), ..first.clone() },
        StatementLine { fee: Fen(-1), ..first.clone() },
    ];
    for other in others {
        let report = |lines: [&StatementLine; 2]| {
            let lines = lines.map(Clone::clone).to_vec();
            serde_json::to_string(&Days { lines, ..Days::default() }.reconcile(true)).unwrap()
        };
        assert_eq!(report([&first, &other]), report([&other, &first]), "{other:?}");
    }
}

#[test]
fn what_the_channel_has_not_yet_is_held_until_the_next_statement_is_there() {
    let (days, planted) = world(&[(Fate::OursOnly, false, 223_800), (Fate::Matched, false, 100)]);
    let before = days.reconcile(false);
    assert_eq!((before.held, before.held_amount, before.differences.len()), (1, Fen(223_800), 0));
    let after = days.reconcile(true);
    assert_eq!((after.held, named(&after)), (0, planted));
    assert_eq!(after.differences[0].our_amount, Some(Fen(223_800)));
}

#[test]
fn an_empty_statement_of_a_day_without_business_has_nothing_to_explain() {
    let report = Days::default().reconcile(true);
    assert_eq!((report.counts, report.held, report.fee), (Counts::default(), 0, Fen::ZERO));
}

#[test]
fn fees_are_counted_once_a_payment_whatever_its_lines() {
    let (days, _) = world(&[
        (Fate::Matched, false, 100_000),
        (Fate::Doubled, false, 100_000),
        (Fate::ChannelOnly, false, 100_000),
        (Fate::Matched, true, 50_000),
    ]);
    assert_eq!(days.reconcile(true).fee, Fen(600 + 600 + 600 - 300));
}

#[test]
fn a_refund_is_known_by_the_channels_number_where_it_does_not_name_ours() {
    let (mut days, _) = world(&[(Fate::Matched, true, 100)]);
    days.lines[0].refund_no = None;
    assert_eq!(named(&days.reconcile(true)), BTreeSet::new());
}

#[test]
fn more_differences_than_can_be_named_are_counted() {
    let (days, planted) = world(&vec![(Fate::ChannelOnly, false, 100); 2_500]);
    let report = days.reconcile(true);
    assert_eq!((report.differences.len(), report.unnamed, report.counts.channel_only), (2_000, 500, 2_500));
    assert!(named(&report).is_subset(&planted));
}
