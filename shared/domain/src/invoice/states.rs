use crate::states::{life_cycle, names};
use serde::{Deserialize, Serialize};

/// Where an invoice stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvoiceStatus {
    /// To be sent to the platform. Whether the platform knows it is not certain.
    Requested,
    /// The platform works on it.
    Issuing,
    /// Issued.
    Issued,
    /// The platform could not issue it.
    Failed,
    /// 已红冲: taken back by a red invoice.
    Reversed,
}

/// What can happen to an invoice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum InvoiceEvent {
    /// The platform took it, or says it works on it.
    PlatformIssuing,
    /// Asked, the platform knows no such order: send it again with the same number.
    PlatformSaysUnknown,
    /// The platform issued it.
    PlatformIssued,
    /// The platform refused or failed.
    PlatformFailed,
    /// Staff or the resident, after a correction, has it sent again.
    RetryAsked,
    /// The red invoice was issued.
    PlatformReversed,
}

names!(InvoiceStatus {
    Requested => "requested",
    Issuing => "issuing",
    Issued => "issued",
    Failed => "failed",
    Reversed => "reversed",
});

names!(InvoiceEvent {
    PlatformIssuing => "platform is issuing",
    PlatformSaysUnknown => "platform says it knows no such order",
    PlatformIssued => "platform issued",
    PlatformFailed => "platform failed",
    RetryAsked => "retry asked",
    PlatformReversed => "platform reversed",
});

life_cycle!("invoice", InvoiceStatus on InvoiceEvent);

impl InvoiceStatus {
    /// The platform is still to be asked or told.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Requested | Self::Issuing => true,
            Self::Issued | Self::Failed | Self::Reversed => false,
        }
    }

    const fn step(self, event: InvoiceEvent) -> Option<Self> {
        use InvoiceEvent as On;
        match (self, event) {
            (Self::Requested | Self::Issuing, On::PlatformIssuing) => Some(Self::Issuing),
            (Self::Requested | Self::Issuing, On::PlatformSaysUnknown) => Some(Self::Requested),
            // The drawer signed in at the tax bureau and the platform went on by itself.
            (Self::Failed, On::PlatformIssuing) => Some(Self::Issuing),
            (Self::Requested | Self::Issuing | Self::Failed, On::PlatformIssued) => Some(Self::Issued),
            (Self::Requested | Self::Issuing, On::PlatformFailed) => Some(Self::Failed),
            (Self::Failed, On::PlatformFailed) => Some(Self::Failed),
            (Self::Failed, On::RetryAsked) => Some(Self::Requested),
            (Self::Issued, On::PlatformReversed) => Some(Self::Reversed),
            (Self::Requested | Self::Issuing, On::RetryAsked | On::PlatformReversed)
            | (Self::Failed, On::PlatformSaysUnknown | On::PlatformReversed)
            | (
                Self::Issued,
                On::PlatformIssuing
                | On::PlatformSaysUnknown
                | On::PlatformIssued
                | On::PlatformFailed
                | On::RetryAsked,
            )
            | (
                Self::Reversed,
                On::PlatformIssuing
                | On::PlatformSaysUnknown
                | On::PlatformIssued
                | On::PlatformFailed
                | On::RetryAsked
                | On::PlatformReversed,
            ) => None,
        }
    }
}
