use super::{
    Key, Ours, key, known_by,
    named::{Name, Named, NamedLines},
    report::{Difference, DifferenceClass, MAX_NAMED, Report, Tally},
};
use crate::{
    Channel, Fen,
    statement::{StatementKind, StatementLine},
};
use jiff::civil::Date;
use std::collections::HashMap;

/// What is kept of money that our books have: 24 bytes, and 24 for each number it is known by.
#[derive(Clone, Copy)]
struct Kept {
    amount: i64,
    /// The largest fee of its lines; `i64::MIN` while there is none.
    fee: i64,
    /// Lines that name it with its amount.
    lines: u32,
    flags: u8,
}

const REFUND: u8 = 1;
/// It is of the day before or after: a line of it is no difference, its absence is not this day's.
const NEIGHBOUR: u8 = 2;
/// A line of another day's statement names it.
const ELSEWHERE: u8 = 4;
/// A line of this day's names it, whatever the amount.
const SEEN: u8 = 8;

/// Lines of a key that our books have not, or have with another amount.
struct Odd {
    /// The least of their amounts: that line counts, the others are too many.
    least: i64,
    fee: i64,
    refund: bool,
    lines: u64,
}

/// What our books have of a day, in a few bytes each.
#[derive(Default)]
pub struct OurBooks {
    kept: Vec<Kept>,
    index: Vec<(Key, u32)>,
}

impl OurBooks {
    /// Money of the statement's day.
    pub fn add(&mut self, ours: &Ours) {
        self.keep(ours, 0);
    }

    /// Money of the day before or after, or of any other day that a line was found to tell of: channels cut their days where
    /// they like.
    pub fn add_neighbour(&mut self, ours: &Ours) {
        self.keep(ours, NEIGHBOUR);
    }

    fn keep(&mut self, ours: &Ours, flags: u8) {
        let Ok(at) = u32::try_from(self.kept.len()) else { return };
        let flags = match ours.kind {
            StatementKind::Payment => flags,
            StatementKind::Refund => flags | REFUND,
        };
        self.kept.push(Kept { amount: ours.amount.0, fee: i64::MIN, lines: 0, flags });
        match ours.kind {
            StatementKind::Payment => self.index.push((key("payment", &ours.channel_txn), at)),
            StatementKind::Refund => {
                let own = ours.refund_no.iter().map(|number| key("refund", number));
                let theirs = ours.channel_refund_no.iter().map(|number| key("channel refund", number));
                self.index.extend(own.chain(theirs).map(|key| (key, at)));
            }
        }
    }

    /// Ready for the lines.
    pub fn against_lines(mut self) -> Matching {
        self.index.sort_unstable();
        // The same money given twice (as of the day and as a neighbour) is there once, as first given.
        self.index.dedup_by_key(|(key, _)| *key);
        Matching { books: self, odd: HashMap::new(), named: NamedLines::default(), tallies: Default::default() }
    }

    fn find(&self, key: &Key) -> Option<usize> {
        let at = self.index.binary_search_by(|(found, _)| found.cmp(key)).ok()?;
        usize::try_from(self.index.get(at)?.1).ok()
    }

    /// What is in the index: what was given twice is left out.
    fn each(&self) -> Vec<usize> {
        let mut all: Vec<usize> = self.index.iter().filter_map(|(_, at)| usize::try_from(*at).ok()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A statement being matched: first all lines of its own day, then (if [`Matching::asks_neighbours`]) those of the days around.
pub struct Matching {
    books: OurBooks,
    odd: HashMap<Key, Odd>,
    named: NamedLines,
    /// Payments, refunds.
    tallies: [Tally; 2],
}

impl Matching {
    /// Takes a line of the day's statement.
    pub fn take(&mut self, line: &StatementLine) {
        let (number, key) = known_by(line);
        let refund = line.kind == StatementKind::Refund;
        let tally = &mut self.tallies[usize::from(refund)];
        tally.lines += 1;
        tally.amount.0 = tally.amount.0.saturating_add(line.amount.0);
        if let Some(kept) = self.books.find(&key).and_then(|at| self.books.kept.get_mut(at)) {
            kept.fee = kept.fee.max(line.fee.0);
            kept.flags |= SEEN;
            if kept.amount == line.amount.0 {
                kept.lines = kept.lines.saturating_add(1);
                if kept.lines > 1 {
                    self.named.add(number, line);
                }
                return;
            }
        }
        let odd = self.odd.entry(key).or_insert(Odd { least: i64::MAX, fee: i64::MIN, refund, lines: 0 });
        odd.least = odd.least.min(line.amount.0);
        odd.fee = odd.fee.max(line.fee.0);
        odd.lines += 1;
        self.named.add(number, line);
    }

    /// Lines that our books of these days do not have; what the books have of them after all (of a day further off) is to be
    /// given to [`OurBooks::add_neighbour`], and the matching done again.
    pub fn unknown_lines(&self) -> Vec<StatementLine> {
        self.named.lines().filter(|line| self.books.find(&known_by(line).1).is_none()).cloned().collect()
    }

    /// Whether the statements of the days around say more.
    pub fn asks_neighbours(&self) -> bool {
        self.books.each().into_iter().any(|at| {
            let kept = self.books.kept[at];
            let (neighbour, seen) = (kept.flags & NEIGHBOUR != 0, kept.flags & SEEN != 0);
            neighbour == seen
        })
    }

    /// Takes a line of the statement of the day before or after.
    pub fn take_neighbour(&mut self, line: &StatementLine) {
        let (number, key) = known_by(line);
        let Some(kept) = self.books.find(&key).and_then(|at| self.books.kept.get_mut(at)) else { return };
        let twice = kept.flags & NEIGHBOUR != 0 && kept.flags & SEEN != 0 && kept.amount == line.amount.0;
        // Its own day's statement has it: the line of this day's is one too many.
        if twice && kept.flags & ELSEWHERE == 0 {
            kept.lines = kept.lines.saturating_add(1);
            self.named.add(number, line);
        }
        kept.flags |= ELSEWHERE;
    }

    /// What came of it. `next_day_known`: the day after has its statement, so what is in neither is missing; before, it is held.
    pub fn finish(self, next_day_known: bool) -> Finished {
        let mut report = Report { payments: self.tallies[0], refunds: self.tallies[1], ..Report::default() };
        for at in self.books.each() {
            self.books.kept[at].count(&mut report, next_day_known);
        }
        for (key, odd) in &self.odd {
            let ours = self.books.find(key).map(|at| self.books.kept[at].lines);
            let more = match ours {
                None => {
                    report.fee.0 = report.fee.0.saturating_add(odd.fee);
                    let waits = if odd.refund { 0 } else { 1 };
                    report.to_settle += waits;
                    report.counts.channel_only += 1;
                    odd.lines - 1
                }
                Some(0) => {
                    report.counts.amount_differs += 1;
                    odd.lines - 1
                }
                Some(_) => odd.lines,
            };
            report.counts.duplicate += more;
        }
        let Self { books, odd, named, .. } = self;
        for (name, named) in named.into_iter() {
            name_lines(&books, &odd, name, named, &mut report.differences);
        }
        Finished { books, report, next_day_known }
    }
}

impl Kept {
    fn count(self, report: &mut Report, next_day_known: bool) {
        let tally = if self.flags & REFUND == 0 { &mut report.payments } else { &mut report.refunds };
        if self.lines > 0 {
            tally.matched += 1;
            tally.matched_amount.0 = tally.matched_amount.0.saturating_add(self.amount);
        }
        if self.fee != i64::MIN {
            report.fee.0 = report.fee.0.saturating_add(self.fee);
        }
        report.counts.duplicate += u64::from(self.lines.saturating_sub(1));
        if self.is_absent() && next_day_known {
            report.counts.ours_only += 1;
        } else if self.is_absent() {
            report.held += 1;
            report.held_amount.0 = report.held_amount.0.saturating_add(self.amount);
        }
    }

    fn is_absent(self) -> bool {
        self.flags & (NEIGHBOUR | ELSEWHERE | SEEN) == 0
    }
}

/// Says what the lines of one name are.
fn name_lines(books: &OurBooks, odd: &HashMap<Key, Odd>, name: Name, named: Named, into: &mut Vec<Difference>) {
    let key = known_by(&named.line).1;
    let (_, number, amount) = name;
    let kept = books.find(&key).map(|at| books.kept[at]);
    let ours = kept.map(|kept| Fen(kept.amount));
    let difference = |class, times| Difference::of_line(class, &number, &named.line, ours, times);
    let first = match kept {
        Some(kept) if kept.amount == amount => {
            into.push(difference(DifferenceClass::Duplicate, kept.lines.saturating_sub(1)));
            return;
        }
        Some(kept) if kept.lines > 0 => None,
        Some(_) => Some(DifferenceClass::AmountDiffers),
        None => Some(DifferenceClass::ChannelOnly),
    };
    let first = first.filter(|_| odd.get(&key).is_some_and(|odd| odd.least == amount));
    let more = named.lines - u32::from(first.is_some());
    into.extend(first.map(|class| difference(class, 1)));
    if more > 0 {
        into.push(difference(DifferenceClass::Duplicate, more));
    }
}

/// Matched. What our books have and the channel has not is still to be named: the books, read once more, name it.
pub struct Finished {
    books: OurBooks,
    report: Report,
    next_day_known: bool,
}

impl Finished {
    /// Whether there is something of ours to be named.
    pub fn asks_our_books(&self) -> bool {
        self.next_day_known && self.report.counts.ours_only > 0
    }

    /// Names money of the day, if the channel has it not.
    pub fn take_ours(&mut self, ours: &Ours) {
        let own = match ours.kind {
            StatementKind::Payment => "payment",
            StatementKind::Refund => "refund",
        };
        let absent = self.books.find(&key(own, ours.number())).is_some_and(|at| self.books.kept[at].is_absent());
        if self.next_day_known && absent {
            self.report.differences.push(Difference::of_ours(ours));
            if self.report.differences.len() > 4 * MAX_NAMED {
                self.report.keep_first();
            }
        }
    }

    /// The result: the same for the same books and lines, in whichever order they came.
    pub fn report(mut self, channel: Channel, day: Date, statement_sha256: Option<String>) -> Report {
        self.report.keep_first();
        Report { channel, day, statement_sha256, ..self.report }
    }
}
