use crate::{App, reply::InvoiceReply};
use axum::extract::State;
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    problem::ProblemBody,
};
use heatpay_store::Cursor;
use serde::{Deserialize, Serialize};

/// How many a page has where the client does not say.
const PAGE: u8 = 20;

/// The most a page may have.
const LARGEST_PAGE: u8 = 100;

/// Which page.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Paging {
    /// How many, 1 to 100; 20 where it is left out.
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u8>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// A page of invoices.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct InvoicePage {
    /// Newest first.
    items: Vec<InvoiceReply>,
    /// Where the next page starts; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// 发票列表
///
/// The invoices of a household, newest first.
#[utoipa::path(get, path = "/api/households/{account_no}/invoices", tag = "invoices", security(("token" = [])),
    params(("account_no" = String, Path, description = "The household"), Paging),
    responses(
        (status = 200, description = "A page", body = InvoicePage),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "Not a household of this resident", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list_invoices(
    State(app): State<App>,
    resident: Resident,
    Path(account_no): Path<String>,
    Query(paging): Query<Paging>,
) -> Result<axum::Json<InvoicePage>, Problem> {
    let account_no = resident.household(&account_no)?;
    let limit = paging.limit.unwrap_or(PAGE);
    if !(1..=LARGEST_PAGE).contains(&limit) {
        return Err(Problem::invalid("每页条数应为 1 至 100。"));
    }
    let cursor = paging.cursor.map(Cursor);
    let page = app.invoices.of_household(account_no, i32::from(limit), cursor.as_ref()).await?;
    let page = page.ok_or_else(|| Problem::invalid("翻页参数不正确,请从第一页开始。"))?;
    Ok(axum::Json(InvoicePage {
        items: page.items.iter().map(InvoiceReply::of).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}
