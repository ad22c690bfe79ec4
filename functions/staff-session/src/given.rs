//! What a client gave, read once at the edge.

use heatpay_domain::{
    StaffNo,
    staff::{Branches, LoginName, MAX_BRANCHES, Role, check_name},
};
use heatpay_runtime::Problem;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The most bytes of a password that are looked at.
const MAX_PASSWORD_BYTES: usize = 512;

pub(crate) fn login_name(text: String) -> Result<LoginName, Problem> {
    LoginName::parse(text)
        .map_err(|_| Problem::invalid("登录名应为 3 至 32 位小写字母、数字、点、横线或下划线,以字母开头。"))
}

pub(crate) fn totp_code(text: String) -> Result<String, Problem> {
    let ok = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    if ok { Ok(text) } else { Err(Problem::invalid("动态验证码应为 6 位数字。")) }
}

pub(crate) fn password(text: String) -> Result<String, Problem> {
    if (1..=MAX_PASSWORD_BYTES).contains(&text.len()) {
        Ok(text)
    } else {
        Err(Problem::invalid("密码应为 12 至 128 个字符。"))
    }
}

pub(crate) fn enrolment_code(text: String) -> Result<String, Problem> {
    let ok = text.len() == crate::codes::LETTERS && text.bytes().all(|b| b.is_ascii_alphanumeric());
    if ok { Ok(text) } else { Err(Problem::invalid("注册码的格式不正确。")) }
}

/// A number that is none belongs to nobody.
pub(crate) fn staff_no(text: String) -> Result<StaffNo, Problem> {
    StaffNo::parse(text).map_err(|_| nobody())
}

pub(crate) fn nobody() -> Problem {
    Problem::missing("没有找到这位员工。")
}

/// Who somebody is and what he may do, as an administrator says.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rights {
    /// His name, as it stands on vouchers.
    #[schema(
        example = "林晓晨",
        min_length = 1,
        max_length = 40,
        pattern = r"^[^<>\s\u0000-\u001F\u007F-\u009F]([^<>\u0000-\u001F\u007F-\u009F]*[^<>\s\u0000-\u001F\u007F-\u009F])?$"
    )]
    name: String,
    /// What he does; at least one.
    #[schema(schema_with = heatpay_runtime::described::roles)]
    roles: Vec<Role>,
    /// Where: `all`, or only some.
    #[schema(schema_with = heatpay_runtime::described::branches)]
    branches: Branches,
}

/// [`Rights`] that keep the rules.
pub(crate) struct Checked {
    pub(crate) name: String,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) branches: Branches,
}

impl Rights {
    pub(crate) fn checked(self) -> Result<Checked, Problem> {
        let Self { name, roles, branches } = self;
        if !check_name(&name) {
            return Err(Problem::invalid("姓名应为 1 至 40 个字符。"));
        }
        let different: BTreeSet<Role> = roles.iter().copied().collect();
        if different.is_empty() || different.len() < roles.len() {
            return Err(Problem::invalid("请至少选择一个角色,且不要重复。"));
        }
        if let Branches::Only(names) = &branches
            && !(1..=MAX_BRANCHES).contains(&names.len())
        {
            return Err(Problem::invalid("请选择 1 至 50 个分公司。"));
        }
        Ok(Checked { name, roles: different, branches })
    }
}
