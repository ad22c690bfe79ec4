use crate::{App, given};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{Channel, calendar::civil_date, staff::Permission};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::Operation;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A day to match.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RunWanted {
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::open_channel)]
    channel: String,
    /// The day; it must be over.
    #[schema(schema_with = heatpay_runtime::described::statement_day)]
    day: String,
    /// Fetch the statement even where one is kept: the channel made it anew.
    #[serde(default)]
    fetch_again: bool,
}

/// What is on its way to `reconcile`.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct RunReply {
    /// The channel.
    #[schema(schema_with = heatpay_runtime::described::open_channel)]
    channel: Channel,
    /// The day.
    #[schema(schema_with = heatpay_runtime::described::statement_day)]
    day: Date,
    /// Whether the statement is fetched anew.
    fetch_again: bool,
}

/// 发起对账
///
/// Matches a channel's day now. Done in the background, within minutes: the day shows when it last ran.
#[utoipa::path(post, path = "/api/staff/reconciliations", tag = "reconciliation", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::ReconcileRun))), request_body = RunWanted,
    responses(
        (status = 202, description = "On its way", body = RunReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`day_not_over`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn run_reconciliation(
    State(app): State<App>,
    staff: Staff,
    Json(wanted): Json<RunWanted>,
) -> Result<(StatusCode, axum::Json<RunReply>), Problem> {
    let (channel, day) = (given::channel(&wanted.channel)?, given::day(&wanted.day)?);
    let now = app.clock.now();
    if day >= civil_date(now) {
        return Err(Problem::conflict("day_not_over", "这一天还没有结束,次日才能对账。"));
    }
    let reply = RunReply { channel, day, fetch_again: wanted.fetch_again };
    let number = format!("{}.{day}", channel.name());
    let operation = Operation::new(staff.staff_no(), "run_reconciliation", "reconciliation", &number, now);
    app.operations.append(operation.after(&reply)).await?;
    let sent = app.to_match.send(&reply, Duration::ZERO).await;
    sent.map_err(|error| Problem::unavailable("unavailable", "系统繁忙,请稍后再试。", &error))?;
    Ok((StatusCode::ACCEPTED, axum::Json(reply)))
}
