use super::PaymentStatus;
use crate::states::{life_cycle, names};

/// What can happen to a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PaymentEvent {
    /// The channel took the order.
    ChannelAccepted,
    /// The channel refused the order for good: it was never payable.
    ChannelRefused,
    /// Asked, the channel waits for the payer.
    ChannelSaysWaiting,
    /// Asked, the channel knows no such order. It may still be on its way there.
    ChannelSaysUnknown,
    /// The right amount arrived.
    MoneyArrived,
    /// Money arrived that cannot be booked: another amount, or nothing is owed any more.
    WrongMoneyArrived,
    /// The payer cancelled, or time ran out: the channel is asked to close the order.
    CloseAsked,
    /// The channel says that the order can no longer be paid.
    CloseConfirmed,
    /// Staff takes back what was recorded at the counter.
    Reversed,
}

names!(PaymentStatus {
    Submitting => "submitting",
    Pending => "pending",
    Closing => "closing",
    Paid => "paid",
    Reversed => "reversed",
    Closed => "closed",
    Rejected => "rejected",
});

names!(PaymentEvent {
    ChannelAccepted => "channel accepted the order",
    ChannelRefused => "channel refused the order",
    ChannelSaysWaiting => "channel says it waits for the payer",
    ChannelSaysUnknown => "channel says it knows no such order",
    MoneyArrived => "money arrived",
    WrongMoneyArrived => "wrong money arrived",
    CloseAsked => "close asked",
    CloseConfirmed => "close confirmed by the channel",
    Reversed => "taken back at the counter",
});

life_cycle!("payment", PaymentStatus on PaymentEvent);

impl PaymentStatus {
    /// Money may still arrive for it; it holds its bills.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Submitting | Self::Pending | Self::Closing => true,
            Self::Paid | Self::Reversed | Self::Closed | Self::Rejected => false,
        }
    }

    const fn step(self, event: PaymentEvent) -> Option<Self> {
        use PaymentEvent as On;
        match (self, event) {
            (Self::Submitting | Self::Pending, On::ChannelAccepted | On::ChannelSaysWaiting) => Some(Self::Pending),
            (Self::Submitting, On::ChannelRefused) => Some(Self::Rejected),
            // A repeated order that is refused (paid meanwhile, parameters differ) does not undo the first one.
            (Self::Pending | Self::Closing, On::ChannelRefused) => None,
            // The answer to creating may come after the cancel; the close goes on.
            (Self::Closing, On::ChannelAccepted | On::ChannelSaysWaiting) => Some(Self::Closing),
            (Self::Submitting | Self::Pending | Self::Closing, On::ChannelSaysUnknown) => Some(self),
            (Self::Submitting | Self::Pending | Self::Closing, On::MoneyArrived) => Some(Self::Paid),
            (Self::Submitting | Self::Pending | Self::Closing, On::WrongMoneyArrived) => Some(Self::Rejected),
            (Self::Submitting | Self::Pending | Self::Closing, On::CloseAsked) => Some(Self::Closing),
            (Self::Submitting | Self::Pending | Self::Closing, On::CloseConfirmed) => Some(Self::Closed),
            (Self::Paid, On::Reversed) => Some(Self::Reversed),
            (
                Self::Submitting | Self::Pending | Self::Closing | Self::Closed | Self::Rejected | Self::Reversed,
                On::Reversed,
            )
            | (
                Self::Paid | Self::Closed | Self::Rejected | Self::Reversed,
                On::ChannelAccepted
                | On::ChannelRefused
                | On::ChannelSaysWaiting
                | On::ChannelSaysUnknown
                | On::MoneyArrived
                | On::WrongMoneyArrived
                | On::CloseAsked
                | On::CloseConfirmed,
            ) => None,
        }
    }
}
