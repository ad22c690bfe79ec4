use crate::{App, reply::InvoiceReply};
use axum::extract::State;
use heatpay_domain::{InvoiceNo, invoice::Invoice};
use heatpay_runtime::{Problem, auth::Resident, http::Path, problem::ProblemBody};

/// 查询发票
///
/// How an invoice stands. `requested` and `issuing` are under way; `issued`, `failed` and `reversed` are final.
#[utoipa::path(get, path = "/api/invoices/{invoice_no}", tag = "invoices", security(("token" = [])),
    params(("invoice_no" = String, Path, description = "发票申请号, the invoice's number", min_length = 8, max_length = 32, pattern = "^I[A-Za-z0-9]{7,31}$", example = "I01KB1Q2Z3A4B5C6D7E8F9G0H1J")),
    responses(
        (status = 200, description = "How it stands", body = InvoiceReply),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such invoice of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn read_invoice(
    State(app): State<App>,
    resident: Resident,
    Path(invoice_no): Path<String>,
) -> Result<axum::Json<InvoiceReply>, Problem> {
    let invoice = find_invoice_of_resident(&app, &resident, invoice_no).await?;
    Ok(axum::Json(InvoiceReply::of(&invoice)))
}

/// An invoice of one of the resident's households; what is not his is not there.
pub(crate) async fn find_invoice_of_resident(
    app: &App,
    resident: &Resident,
    invoice_no: String,
) -> Result<Invoice, Problem> {
    let missing = || Problem::missing("没有找到这张发票。");
    let invoice_no = InvoiceNo::parse(invoice_no).map_err(|_| missing())?;
    let kept = app.invoices.find(&invoice_no).await?;
    kept.map(|kept| kept.invoice)
        .filter(|invoice| resident.household(invoice.account_no.as_str()).is_ok())
        .ok_or_else(missing)
}
