//! The HTTP gateway: the functions' routes as the template lists them, on one origin.

use crate::template::{Cors, Function};
use axum::{
    Router,
    extract::{ConnectInfo, Request},
    http::HeaderValue,
    middleware::{self, Next},
    response::Response,
};
use heatpay_ports::{Clock, Ids, RandomIds, SystemClock};
use heatpay_runtime::http::finish;
use std::net::SocketAddr;
use tower_http::cors::{AllowOrigin, CorsLayer};

const TRACE: &str = "x-amzn-trace-id";

/// A function's routes and the template's differ.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the routes of {function} differ: the template has {template:?}, the code {code:?}")]
pub struct RoutesDiffer {
    /// Which function.
    pub function: String,
    /// Only in the template.
    pub template: Vec<String>,
    /// Only in the code.
    pub code: Vec<String>,
}

/// Compares the template's routes of a function with those of its code.
pub fn compare(function: &Function, api: &utoipa::openapi::OpenApi) -> Result<(), RoutesDiffer> {
    let mut template: Vec<_> = function.routes.iter().map(|route| format!("{} {}", route.method, route.path)).collect();
    let mut code: Vec<_> = api
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| methods(item).into_iter().map(move |method| format!("{method} {path}")))
        .collect();
    template.sort();
    code.sort();
    let (only_template, only_code) = (minus(&template, &code), minus(&code, &template));
    if only_template.is_empty() && only_code.is_empty() {
        return Ok(());
    }
    Err(RoutesDiffer { function: function.name.clone(), template: only_template, code: only_code })
}

fn minus(these: &[String], those: &[String]) -> Vec<String> {
    these.iter().filter(|one| !those.contains(one)).cloned().collect()
}

fn methods(item: &utoipa::openapi::PathItem) -> Vec<&'static str> {
    [
        ("GET", item.get.is_some()),
        ("POST", item.post.is_some()),
        ("PUT", item.put.is_some()),
        ("DELETE", item.delete.is_some()),
        ("PATCH", item.patch.is_some()),
    ]
    .into_iter()
    .filter_map(|(method, there)| there.then_some(method))
    .collect()
}

/// All functions' routes on one origin, with what API Gateway puts around them.
pub fn router(functions: Vec<Router>, cors: &Cors) -> Router {
    let all = functions.into_iter().fold(Router::new(), Router::merge);
    finish(all).layer(cors_layer(cors)).layer(middleware::from_fn(name_the_caller))
}

/// API Gateway appends the caller's address to `x-forwarded-for`, where a client's own entries stay before it, and gives a
/// request that has no trace one: `Root=1-`, the time and a random number.
async fn name_the_caller(mut request: Request, next: Next) -> Response {
    if !request.headers().contains_key(TRACE) {
        let (time, random) = (SystemClock.now().as_second(), RandomIds::default().token(24));
        if let Ok(trace) = HeaderValue::from_str(&format!("Root=1-{time:08x}-{random}")) {
            request.headers_mut().insert(TRACE, trace);
        }
    }
    if let Some(ConnectInfo(address)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
        let before = request.headers().get("x-forwarded-for").and_then(|value| value.to_str().ok());
        let named = before.map_or_else(|| address.ip().to_string(), |before| format!("{before}, {}", address.ip()));
        if let Ok(named) = HeaderValue::from_str(&named) {
            request.headers_mut().insert("x-forwarded-for", named);
        }
    }
    next.run(request).await
}

fn cors_layer(cors: &Cors) -> CorsLayer {
    let origins: Vec<HeaderValue> = cors.allow_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    let origins = if cors.allow_origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins)
    };
    CorsLayer::new()
        .allow_origin(origins)
        .allow_methods(cors.allow_methods.iter().filter_map(|method| method.parse().ok()).collect::<Vec<_>>())
        .allow_headers(cors.allow_headers.iter().filter_map(|name| name.parse().ok()).collect::<Vec<_>>())
        .expose_headers(cors.expose_headers.iter().filter_map(|name| name.parse().ok()).collect::<Vec<_>>())
        .max_age(std::time::Duration::from_secs(u64::from(cors.max_age)))
}
