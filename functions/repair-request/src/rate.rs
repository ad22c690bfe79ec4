use crate::{App, read::find_repair_of_household, reply::RepairReply};
use axum::extract::State;
use heatpay_domain::repair::{Rating, Remark, Stars};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Json, Path},
    problem::ProblemBody,
};
use serde::Deserialize;

/// What a resident thinks of the work.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRating {
    /// 1 to 5, the more the better.
    #[schema(value_type = u8, minimum = 1, maximum = 5, example = 5)]
    stars: Stars,
    /// In words, if he has any.
    #[schema(schema_with = heatpay_runtime::described::remark_if_any)]
    remark: Option<Remark>,
}

/// 评价报修
///
/// Rates a repair that is done, once. The same rating again is the same; another one is refused.
#[utoipa::path(put, path = "/api/repairs/{repair_no}/rating", tag = "repairs", security(("token" = [])),
    params(("repair_no" = String, Path, description = "报修单号, the repair's number", min_length = 8, max_length = 32, pattern = "^F[A-Za-z0-9]{7,31}$", example = "F9F86D081884C7D659A2FEAA0C5")),
    request_body = NewRating,
    responses(
        (status = 200, description = "Rated", body = RepairReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such repair of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`repair_not_done`, `repair_rated` already, or `changed_meanwhile`: read it again", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn rate_repair(
    State(app): State<App>,
    resident: Resident,
    Path(repair_no): Path<String>,
    Json(NewRating { stars, remark }): Json<NewRating>,
) -> Result<axum::Json<RepairReply>, Problem> {
    let repair = find_repair_of_household(&app, &resident, &repair_no).await?;
    let rating = Rating { stars, remark };
    match &repair.rating {
        Some(given) if *given == rating => return Ok(axum::Json(RepairReply::of(&repair))),
        Some(_) => return Err(Problem::conflict("repair_rated", "这张报修单已经评价过了。")),
        None => {}
    }
    let not_done = |_| Problem::conflict("repair_not_done", "维修完成后才能评价。");
    let after = repair.rated(rating, app.clock.now()).map_err(not_done)?;
    app.repairs.keep(&after).await?;
    Ok(axum::Json(RepairReply::of(&after)))
}
