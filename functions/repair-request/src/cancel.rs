use crate::{App, read::find_repair_of_household, reply::RepairReply};
use axum::extract::State;
use heatpay_domain::repair::{RepairEvent, RepairStatus};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};

/// 取消报修
///
/// Takes a report back. One that is taken back already stays so; while somebody is at it, or when it is done, it is refused.
#[utoipa::path(post, path = "/api/repairs/{repair_no}/cancel", tag = "repairs", security(("token" = [])),
    params(("repair_no" = String, Path, description = "报修单号, the repair's number", min_length = 8, max_length = 32, pattern = "^F[A-Za-z0-9]{7,31}$", example = "F9F86D081884C7D659A2FEAA0C5")),
    responses(
        (status = 200, description = "Taken back", body = RepairReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such repair of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`repair_under_way`, `repair_over`, or `changed_meanwhile`: read it again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn cancel_repair(
    State(app): State<App>,
    resident: Resident,
    Path(repair_no): Path<String>,
) -> Result<axum::Json<RepairReply>, Problem> {
    let repair = find_repair_of_household(&app, &resident, &repair_no).await?;
    if repair.status == RepairStatus::Cancelled {
        return Ok(axum::Json(RepairReply::of(&repair)));
    }
    let after = repair.on(RepairEvent::Withdrawn, app.clock.now()).map_err(|_| refused(repair.status))?;
    app.repairs.keep(&after).await?;
    Ok(axum::Json(RepairReply::of(&after)))
}

fn refused(status: RepairStatus) -> Problem {
    match status {
        RepairStatus::Submitted | RepairStatus::Assigned | RepairStatus::Working => {
            Problem::conflict("repair_under_way", "维修人员已在处理,不能取消。如需变更请拨打服务电话。")
        }
        RepairStatus::Done | RepairStatus::Rated | RepairStatus::Cancelled => {
            Problem::conflict("repair_over", "这张报修单已经办结,不能取消。")
        }
    }
}
