use super::Ours;
use crate::{
    CaseNo, Channel, Fen,
    statement::{StatementKind, StatementLine},
    states::names,
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// How many differences of a day are named; the others are counted, and named once these are gone.
pub const MAX_NAMED: usize = 2_000;

/// What kind of difference it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DifferenceClass {
    /// The channel has it, our books do not.
    ChannelOnly,
    /// Our books have it; neither this day's statement nor those around do.
    OursOnly,
    /// Both have it, with different amounts.
    AmountDiffers,
    /// The channel names it more often than once.
    Duplicate,
}

names!(DifferenceClass {
    ChannelOnly => "channel_only",
    OursOnly => "ours_only",
    AmountDiffers => "amount_differs",
    Duplicate => "duplicate",
});

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Difference {
    /// What kind.
    pub class: DifferenceClass,
    /// Of money that came, or went back.
    pub kind: StatementKind,
    /// What the money is known by: the channel's transaction of a payment, our number of a refund (or the channel's).
    pub number: String,
    /// What the channel says, in fen.
    pub channel_amount: Option<Fen>,
    /// What our books say, in fen.
    pub our_amount: Option<Fen>,
    /// How many lines it is.
    pub times: u32,
    /// The order number, where one line tells it.
    pub order_no: Option<String>,
    /// The channel's transaction the money came by, where one line tells it.
    pub channel_txn: Option<String>,
    /// When, where one line tells it.
    pub at: Option<Timestamp>,
}

impl Difference {
    pub(super) fn of_line(
        class: DifferenceClass,
        number: &str,
        line: &StatementLine,
        our_amount: Option<Fen>,
        times: u32,
    ) -> Self {
        // Lines that are too many may differ in what else they say; which of them came first is no matter.
        let single = class != DifferenceClass::Duplicate;
        Self {
            class,
            kind: line.kind,
            number: number.to_owned(),
            channel_amount: Some(line.amount),
            our_amount,
            times,
            order_no: single.then(|| line.order_no.clone()),
            channel_txn: single.then(|| line.channel_txn.clone()),
            at: single.then_some(line.at),
        }
    }

    pub(super) fn of_ours(ours: &Ours) -> Self {
        Self {
            class: DifferenceClass::OursOnly,
            kind: ours.kind,
            number: ours.number().to_owned(),
            channel_amount: None,
            our_amount: Some(ours.amount),
            times: 1,
            order_no: ours.order_no.clone(),
            channel_txn: Some(ours.channel_txn.clone()),
            at: Some(ours.at),
        }
    }

    /// The case it is: found again it has the same number, with another amount it is another.
    pub fn case_no(&self, channel: Channel, day: Date) -> CaseNo {
        let amount = |amount: Option<Fen>| amount.map(|fen| fen.0.to_string()).unwrap_or_default();
        CaseNo::of_cause(&[
            channel.name(),
            &day.to_string(),
            self.class.name(),
            self.kind.name(),
            &self.number,
            &amount(self.channel_amount),
            &amount(self.our_amount),
        ])
    }

    /// It becomes evidence and settles by itself; any other is for a person.
    pub fn settles(&self) -> bool {
        match (self.class, self.kind) {
            (DifferenceClass::ChannelOnly, StatementKind::Payment) => true,
            (DifferenceClass::ChannelOnly, StatementKind::Refund)
            | (DifferenceClass::OursOnly | DifferenceClass::AmountDiffers | DifferenceClass::Duplicate, _) => false,
        }
    }
}

/// Payments or refunds of a statement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Lines of the statement.
    pub lines: u64,
    /// What they come to, in fen.
    pub amount: Fen,
    /// How many of ours the channel has with the same amount.
    pub matched: u64,
    /// What they come to, in fen.
    pub matched_amount: Fen,
}

/// How many differences of each class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The channel's only.
    pub channel_only: u64,
    /// Ours only.
    pub ours_only: u64,
    /// Another amount.
    pub amount_differs: u64,
    /// Lines too many.
    pub duplicate: u64,
}

/// What came of matching a day. The same books and the same file give the same report, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The channel.
    pub channel: Channel,
    /// The day, as the channel counts days.
    pub day: Date,
    /// The file's SHA-256, hexadecimal; `None` where the channel says that nothing happened.
    pub statement_sha256: Option<String>,
    /// Money that came.
    pub payments: Tally,
    /// Money that went back.
    pub refunds: Tally,
    /// What the channel keeps, in fen; of lines that are there twice once.
    pub fee: Fen,
    /// Money of ours that may still come in the next day's statement.
    pub held: u64,
    /// What it comes to, in fen.
    pub held_amount: Fen,
    /// Payments that only the channel has: evidence, to be settled.
    pub to_settle: u64,
    /// All differences, named or not.
    pub counts: Counts,
    /// The first [`MAX_NAMED`] differences, in order.
    pub differences: Vec<Difference>,
    /// How many differences are not named.
    pub unnamed: u64,
}

impl Default for Report {
    fn default() -> Self {
        Self {
            channel: Channel::Wechatpay,
            day: Date::default(),
            statement_sha256: None,
            payments: Tally::default(),
            refunds: Tally::default(),
            fee: Fen::ZERO,
            held: 0,
            held_amount: Fen::ZERO,
            to_settle: 0,
            counts: Counts::default(),
            differences: Vec::new(),
            unnamed: 0,
        }
    }
}

impl Report {
    /// Sorts the differences, keeps those that are named and counts the others.
    pub(super) fn keep_first(&mut self) {
        self.differences.sort_unstable();
        self.differences.truncate(MAX_NAMED);
        let Counts { channel_only, ours_only, amount_differs, duplicate } = self.counts;
        let named: u64 = self.differences.iter().map(|difference| u64::from(difference.times)).sum();
        self.unnamed = (channel_only + ours_only + amount_differs + duplicate).saturating_sub(named);
    }
}
