use crate::{App, Refused, take};
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{Html, IntoResponse, Response},
};
use heatpay_domain::Channel;

/// 银联的通知
///
/// Payments and refunds. Acknowledged with 200 and `ok` after our queue has taken it; anything else makes UnionPay send again,
/// four times.
#[utoipa::path(post, path = "/callbacks/unionpay", tag = "callbacks",
    request_body(content = String, content_type = "application/x-www-form-urlencoded", description = "The notification, which carries its certificate and signature"),
    responses(
        (status = 200, description = "Taken: `ok`", body = String, content_type = "text/plain"),
        (status = 413, description = "Larger than any notification", body = String, content_type = "text/plain"),
        (status = 401, description = "Not signed by UnionPay", body = String, content_type = "text/plain"),
        (status = 422, description = "Signed, but not for this merchant, or a query denies it", body = String, content_type = "text/plain"),
        (status = 503, description = "Not confirmed yet, or our queue did not take it: send again", body = String, content_type = "text/plain"),
    ))]
pub(crate) async fn unionpay(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match take(&app, Channel::Unionpay, &headers, body).await {
        Ok(()) => (StatusCode::OK, "ok").into_response(),
        Err(Refused::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, "too large").into_response(),
        Err(Refused::NotAuthentic) => (StatusCode::UNAUTHORIZED, "signature not accepted").into_response(),
        Err(Refused::NotForUs) => (StatusCode::UNPROCESSABLE_ENTITY, "not for this merchant").into_response(),
        Err(Refused::TryLater) => (StatusCode::SERVICE_UNAVAILABLE, "not taken: send again").into_response(),
    }
}

/// What the payer's browser shows when UnionPay's page sends it back. What it posts is for display only and is not read.
const RETURNED: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>返回缴费</title>\
    <p>支付结果以缴费记录为准。您可以关闭此页,回到缴费页面查看。</p></html>";

/// 银联页面返回
///
/// Where the payer's browser comes back to, by a POST, from UnionPay's page. Nothing is believed of it.
#[utoipa::path(post, path = "/callbacks/unionpay/return", tag = "callbacks",
    responses((status = 200, description = "A page that says where the result is shown", body = String, content_type = "text/html")))]
pub(crate) async fn returned() -> Html<&'static str> {
    Html(RETURNED)
}
