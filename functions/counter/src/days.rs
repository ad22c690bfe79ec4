use crate::{App, reply::Tenders};
use axum::extract::State;
use heatpay_domain::staff::Permission;
use heatpay_runtime::{Problem, http::Query, problem::ProblemBody, staff::Staff};
use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

/// Which day.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct DayWanted {
    /// A day of China.
    #[param(max_length = 10, pattern = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", example = "2026-11-26")]
    day: String,
}

/// The tills of a day.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct TillsReply {
    /// One a cashier.
    items: Vec<TillSumsView>,
}

/// A cashier's day.
#[derive(Serialize, utoipa::ToSchema)]
struct TillSumsView {
    /// The cashier.
    #[schema(schema_with = heatpay_runtime::described::staff_no)]
    cashier: String,
    /// What was recorded, less what was taken back.
    recorded: Tenders,
    /// When it was closed; a day that is not closed is unfinished.
    #[schema(value_type = Option<String>, format = DateTime)]
    closed_at: Option<Timestamp>,
}

/// 各柜台日结情况
///
/// Every cashier's sums of a day, and whether he has closed it.
#[utoipa::path(get, path = "/api/staff/counter/tills", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::DayCloseView))), params(DayWanted),
    responses(
        (status = 200, description = "The tills", body = TillsReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_tills(
    State(app): State<App>,
    _: Staff,
    Query(wanted): Query<DayWanted>,
) -> Result<axum::Json<TillsReply>, Problem> {
    let well_formed = wanted.day.len() == 10 && wanted.day.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day: Option<Date> = well_formed.then(|| wanted.day.parse().ok()).flatten();
    let day = day.ok_or_else(|| Problem::invalid("日期应写作 2026-11-26。"))?;
    let tills = app.tills.of_day(day).await?;
    let items = tills.into_iter().map(|sums| TillSumsView {
        cashier: sums.cashier.to_string(),
        recorded: Tenders::of(&sums.till),
        closed_at: sums.closed_at,
    });
    Ok(axum::Json(TillsReply { items: items.collect() }))
}
