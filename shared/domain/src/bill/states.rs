use super::BillStatus;
use crate::states::{life_cycle, names};

/// What can happen to a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BillEvent {
    /// The company issues it: from now on it is owed and in the ledger.
    Issue,
    /// A part of the principal was paid.
    PartPaid,
    /// The last of the principal was paid.
    PaidInFull,
    /// The company withdraws it.
    Withdraw,
    /// Principal that was paid went back to its payer: it is owed again.
    TakenBack,
}

names!(BillStatus {
    Draft => "draft",
    Issued => "issued",
    Paid => "paid",
    Void => "void",
});

names!(BillEvent {
    Issue => "issued",
    PartPaid => "part paid",
    PaidInFull => "paid in full",
    Withdraw => "withdrawn",
    TakenBack => "a payment of it taken back",
});

life_cycle!("bill", BillStatus on BillEvent);

impl BillStatus {
    const fn step(self, event: BillEvent) -> Option<Self> {
        match (self, event) {
            (Self::Draft, BillEvent::Issue) => Some(Self::Issued),
            (Self::Issued, BillEvent::PartPaid) => Some(Self::Issued),
            (Self::Issued, BillEvent::PaidInFull) => Some(Self::Paid),
            (Self::Issued | Self::Paid, BillEvent::TakenBack) => Some(Self::Issued),
            (Self::Draft | Self::Issued, BillEvent::Withdraw) => Some(Self::Void),
            (Self::Draft, BillEvent::PartPaid | BillEvent::PaidInFull | BillEvent::TakenBack)
            | (Self::Issued, BillEvent::Issue)
            | (Self::Void, BillEvent::TakenBack)
            | (
                Self::Paid | Self::Void,
                BillEvent::Issue | BillEvent::PartPaid | BillEvent::PaidInFull | BillEvent::Withdraw,
            ) => None,
        }
    }
}
