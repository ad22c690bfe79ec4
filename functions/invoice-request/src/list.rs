use crate::{App, reply::InvoiceReply};
use axum::extract::State;
use heatpay_runtime::{
    Problem,
    auth::Resident,
    http::{Path, Query},
    paging::{self, Paging},
    problem::ProblemBody,
};
use serde::Serialize;

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
    params(("account_no" = String, Path, description = "户号, the account number", min_length = 4, max_length = 20, pattern = "^[A-Za-z0-9]{4,20}$", example = "1000000001"), Paging),
    responses(
        (status = 200, description = "A page", body = InvoicePage),
        (status = 400, description = "A value breaks its rule; `invalid_cursor`", body = ProblemBody, content_type = "application/problem+json"),
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
    let (limit, cursor) = paging.read()?;
    let page = app.invoices.of_household(account_no, limit, cursor.as_ref()).await?.ok_or_else(paging::not_ours)?;
    Ok(axum::Json(InvoicePage {
        items: page.items.iter().map(InvoiceReply::of).collect(),
        next: page.next.map(|cursor| cursor.0),
    }))
}
