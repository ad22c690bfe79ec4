use axum::{
    Json,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use heatpay_runtime::queue::causes;
use serde_json::json;

/// The desk cannot do it.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// Too early.
    #[error("系统还在启动,请稍候")]
    Starting,
    /// There is no such thing.
    #[error("没有找到")]
    Missing,
    /// It cannot be done as things stand.
    #[error("{0}")]
    Refused(String),
    /// Something inside.
    #[error("沙盒出错了")]
    Inside(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Trouble {
    pub(super) fn inside(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Inside(error.into())
    }
}

impl IntoResponse for Trouble {
    fn into_response(self) -> Response {
        let status = match &self {
            Self::Starting => StatusCode::SERVICE_UNAVAILABLE,
            Self::Missing => StatusCode::NOT_FOUND,
            Self::Refused(_) => StatusCode::CONFLICT,
            Self::Inside(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        (status, Json(json!({ "detail": causes(&self) }))).into_response()
    }
}

/// What the desk answers.
pub(super) type Answer = Result<Json<serde_json::Value>, Trouble>;
