use super::{Branches, Permission, Role};
use crate::StaffNo;
use std::collections::BTreeSet;

/// A member of staff as a decision sees him.
#[derive(Clone, Copy, Debug)]
pub struct StaffPerson<'a> {
    /// Who.
    pub staff_no: &'a StaffNo,
    /// What he does.
    pub roles: &'a BTreeSet<Role>,
    /// Where.
    pub branches: &'a Branches,
}

/// Why somebody cannot be the second person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSecondPerson {
    /// He asked for it himself.
    #[error("whoever asked cannot approve")]
    SamePerson,
    /// His roles do not allow it.
    #[error("the roles do not allow it")]
    NoPermission,
    /// It belongs to a branch that is not his.
    #[error("another branch's")]
    OtherBranch,
}

impl NoSecondPerson {
    /// What a clerk reads.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::SamePerson => "申请人不能审批自己的申请，请由另一位同事审批。",
            Self::NoPermission => "您没有办理这项业务的权限。",
            Self::OtherBranch => "这项业务不在您负责的分公司范围内。",
        }
    }
}

/// 双人复核: money that goes out or is given up needs another person than the one who asked, with the permission, in the branch
/// it belongs to (`None`: to none, so only somebody of all branches). Declining asks the same.
pub fn second_person(
    requested_by: &StaffNo,
    second: StaffPerson<'_>,
    permission: Permission,
    branch: Option<&str>,
) -> Result<(), NoSecondPerson> {
    if !permission.allowed_to(second.roles) {
        return Err(NoSecondPerson::NoPermission);
    }
    if !second.branches.include_if_any(branch) {
        return Err(NoSecondPerson::OtherBranch);
    }
    if requested_by == second.staff_no {
        return Err(NoSecondPerson::SamePerson);
    }
    Ok(())
}
