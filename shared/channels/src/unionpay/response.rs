//! Response codes, by what may be done next.

use crate::ChannelError;
use heatpay_domain::Channel;

/// What a code means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// 00, and A6: done with a defect, which the statement will show.
    Done,
    /// 42: the money was taken after the order's time.
    PaidLate,
    /// 03, 04, 05: under way, or nobody knows.
    Pending,
    /// 06, 37: nothing was done, later it may.
    Busy,
    /// 34: no such transaction.
    NotFound,
    /// 12: that number was sent before.
    Duplicate,
    /// 98: the file is not made yet.
    NotReady,
    /// 43–46: another transaction did it, or undid it.
    Conflict,
    /// 60–73, 75–79: the card cannot.
    Card,
    /// Refused for good.
    Refused,
    /// Our request, keys or rights are wrong.
    Ours,
    /// 74, 99 and what is not known: only a query tells, or the statement.
    Unclear,
}

impl Class {
    pub(super) fn of(code: &str) -> Self {
        match code {
            "00" | "A6" => Self::Done,
            "42" => Self::PaidLate,
            "03" | "04" | "05" => Self::Pending,
            "06" | "37" => Self::Busy,
            "34" => Self::NotFound,
            "12" => Self::Duplicate,
            "98" => Self::NotReady,
            "43" | "44" | "45" | "46" => Self::Conflict,
            "01" | "02" | "33" | "35" | "36" | "38" | "39" | "40" | "41" => Self::Refused,
            "10" | "11" | "13" | "14" | "30" | "31" | "32" => Self::Ours,
            "60" | "61" | "62" | "63" | "64" | "65" | "66" | "67" | "68" | "69" | "70" | "71" | "72" | "73" | "75"
            | "76" | "77" | "78" | "79" => Self::Card,
            _ => Self::Unclear,
        }
    }

    /// What the answer to a request that changes something comes to, where it is no success.
    pub(super) fn error(self, code: &str, message: &str) -> ChannelError {
        let (channel, code) = (Channel::Unionpay, code.to_owned());
        match self {
            Self::Busy | Self::NotReady => ChannelError::TryLater { channel, code },
            Self::Ours => ChannelError::Misconfigured { channel, code },
            Self::Refused | Self::Card | Self::Conflict | Self::NotFound => {
                ChannelError::Refused { channel, code, message: message.to_owned() }
            }
            Self::Done | Self::PaidLate | Self::Pending | Self::Duplicate | Self::Unclear => {
                unclear(Unclear { code, message: message.to_owned() })
            }
        }
    }
}

/// An answer that leaves open whether it was done.
#[derive(Debug, thiserror::Error)]
#[error("{code} {message}")]
pub(super) struct Unclear {
    pub(super) code: String,
    pub(super) message: String,
}

/// The other side may have done it.
pub(super) fn unclear(source: impl std::error::Error + Send + Sync + 'static) -> ChannelError {
    ChannelError::OutcomeUnknown { channel: Channel::Unionpay, source: Box::new(source) }
}

/// The answer is not what it must be.
pub(super) fn unreadable(what: &str) -> ChannelError {
    unclear(Unclear { code: String::new(), message: format!("the answer has no {what}") })
}
