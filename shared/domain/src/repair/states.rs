use crate::states::{life_cycle, names};
use serde::{Deserialize, Serialize};

/// What kind of fault, in the trade's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairCategory {
    /// 不热
    NotWarm,
    /// 漏水
    Leak,
    /// 阀门
    Valve,
    /// 计量表
    Meter,
    /// 管道
    Pipe,
    /// 其他
    Other,
}

/// Where a repair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RepairStatus {
    /// Reported, nobody has it yet.
    Submitted,
    /// Somebody of the company has it.
    Assigned,
    /// He is at it.
    Working,
    /// The company says it is mended.
    Done,
    /// The resident has said what he thinks of it.
    Rated,
    /// Taken back, or not the company's to mend.
    Cancelled,
}

/// What can happen to a repair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RepairEvent {
    /// Staff gives it to somebody; also to somebody else.
    Dispatched,
    /// He begins.
    Started,
    /// He is done.
    Finished,
    /// The resident says what he thinks of it.
    Rated,
    /// The resident takes the report back; not while somebody is at it.
    Withdrawn,
    /// The company will not mend it (reported twice, not its pipe).
    TurnedDown,
}

names!(RepairCategory {
    NotWarm => "not_warm",
    Leak => "leak",
    Valve => "valve",
    Meter => "meter",
    Pipe => "pipe",
    Other => "other",
});

names!(RepairStatus {
    Submitted => "submitted",
    Assigned => "assigned",
    Working => "working",
    Done => "done",
    Rated => "rated",
    Cancelled => "cancelled",
});

names!(RepairEvent {
    Dispatched => "given to a worker",
    Started => "work started",
    Finished => "work finished",
    Rated => "rated by the resident",
    Withdrawn => "taken back by the resident",
    TurnedDown => "turned down by the company",
});

life_cycle!("repair", RepairStatus on RepairEvent);

impl RepairStatus {
    /// The company has something to do.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Submitted | Self::Assigned | Self::Working => true,
            Self::Done | Self::Rated | Self::Cancelled => false,
        }
    }

    const fn step(self, event: RepairEvent) -> Option<Self> {
        use RepairEvent as On;
        match (self, event) {
            (Self::Submitted | Self::Assigned, On::Dispatched) => Some(Self::Assigned),
            (Self::Assigned, On::Started) => Some(Self::Working),
            (Self::Working, On::Finished) => Some(Self::Done),
            (Self::Done, On::Rated) => Some(Self::Rated),
            (Self::Submitted | Self::Assigned, On::Withdrawn)
            | (Self::Submitted | Self::Assigned | Self::Working, On::TurnedDown) => Some(Self::Cancelled),
            (Self::Submitted, On::Started | On::Finished | On::Rated)
            | (Self::Assigned, On::Finished | On::Rated)
            | (Self::Working, On::Dispatched | On::Started | On::Rated | On::Withdrawn)
            | (Self::Done, On::Dispatched | On::Started | On::Finished | On::Withdrawn | On::TurnedDown)
            | (
                Self::Rated | Self::Cancelled,
                On::Dispatched | On::Started | On::Finished | On::Rated | On::Withdrawn | On::TurnedDown,
            ) => None,
        }
    }
}
