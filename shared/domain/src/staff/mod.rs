//! The company's people who may touch money: who they are, what their roles allow, in which branches, and that some things take
//! two of them.

mod branches;
mod lockout;
mod login;
mod permission;
mod role;
mod states;
mod two_person;

pub use branches::{BranchName, Branches, MAX_BRANCHES};
pub use lockout::{FREE_FAILURES, LONGEST_WAIT, wait_after};
pub use login::{LoginName, NameRefused, PASSWORD_LETTERS, PasswordRefused, check_name, check_password};
pub use permission::Permission;
pub use role::{Role, permissions_of};
pub use states::{StaffEvent, StaffStatus};
pub use two_person::{NoSecondPerson, StaffPerson, second_person};

use crate::StaffNo;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Somebody of the company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffMember {
    /// The number, for ever his.
    pub staff_no: StaffNo,
    /// What he signs in as.
    pub login_name: LoginName,
    /// His name, as it stands on vouchers.
    pub name: String,
    /// What he does; at least one.
    pub roles: BTreeSet<Role>,
    /// Where he does it.
    pub branches: Branches,
    /// Whether he can sign in.
    pub status: StaffStatus,
    /// Rises with every change that ends his sessions: roles, branches, password, disabling. A token names the one it was made in.
    pub generation: u32,
    /// When he was entered.
    pub created_at: Timestamp,
    /// Counts every write; conditions compare it.
    pub version: u64,
}
