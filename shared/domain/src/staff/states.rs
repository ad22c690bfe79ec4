use crate::states::{life_cycle, names};
use serde::{Deserialize, Serialize};

/// Whether somebody can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StaffStatus {
    /// Has an enrolment code; has not yet chosen a password and paired his authenticator.
    Invited,
    /// Signs in.
    Active,
    /// Left, or must not sign in for now. The number and the log stay.
    Disabled,
}

/// What can happen to a member of staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StaffEvent {
    /// He chose a password and showed the first code of his authenticator.
    Enrolled,
    /// An administrator disabled him.
    Disabled,
    /// An administrator gave him a new enrolment code; password and authenticator of before are forgotten.
    Reset,
}

names!(StaffStatus {
    Invited => "invited",
    Active => "active",
    Disabled => "disabled",
});

names!(StaffEvent {
    Enrolled => "enrolled",
    Disabled => "disabled by an administrator",
    Reset => "reset by an administrator",
});

life_cycle!("staff", StaffStatus on StaffEvent);

impl StaffStatus {
    const fn step(self, event: StaffEvent) -> Option<Self> {
        use StaffEvent as On;
        match (self, event) {
            (Self::Invited, On::Enrolled) => Some(Self::Active),
            (Self::Invited | Self::Active, On::Disabled) => Some(Self::Disabled),
            (Self::Invited | Self::Active | Self::Disabled, On::Reset) => Some(Self::Invited),
            (Self::Active | Self::Disabled, On::Enrolled) | (Self::Disabled, On::Disabled) => None,
        }
    }
}
