use super::{Difference, DifferenceClass};
use crate::{
    CaseNo, Channel, StaffNo,
    statement::StatementKind,
    states::{Refused, life_cycle, names},
};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Where a difference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CaseState {
    /// Somebody has to look.
    Open,
    /// Explained, by a person or because it is no more.
    Resolved,
}

/// What can happen to a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaseEvent {
    /// A person says why it is.
    PersonResolves,
    /// The day is matched again, and it is gone.
    Vanished,
    /// The day is matched again, and what had gone by itself is back.
    Returned,
}

names!(CaseState {
    Open => "open",
    Resolved => "resolved",
});

names!(CaseEvent {
    PersonResolves => "a person resolves it",
    Vanished => "matched again, it is gone",
    Returned => "matched again, it is back",
});

life_cycle!("reconciliation case", CaseState on CaseEvent);

impl CaseState {
    const fn step(self, event: CaseEvent) -> Option<Self> {
        match (self, event) {
            (Self::Open, CaseEvent::PersonResolves | CaseEvent::Vanished) => Some(Self::Resolved),
            (Self::Resolved, CaseEvent::Returned) => Some(Self::Open),
            (Self::Open, CaseEvent::Returned) | (Self::Resolved, CaseEvent::PersonResolves | CaseEvent::Vanished) => {
                None
            }
        }
    }
}

/// What a person might do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProposedAction {
    /// Nothing: it becomes evidence and settles.
    Settle,
    /// Ask the channel about the refund; if it is ours, the next asking completes it, if not, find out who gave it.
    FollowRefund,
    /// Ask the channel for the money: with the order's query and its customer service.
    AskChannel,
    /// Compare the channel's voucher with the receipt, and correct by a posting or a refund.
    CompareVouchers,
    /// Have the channel make the statement anew.
    AskNewStatement,
}

names!(ProposedAction {
    Settle => "settle",
    FollowRefund => "follow_refund",
    AskChannel => "ask_channel",
    CompareVouchers => "compare_vouchers",
    AskNewStatement => "ask_new_statement",
});

impl ProposedAction {
    /// The one for a difference.
    pub const fn of(class: DifferenceClass, kind: StatementKind) -> Self {
        match (class, kind) {
            (DifferenceClass::ChannelOnly, StatementKind::Payment) => Self::Settle,
            (DifferenceClass::ChannelOnly, StatementKind::Refund) => Self::FollowRefund,
            (DifferenceClass::OursOnly, _) => Self::AskChannel,
            (DifferenceClass::AmountDiffers, _) => Self::CompareVouchers,
            (DifferenceClass::Duplicate, _) => Self::AskNewStatement,
        }
    }
}

/// Who resolved a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resolver {
    /// A person.
    Staff(StaffNo),
    /// Matching again: it was no more.
    Rerun,
}

/// How it was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// By whom.
    pub by: Resolver,
    /// Why the difference is all right now, 1–200 characters.
    pub reason: String,
    /// When.
    pub at: Timestamp,
}

/// A difference that somebody has to explain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its number.
    pub case_no: CaseNo,
    /// The channel.
    pub channel: Channel,
    /// The statement's day.
    pub day: Date,
    /// What differs.
    pub difference: Difference,
    /// What might be done.
    pub action: ProposedAction,
    /// Where it stands.
    pub state: CaseState,
    /// When it was found.
    pub opened_at: Timestamp,
    /// How it was resolved.
    pub resolution: Option<Resolution>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}

impl Case {
    /// A difference that was found.
    pub fn open(channel: Channel, day: Date, difference: &Difference, now: Timestamp) -> Self {
        Self {
            case_no: difference.case_no(channel, day),
            channel,
            day,
            action: ProposedAction::of(difference.class, difference.kind),
            difference: difference.clone(),
            state: CaseState::Open,
            opened_at: now,
            resolution: None,
            version: 1,
        }
    }

    /// The same case, resolved by a person; refused if it is already.
    pub fn resolve(&self, by: StaffNo, reason: String, at: Timestamp) -> Result<Self, Refused> {
        let state = self.state.on(CaseEvent::PersonResolves)?;
        let resolution = Some(Resolution { by: Resolver::Staff(by), reason, at });
        Ok(Self { state, resolution, version: self.version + 1, ..self.clone() })
    }

    /// What matching the day again makes of it; `None` where it stays. What a person explained stays explained, there or not.
    pub fn after_rerun(&self, found: bool, at: Timestamp) -> Option<Self> {
        let by_rerun = self.resolution.as_ref().is_some_and(|resolution| resolution.by == Resolver::Rerun);
        let (event, resolution) = match (self.state, found) {
            (CaseState::Open, true) => return None,
            (CaseState::Open, false) => {
                let reason = "再次对账时已一致".to_owned();
                (CaseEvent::Vanished, Some(Resolution { by: Resolver::Rerun, reason, at }))
            }
            (CaseState::Resolved, true) if by_rerun => (CaseEvent::Returned, None),
            (CaseState::Resolved, true | false) => return None,
        };
        let state = self.state.on(event).ok()?;
        Some(Self { state, resolution, version: self.version + 1, ..self.clone() })
    }
}
