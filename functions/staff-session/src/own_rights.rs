//! What an administrator may change of whom.

use crate::{App, given};
use axum::http::StatusCode;
use heatpay_domain::{StaffNo, staff::StaffMember};
use heatpay_runtime::{Problem, staff::Staff};
use jiff::Timestamp;

/// The member of that number, if the administrator is still one and may change him: another than himself, in his branches.
pub(crate) async fn changeable(
    app: &App,
    administrator: &Staff,
    staff_no: &StaffNo,
    now: Timestamp,
) -> Result<StaffMember, Problem> {
    app.presence.confirm(&administrator.0, now).await?;
    if administrator.staff_no() == staff_no {
        let detail = "不能修改自己的权限,请由另一位管理员办理。";
        return Err(Problem::new(StatusCode::FORBIDDEN, "own_rights", detail));
    }
    let member = app.members.find(staff_no).await?.ok_or_else(given::nobody)?;
    if administrator.0.branches.cover(&member.branches) { Ok(member) } else { Err(Problem::other_branch()) }
}
