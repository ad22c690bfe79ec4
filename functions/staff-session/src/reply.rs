use heatpay_domain::{
    StaffNo,
    staff::{Branches, Permission, Role, StaffMember, StaffStatus, permissions_of},
};
use jiff::Timestamp;
use serde::Serialize;
use std::collections::BTreeSet;

/// A member of staff who has just signed in.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffSessionReply {
    /// To be shown with every request: `Authorization: Bearer …`.
    pub(crate) access_token: String,
    /// How long it is good for, in seconds.
    #[schema(example = 600)]
    pub(crate) expires_in: i64,
    /// Gives the next access token, once.
    #[schema(min_length = 43, max_length = 43)]
    pub(crate) refresh_token: String,
    /// Who he is and what he may do.
    pub(crate) staff: SignedInStaff,
}

/// Who is signed in, and what he may do.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct SignedInStaff {
    /// 工号
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    staff_no: StaffNo,
    /// What he signs in as.
    #[schema(example = "lin.xiaochen")]
    login_name: String,
    /// His name.
    #[schema(example = "林晓晨")]
    name: String,
    /// What he does.
    #[schema(schema_with = heatpay_runtime::described::roles)]
    roles: BTreeSet<Role>,
    /// What his roles allow: what a screen may offer. Every endpoint asks again.
    #[schema(schema_with = heatpay_runtime::described::permissions)]
    permissions: BTreeSet<Permission>,
    /// Where.
    #[schema(schema_with = heatpay_runtime::described::branches)]
    branches: Branches,
}

/// A member of staff, as an administrator sees him.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct StaffView {
    /// 工号
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    staff_no: StaffNo,
    /// What he signs in as.
    #[schema(example = "lin.xiaochen")]
    login_name: String,
    /// His name.
    #[schema(example = "林晓晨")]
    name: String,
    /// What he does.
    #[schema(schema_with = heatpay_runtime::described::roles)]
    roles: BTreeSet<Role>,
    /// Where.
    #[schema(schema_with = heatpay_runtime::described::branches)]
    branches: Branches,
    /// Whether he can sign in.
    #[schema(schema_with = heatpay_runtime::described::staff_status)]
    status: StaffStatus,
    /// When he was entered.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Which state of him this is: a change names the one it changes.
    #[schema(example = 1)]
    version: u64,
}

/// Somebody with a new one-time code.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct InvitedStaff {
    /// Who.
    pub(crate) staff: StaffView,
    /// The code he enrols with, shown this once. To be told to him and to nobody else.
    #[schema(min_length = 20, max_length = 20)]
    pub(crate) enrolment_code: String,
    /// Until when it is good.
    #[schema(value_type = String, format = DateTime)]
    pub(crate) enrolment_until: Timestamp,
}

impl SignedInStaff {
    pub(crate) fn of(member: &StaffMember) -> Self {
        Self {
            staff_no: member.staff_no.clone(),
            login_name: member.login_name.to_string(),
            name: member.name.clone(),
            permissions: permissions_of(&member.roles),
            roles: member.roles.clone(),
            branches: member.branches.clone(),
        }
    }
}

impl StaffView {
    pub(crate) fn of(member: StaffMember) -> Self {
        let StaffMember { staff_no, login_name, name, roles, branches, status, generation: _, created_at, version } =
            member;
        Self { staff_no, login_name: login_name.into(), name, roles, branches, status, created_at, version }
    }
}
