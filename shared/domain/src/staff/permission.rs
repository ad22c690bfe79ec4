use super::Role;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Something a member of staff may or may not do. Every staff endpoint names one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See his own account, change his own password.
    OwnAccount,
    /// Enter, change, disable and reset staff.
    StaffManage,
    /// Read the operation log and verify its chains.
    AuditView,
    /// Recompute the balances of all books.
    BooksAudit,
    /// Look up households, bills, payments, invoices.
    HouseholdView,
    /// Import and change households.
    HouseholdChange,
    /// Tariffs, billing runs, issuing bills.
    BillManage,
    /// Record cash, POS, cheque or transfer at the counter, prepayments too.
    CounterRecord,
    /// Take back what was recorded at the counter the same day.
    CounterReverse,
    /// Close one's own counter for the day.
    DayClose,
    /// See everybody's day-closes.
    DayCloseView,
    /// See refunds.
    RefundView,
    /// Ask for a refund.
    RefundRequest,
    /// Approve or decline a refund another person asked for.
    RefundApprove,
    /// Decide about a refund the channel closed or found abnormal.
    RefundResolve,
    /// Pay a prepayment back to where it came from.
    PrepaymentReturn,
    /// Ask that a bill be written down.
    WriteDownRequest,
    /// Approve or decline a write-down another person asked for.
    WriteDownApprove,
    /// See reconciliations, their cases and fees.
    ReconcileView,
    /// Fetch a channel's statement of a day and match it now.
    ReconcileRun,
    /// Resolve a difference with a reason.
    ReconcileResolve,
    /// See faults and their repair.
    RepairView,
    /// Dispatch, follow and close repairs.
    RepairManage,
    /// Collection rates and trends.
    StatsView,
}

crate::states::names!(Permission {
    OwnAccount => "own_account",
    StaffManage => "staff_manage",
    AuditView => "audit_view",
    BooksAudit => "books_audit",
    HouseholdView => "household_view",
    HouseholdChange => "household_change",
    BillManage => "bill_manage",
    CounterRecord => "counter_record",
    CounterReverse => "counter_reverse",
    DayClose => "day_close",
    DayCloseView => "day_close_view",
    RefundView => "refund_view",
    RefundRequest => "refund_request",
    RefundApprove => "refund_approve",
    RefundResolve => "refund_resolve",
    PrepaymentReturn => "prepayment_return",
    WriteDownRequest => "write_down_request",
    WriteDownApprove => "write_down_approve",
    ReconcileView => "reconcile_view",
    ReconcileRun => "reconcile_run",
    ReconcileResolve => "reconcile_resolve",
    RepairView => "repair_view",
    RepairManage => "repair_manage",
    StatsView => "stats_view",
});

use Role::{Administrator, Billing, Cashier, Finance, Repair, ServiceDesk, Viewer};

impl Permission {
    /// The one table of who may do what. Whoever manages staff moves no money.
    pub const fn roles(self) -> &'static [Role] {
        match self {
            Self::OwnAccount => Role::ALL,
            Self::StaffManage => &[Administrator],
            Self::AuditView => &[Administrator, Finance],
            Self::BooksAudit => &[Administrator, Finance],
            Self::HouseholdView => Role::ALL,
            Self::HouseholdChange => &[Billing, ServiceDesk],
            Self::BillManage => &[Billing],
            Self::CounterRecord => &[Cashier],
            Self::CounterReverse => &[Cashier],
            Self::DayClose => &[Cashier],
            Self::DayCloseView => &[Cashier, Finance, Viewer],
            Self::RefundView => &[Billing, Cashier, Finance, ServiceDesk, Viewer],
            Self::RefundRequest => &[Billing, Cashier, Finance, ServiceDesk],
            Self::RefundApprove => &[Finance],
            Self::RefundResolve => &[Finance],
            Self::PrepaymentReturn => &[Cashier, Finance],
            Self::WriteDownRequest => &[Billing, Finance],
            Self::WriteDownApprove => &[Finance],
            Self::ReconcileView => &[Finance, Viewer],
            Self::ReconcileRun => &[Finance],
            Self::ReconcileResolve => &[Finance],
            Self::RepairView => &[Repair, ServiceDesk, Viewer],
            Self::RepairManage => &[Repair, ServiceDesk],
            Self::StatsView => &[Administrator, Billing, Finance, Viewer],
        }
    }

    /// Whether one of the roles allows it.
    pub fn allowed_to(self, roles: &BTreeSet<Role>) -> bool {
        self.roles().iter().any(|role| roles.contains(role))
    }

    /// The permission of that name in records and descriptions.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|permission| permission.name() == name)
    }
}
