use crate::{App, reply::Tenders, till::TillReply};
use axum::extract::State;
use heatpay_domain::{calendar::civil_date, counter::TillDifference, staff::Permission};
use heatpay_runtime::{Problem, http::Json, problem::ProblemBody, staff::Staff};
use heatpay_store::operations::Operation;
use serde::{Deserialize, Serialize};

/// The money as counted.
#[derive(Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CountedTill {
    /// By tender.
    counted: Tenders,
}

/// 日结
///
/// Closes the signed-in cashier's day: the money counted must be, tender by tender, what was recorded. From then on nothing of
/// the day is recorded or taken back.
#[utoipa::path(post, path = "/api/staff/counter/till/close", tag = "counter", security(("staff" = [])),
    extensions(("x-permission" = json!(Permission::DayClose))), request_body = CountedTill,
    responses(
        (status = 200, description = "Closed", body = TillReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "`forbidden`: the roles do not allow it", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "Nothing was recorded today", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`till_differs`, tender by tender; `day_closed`; `changed_meanwhile`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn close_till(
    State(app): State<App>,
    staff: Staff,
    Json(request): Json<CountedTill>,
) -> Result<axum::Json<TillReply>, Problem> {
    let now = app.clock.now();
    let day = app.tills.day(staff.staff_no(), civil_date(now)).await?;
    let mut day = day.ok_or_else(|| Problem::missing("今天没有柜台收款,不需要日结。"))?;
    if day.closed_at.is_some() {
        return Err(Problem::day_closed());
    }
    let differences = day.till.differences(&request.counted.till());
    if !differences.is_empty() {
        return Err(Problem::conflict("till_differs", sentence(&differences)));
    }
    let number = format!("{}-{}", staff.staff_no(), day.day);
    let operation = Operation::new(staff.staff_no(), "day_close", "till", &number, now);
    let log = app.operations.next(operation.after(&request)).await?;
    app.tills.close(&day, now, &log).await?;
    day.closed_at = Some(now);
    Ok(axum::Json(TillReply::of(day)))
}

fn sentence(differences: &[TillDifference]) -> String {
    let parts: Vec<String> = differences
        .iter()
        .map(|one| {
            let (recorded, counted) = (one.recorded.yuan(), one.counted.yuan());
            format!("{}登记 {recorded} 元,清点 {counted} 元", one.channel.title())
        })
        .collect();
    format!("清点金额与登记不符:{}。请核对后再日结。", parts.join(";"))
}
