use crate::{App, reply::RepairReply};
use axum::extract::State;
use heatpay_domain::{RepairNo, repair::Repair};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};

/// 查询报修
///
/// How a repair stands, and when it came into each state.
#[utoipa::path(get, path = "/api/repairs/{repair_no}", tag = "repairs", security(("token" = [])),
    params(("repair_no" = String, Path, description = "报修单号, the repair's number", min_length = 8, max_length = 32, pattern = "^F[A-Za-z0-9]{7,31}$", example = "F9F86D081884C7D659A2FEAA0C5")),
    responses(
        (status = 200, description = "How it stands", body = RepairReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such repair of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read_repair(
    State(app): State<App>,
    resident: Resident,
    Path(repair_no): Path<String>,
) -> Result<axum::Json<RepairReply>, Problem> {
    let repair = find_repair_of_household(&app, &resident, &repair_no).await?;
    Ok(axum::Json(RepairReply::of(&repair)))
}

/// A repair of one of the resident's households; what is not his is not there.
pub(crate) async fn find_repair_of_household(
    app: &App,
    resident: &Resident,
    repair_no: &str,
) -> Result<Repair, Problem> {
    let missing = || Problem::missing("没有找到这张报修单。");
    let repair_no = RepairNo::parse(repair_no).map_err(|_| missing())?;
    app.repairs.find_of_households(&repair_no, &resident.0.acc).await?.ok_or_else(missing)
}
