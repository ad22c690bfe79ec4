//! What every HTTP step has around its routes: size limit, request id, problem+json for what no route answers, and the
//! body and query extractors whose refusals are problems too.

use crate::problem::Problem;
use axum::{
    Router,
    body::Body,
    extract::{
        DefaultBodyLimit, FromRequest, FromRequestParts, Request,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    middleware::{self, Next},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use tower_http::catch_panic::CatchPanicLayer;

/// The largest body a client may send.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that is being answered.
    static REQUEST: Option<String>;
}

/// The id of the request that is being answered here, if it has one.
pub fn request_id() -> Option<String> {
    REQUEST.try_with(Clone::clone).ok().flatten()
}

/// Puts the common parts around a step's routes.
pub fn finish(router: Router) -> Router {
    router
        .fallback(|| async { Problem::missing("没有这个地址。") })
        .method_not_allowed_fallback(|| async {
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "这个地址不支持这种请求方法。")
        })
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            tracing::error!("a request made the step panic");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "系统出了点问题,请稍后再试。").into_response()
        }))
        .layer(middleware::from_fn(with_request_id))
}

/// The request's id: the gateway's (or the caller's, if it is short and plain), else none. It is echoed and logged.
async fn with_request_id(request: Request, next: Next) -> Response {
    let id = ["x-amzn-trace-id", "x-request-id"]
        .iter()
        .find_map(|name| request.headers().get(*name))
        .filter(|id| id.len() <= 128 && id.as_bytes().iter().all(u8::is_ascii_graphic))
        .cloned();
    let shown = id.as_ref().and_then(|id| id.to_str().ok()).unwrap_or("-").to_owned();
    let span = tracing::info_span!("request", request_id = shown, method = %request.method());
    let answered = REQUEST.scope(id.as_ref().map(|_| shown.clone()), next.run(request));
    let mut response = tracing::Instrument::instrument(answered, span).await;
    if let Some(id) = id {
        response.headers_mut().insert(REQUEST_ID.clone(), id);
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// A JSON body. Refusals are problems.
#[derive(Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, Problem> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(value)) => Ok(Self(value)),
            Err(JsonRejection::MissingJsonContentType(_)) => Err(Problem::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "unsupported_media_type",
                "请求内容应为 application/json。",
            )),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "请求内容太大。"))
            }
            Err(rejection) => Err(Problem::invalid("请求内容的格式不正确。").about(first_line(&rejection.body_text()))),
        }
    }
}

/// Query parameters. Refusals are problems.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query: Result<axum::extract::Query<T>, QueryRejection> =
            axum::extract::Query::from_request_parts(parts, state).await;
        query
            .map(|axum::extract::Query(value)| Self(value))
            .map_err(|r| Problem::invalid("查询参数不正确。").about(first_line(&r.body_text())))
    }
}

/// Parts of the path. What does not parse is not there.
#[derive(Debug)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let path: Result<axum::extract::Path<T>, PathRejection> =
            axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Problem::missing("没有找到。"))
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().chars().take(200).collect()
}
