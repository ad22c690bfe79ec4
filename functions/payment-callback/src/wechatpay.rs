use crate::{App, Refused, take};
use axum::{
    Json,
    body::Bytes,
    extract::{State, rejection::BytesRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use heatpay_domain::Channel;
use serde::Serialize;

/// 微信支付的通知
///
/// Payments and refunds. Acknowledged with 204 after our queue has taken it; anything else makes WeChat Pay send again.
#[utoipa::path(post, path = "/callbacks/wechatpay", tag = "callbacks",
    request_body(content = String, content_type = "application/json", description = "The notification, signed in its headers"),
    responses(
        (status = 204, description = "Taken"),
        (status = 413, description = "Larger than any notification", body = Refusal),
        (status = 401, description = "Not signed by WeChat Pay", body = Refusal),
        (status = 422, description = "Signed, but not for this merchant", body = Refusal),
        (status = 503, description = "Our queue did not take it: send again", body = Refusal),
    ))]
pub(crate) async fn wechatpay(
    State(app): State<App>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match take(&app, Channel::Wechatpay, &headers, body).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(Refused::TooLarge) => refusal(StatusCode::PAYLOAD_TOO_LARGE, "too large"),
        Err(Refused::NotAuthentic) => refusal(StatusCode::UNAUTHORIZED, "signature not accepted"),
        Err(Refused::NotForUs) => refusal(StatusCode::UNPROCESSABLE_ENTITY, "not for this merchant"),
        Err(Refused::TryLater) => refusal(StatusCode::SERVICE_UNAVAILABLE, "not taken: send again"),
    }
}

/// What WeChat Pay expects when a notification is not taken.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Refusal {
    /// Always `FAIL`.
    code: &'static str,
    /// Why.
    message: &'static str,
}

fn refusal(status: StatusCode, message: &'static str) -> Response {
    (status, Json(Refusal { code: "FAIL", message })).into_response()
}
