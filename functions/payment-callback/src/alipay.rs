use crate::{App, Refused, take};
use axum::{
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use heatpay_domain::Channel;

/// 支付宝的通知
///
/// Payments and refunds. Acknowledged with the text `success`, exactly, after our queue has taken it; anything else makes
/// Alipay send again.
#[utoipa::path(post, path = "/callbacks/alipay", tag = "callbacks",
    request_body(content = std::collections::BTreeMap<String, String>, content_type = "application/x-www-form-urlencoded", description = "The notification, signed in its parameter `sign`"),
    responses(
        (status = 200, description = "Taken: `success`", body = String, content_type = "text/plain"),
        (status = 413, description = "Larger than any notification: `failure`", body = String, content_type = "text/plain"),
        (status = 401, description = "Not signed by Alipay: `failure`", body = String, content_type = "text/plain"),
        (status = 422, description = "Signed, but not for this merchant: `failure`", body = String, content_type = "text/plain"),
        (status = 503, description = "Our queue did not take it, send again: `failure`", body = String, content_type = "text/plain"),
    ))]
pub(crate) async fn alipay(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    let refusal = |status: StatusCode| (status, "failure").into_response();
    match take(&app, Channel::Alipay, &headers, body).await {
        Ok(()) => "success".into_response(),
        Err(Refused::TooLarge) => refusal(StatusCode::PAYLOAD_TOO_LARGE),
        Err(Refused::NotAuthentic) => refusal(StatusCode::UNAUTHORIZED),
        Err(Refused::NotForUs) => refusal(StatusCode::UNPROCESSABLE_ENTITY),
        Err(Refused::TryLater) => refusal(StatusCode::SERVICE_UNAVAILABLE),
    }
}
