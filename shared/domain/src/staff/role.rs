use super::Permission;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What somebody does in the company. A person may have several roles; what they allow adds up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// 系统管理员: people, roles, the operation log. Touches no money.
    Administrator,
    /// 计费员: tariffs, billing runs, asks for write-downs.
    Billing,
    /// 收费员: takes money at the counter, asks for refunds, closes his day.
    Cashier,
    /// 财务: the second person for money that goes out or is given up; reconciliation.
    Finance,
    /// 客服: answers residents, asks for refunds.
    ServiceDesk,
    /// 维修: faults and their repair.
    Repair,
    /// 查询: looks, changes nothing.
    Viewer,
}

crate::states::names!(Role {
    Administrator => "administrator",
    Billing => "billing",
    Cashier => "cashier",
    Finance => "finance",
    ServiceDesk => "service_desk",
    Repair => "repair",
    Viewer => "viewer",
});

impl Role {
    /// What a clerk reads.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Administrator => "系统管理员",
            Self::Billing => "计费员",
            Self::Cashier => "收费员",
            Self::Finance => "财务",
            Self::ServiceDesk => "客服",
            Self::Repair => "维修",
            Self::Viewer => "查询",
        }
    }
}

/// What the roles allow together.
pub fn permissions_of(roles: &BTreeSet<Role>) -> BTreeSet<Permission> {
    let allowed = |permission: &Permission| permission.roles().iter().any(|role| roles.contains(role));
    Permission::ALL.iter().copied().filter(allowed).collect()
}
