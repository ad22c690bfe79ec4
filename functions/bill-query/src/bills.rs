use crate::{App, due::BillRow};
use axum::extract::State;
use heatpay_domain::{Season, calendar::civil_date};
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    paging,
    problem::ProblemBody,
};
use serde::{Deserialize, Serialize};

/// Which bills.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct BillsWanted {
    /// Only those of the season that starts in this year.
    #[param(minimum = 2000, maximum = 2098, example = 2026)]
    season: Option<i16>,
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    #[param(min_length = 1, max_length = 512)]
    cursor: Option<String>,
}

/// A page of bills.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct BillsReply {
    /// The bills, newest season first. A page may be short or empty although there is a next one.
    bills: Vec<BillRow>,
    /// How to get the next page, if there is one.
    next: Option<String>,
}

/// 账单列表
///
/// A household's bills of one season or all, without drafts.
#[utoipa::path(get, path = "/api/households/{account_no}/bills", tag = "bills", security(("token" = [])),
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), BillsWanted),
    responses(
        (status = 200, description = "A page of bills", body = BillsReply),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_bills(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Query(wanted): Query<BillsWanted>,
) -> Result<axum::Json<BillsReply>, Problem> {
    let account_no = resident.household(&account_no)?;
    let season = wanted.season.map(Season::try_from).transpose().map_err(|wrong| Problem::invalid(wrong.reason))?;
    let (limit, cursor) = paging::page(wanted.limit, wanted.cursor)?;
    let page = app.households.bills(account_no, season, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    let today = civil_date(app.clock.now());
    Ok(axum::Json(BillsReply {
        bills: page.items.iter().map(|bill| BillRow::of(bill, today)).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}
