use crate::states::{life_cycle, names};
use serde::{Deserialize, Serialize};

/// Where a refund stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// A person asked for it; a second person must approve.
    Requested,
    /// To be sent to the channel. Whether the channel knows it is not certain.
    Approved,
    /// The channel took it.
    Processing,
    /// The payer has the money.
    Succeeded,
    /// Closed at the channel; the money is still with us. A person decides: another number, another way, or not at all.
    Failed,
    /// The payer's card cannot take it; a person must decide.
    Abnormal,
    /// The payer got the money another way than through the channel; two persons say so.
    PaidOtherwise,
    /// It does not go back: the second person declined, or what failed was given up.
    Declined,
}

/// What can happen to a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundEvent {
    /// A second person approves.
    Approve,
    /// A second person declines.
    Decline,
    /// The channel took it, or says it is under way.
    ChannelProcesses,
    /// Asked, the channel knows no such refund: send it again with the same number.
    ChannelSaysUnknown,
    /// The channel paid it out.
    ChannelSucceeded,
    /// The channel gave it up.
    ChannelClosed,
    /// The channel cannot pay it out.
    ChannelAbnormal,
    /// Staff sends what failed out again, under another number at the channel.
    RetryAsked,
    /// Staff paid it out another way, and a second person has seen the voucher.
    PaidOtherwise,
    /// Staff gives up what failed: the payment keeps its money.
    GivenUp,
}

names!(RefundStatus {
    Requested => "requested",
    Approved => "approved",
    Processing => "processing",
    Succeeded => "succeeded",
    Failed => "failed",
    Abnormal => "abnormal",
    PaidOtherwise => "paid_otherwise",
    Declined => "declined",
});

names!(RefundEvent {
    Approve => "approved by a second person",
    Decline => "declined",
    ChannelProcesses => "channel processes it",
    ChannelSaysUnknown => "channel says it knows no such refund",
    ChannelSucceeded => "channel succeeded",
    ChannelClosed => "channel closed it",
    ChannelAbnormal => "channel says abnormal",
    RetryAsked => "retry asked",
    PaidOtherwise => "paid another way, two persons say so",
    GivenUp => "given up",
});

life_cycle!("refund", RefundStatus on RefundEvent);

impl RefundStatus {
    /// The channel is still to be asked or told.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Approved | Self::Processing => true,
            Self::Requested
            | Self::Succeeded
            | Self::Failed
            | Self::Abnormal
            | Self::PaidOtherwise
            | Self::Declined => false,
        }
    }

    /// The payer has his money.
    pub const fn is_paid_out(self) -> bool {
        match self {
            Self::Succeeded | Self::PaidOtherwise => true,
            Self::Requested | Self::Approved | Self::Processing | Self::Failed | Self::Abnormal | Self::Declined => {
                false
            }
        }
    }

    const fn step(self, event: RefundEvent) -> Option<Self> {
        match event {
            RefundEvent::Approve => self.only(Self::Requested, Self::Approved),
            RefundEvent::Decline => self.only(Self::Requested, Self::Declined),
            RefundEvent::RetryAsked => self.only(Self::Failed, Self::Approved),
            RefundEvent::GivenUp => self.only(Self::Failed, Self::Declined),
            RefundEvent::ChannelSaysUnknown => match self {
                Self::Approved | Self::Processing => Some(Self::Approved),
                Self::Requested
                | Self::Succeeded
                | Self::Failed
                | Self::Abnormal
                | Self::PaidOtherwise
                | Self::Declined => None,
            },
            RefundEvent::PaidOtherwise => match self {
                Self::Failed | Self::Abnormal => Some(Self::PaidOtherwise),
                Self::Requested
                | Self::Approved
                | Self::Processing
                | Self::Succeeded
                | Self::PaidOtherwise
                | Self::Declined => None,
            },
            RefundEvent::ChannelProcesses => self.at_the_channel(Self::Processing),
            RefundEvent::ChannelSucceeded => self.at_the_channel(Self::Succeeded),
            RefundEvent::ChannelClosed => self.at_the_channel(Self::Failed),
            RefundEvent::ChannelAbnormal => self.at_the_channel(Self::Abnormal),
        }
    }

    const fn only(self, from: Self, to: Self) -> Option<Self> {
        if self as u8 == from as u8 { Some(to) } else { None }
    }

    /// What the channel says, of a refund it may know. An abnormal one may still go through there.
    const fn at_the_channel(self, to: Self) -> Option<Self> {
        match self {
            Self::Approved | Self::Processing | Self::Abnormal => Some(to),
            Self::Requested | Self::Succeeded | Self::Failed | Self::PaidOtherwise | Self::Declined => None,
        }
    }
}
