use super::{Counts, Report, Tally};
use crate::{Channel, Fen, states::names};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// How long until a day is looked at again that waits for a settlement or for the channel.
const AGAIN: SignedDuration = SignedDuration::from_mins(30);

/// How long until a day with cases is: some go by themselves, as a refund does that the channel told of late.
const NEXT_DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long until the day is looked at again by itself.
fn looked_at_again(report: &Report, open_cases: u64) -> Option<SignedDuration> {
    match (report.to_settle, open_cases + report.unnamed) {
        (1.., _) => Some(AGAIN),
        (0, 1..) => Some(NEXT_DAY),
        (0, 0) => None,
    }
}

/// Where the reconciliation of a day stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DayState {
    /// Something is not explained.
    Open,
    /// Nothing is unexplained.
    Closed,
}

names!(DayState {
    Open => "open",
    Closed => "closed",
});

/// Why the last run came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunProblem {
    /// The channel has not made the statement yet, or does not answer.
    NotReady,
    /// The channel refuses, or our settings are wrong.
    Refused,
    /// The file is damaged, not whole, not readable or of somebody else; nothing of it was used.
    BadFile,
}

names!(RunProblem {
    NotReady => "not_ready",
    Refused => "refused",
    BadFile => "bad_file",
});

/// The file as the channel gave it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptFile {
    /// Its key in the bucket.
    pub key: String,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

/// The reconciliation of a channel's day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReconcileDay {
    /// The channel.
    pub channel: Channel,
    /// The day, as the channel counts days.
    pub day: Date,
    /// Where it stands.
    pub state: DayState,
    /// The statement; `None` while there is none, or where nothing happened.
    pub file: Option<KeptFile>,
    /// The channel says that nothing happened.
    pub nothing_happened: bool,
    /// Money that came.
    pub payments: Tally,
    /// Money that went back.
    pub refunds: Tally,
    /// What the channel keeps, in fen.
    pub fee: Fen,
    /// Money of ours that may still come in the next day's statement.
    pub held: u64,
    /// Payments that only the channel has, on their way to be settled.
    pub to_settle: u64,
    /// All differences.
    pub counts: Counts,
    /// Differences beyond those that are named.
    pub unnamed: u64,
    /// Cases that are open.
    pub open_cases: u64,
    /// The result.
    pub result: Option<KeptFile>,
    /// Why the last run came to nothing.
    pub problem: Option<RunProblem>,
    /// When it is to be looked at again by itself; `None`: not before somebody asks, or the next day's statement is there.
    pub again_at: Option<Timestamp>,
    /// When it was last run.
    pub ran_at: Timestamp,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}

impl ReconcileDay {
    /// A day that is taken up.
    pub fn begin(channel: Channel, day: Date, now: Timestamp) -> Self {
        Self {
            channel,
            day,
            state: DayState::Open,
            file: None,
            nothing_happened: false,
            payments: Tally::default(),
            refunds: Tally::default(),
            fee: Fen::ZERO,
            held: 0,
            to_settle: 0,
            counts: Counts::default(),
            unnamed: 0,
            open_cases: 0,
            result: None,
            problem: None,
            again_at: Some(now),
            ran_at: now,
            closed_at: None,
            version: 0,
        }
    }

    /// The channel has said all of it.
    pub const fn has_statement(&self) -> bool {
        self.nothing_happened || self.file.is_some()
    }

    /// After a run that came to nothing; what an earlier one found stays.
    #[must_use]
    pub fn failed(self, problem: RunProblem, now: Timestamp) -> Self {
        let again_at = Some(now + AGAIN);
        Self { problem: Some(problem), again_at, ran_at: now, version: self.version + 1, ..self }
    }

    /// After a run.
    #[must_use]
    pub fn matched(
        self,
        report: &Report,
        file: Option<KeptFile>,
        result: KeptFile,
        open_cases: u64,
        now: Timestamp,
    ) -> Self {
        Self {
            nothing_happened: file.is_none(),
            file,
            payments: report.payments,
            refunds: report.refunds,
            fee: report.fee,
            held: report.held,
            to_settle: report.to_settle,
            counts: report.counts,
            unnamed: report.unnamed,
            open_cases,
            result: Some(result),
            problem: None,
            again_at: looked_at_again(report, open_cases).map(|wait| now + wait),
            ran_at: now,
            version: self.version + 1,
            ..self
        }
        .judged(now)
    }

    /// After a person resolved one of its cases.
    #[must_use]
    pub fn case_resolved(self, now: Timestamp) -> Self {
        Self { open_cases: self.open_cases.saturating_sub(1), version: self.version + 1, ..self }.judged(now)
    }

    /// Closed when nothing is unexplained.
    fn judged(self, now: Timestamp) -> Self {
        let explained = self.has_statement()
            && self.problem.is_none()
            && self.held == 0
            && self.to_settle == 0
            && self.open_cases == 0
            && self.unnamed == 0;
        let (state, closed_at) = match (explained, self.state) {
            (true, DayState::Closed) => (DayState::Closed, self.closed_at),
            (true, DayState::Open) => (DayState::Closed, Some(now)),
            (false, DayState::Open | DayState::Closed) => (DayState::Open, None),
        };
        Self { state, closed_at, ..self }
    }
}
