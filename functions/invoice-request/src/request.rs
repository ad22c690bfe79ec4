use crate::{App, reply::InvoiceReply};
use axum::{extract::State, http::StatusCode};
use heatpay_domain::{
    InvoiceNo, PaymentNo,
    invoice::{Invoice, InvoiceStatus, InvoiceTitle, WantedTitle},
    payment::{Payment, PaymentStatus, total},
};
use heatpay_runtime::{Problem, auth::Resident, http::Json, problem::ProblemBody, queue::causes};
use heatpay_store::invoices::{KeptInvoice, Requested};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

/// An invoice to make.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewInvoice {
    /// The paid payment it is for.
    #[schema(schema_with = heatpay_runtime::described::payment_no)]
    payment_no: PaymentNo,
    /// Whom it is made out to; without a name, the household as it is on file.
    #[schema(schema_with = heatpay_runtime::described::invoice_title)]
    title: WantedTitle,
}

/// 申请发票
///
/// Asks for the e-invoice of a paid payment. A payment has one invoice: asking again with the same title gives the same one,
/// with another title it is refused. It is issued in the background, usually within a minute: ask for it until its status is
/// final.
#[utoipa::path(post, path = "/api/invoices", tag = "invoices", security(("token" = [])),
    request_body = NewInvoice,
    responses(
        (status = 201, description = "Asked for", body = InvoiceReply),
        (status = 200, description = "Asked for before", body = InvoiceReply),
        (status = 400, description = "A value breaks its rule", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "Signed out", body = ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such payment of this resident's households", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "`payment_not_paid`, `payment_refunded`, `prepayment_not_invoiced`, or `invoice_exists` (with its number) under another title", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Not JSON", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`title_name_missing`: a tax number without the company's name", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Try again", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn request_invoice(
    State(app): State<App>,
    resident: Resident,
    Json(request): Json<NewInvoice>,
) -> Result<(StatusCode, axum::Json<InvoiceReply>), Problem> {
    let named = request.title.named().map_err(Problem::title)?;
    let (payment, given_back) = app
        .payments
        .find_with_given_back(&request.payment_no)
        .await?
        .filter(|(payment, _)| resident.household(payment.account_no.as_str()).is_ok())
        .ok_or_else(|| Problem::missing("没有找到这笔支付。"))?;
    if payment.status != PaymentStatus::Paid {
        return Err(Problem::conflict("payment_not_paid", "这笔支付还没有完成,暂时不能开具发票。"));
    }
    if payment.prepaid.is_positive() {
        return Err(Problem::conflict("prepayment_not_invoiced", "预存款在抵扣账单后，按抵扣记录开具发票。"));
    }
    if total(&given_back.kept(&payment).allocations).is_none_or(|kept| !kept.is_positive()) {
        return Err(Problem::conflict("payment_refunded", "这笔支付已经全部退款,不能开具发票。"));
    }
    let title = match named {
        Some(title) => title,
        None => title_of_household(&app, &payment, &request.title).await?,
    };
    match app.invoices.request(&payment, &title, &resident.0.sub, app.clock.now()).await? {
        Requested::Now(invoice) => {
            hand_over(&app, &invoice.invoice_no).await;
            Ok((StatusCode::CREATED, axum::Json(InvoiceReply::of(&invoice))))
        }
        Requested::Before(kept) => repeat(&app, *kept, &title).await,
    }
}

/// The household as it is on file. One read.
async fn title_of_household(app: &App, payment: &Payment, wanted: &WantedTitle) -> Result<InvoiceTitle, Problem> {
    let household = app.households.find(&payment.account_no).await?;
    let household = household.ok_or_else(|| Problem::missing("没有找到这个户号。"))?;
    app.titles.of_household(wanted, &household).map_err(|e| Problem::internal(&e))
}

async fn repeat(
    app: &App,
    kept: KeptInvoice,
    title: &InvoiceTitle,
) -> Result<(StatusCode, axum::Json<InvoiceReply>), Problem> {
    let KeptInvoice { invoice, .. } = kept;
    if invoice.title != *title {
        return Err(Problem::conflict("invoice_exists", "这笔支付已按另一个抬头申请发票,如需更改请联系客服。")
            .about(invoice.invoice_no.as_str()));
    }
    if was_never_taken_up(&invoice) {
        hand_over(app, &invoice.invoice_no).await;
    }
    Ok((StatusCode::OK, axum::Json(InvoiceReply::of(&invoice))))
}

/// Its message may have been lost with the process that asked.
fn was_never_taken_up(invoice: &Invoice) -> bool {
    invoice.status == InvoiceStatus::Requested && invoice.asked == 0
}

/// Without this message the schedule finds the invoice, some minutes later.
async fn hand_over(app: &App, invoice_no: &InvoiceNo) {
    if let Err(error) = app.issue.send(&json!({ "invoice_no": invoice_no }), Duration::ZERO).await {
        tracing::warn!(%invoice_no, reason = causes(&error), "the invoice is left to the schedule");
    }
}
