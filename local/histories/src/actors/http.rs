//! Requests as clients send them, and what a router answers.

use crate::world::Ended;
use ::http::{HeaderValue, Method, Request};
use axum::{Router, body::Body};
use tower::ServiceExt;

/// A request of somebody who is signed in, with JSON.
pub fn request(method: Method, path: &str, token: &str, key: Option<&str>, body: String) -> Request<Body> {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().unwrap_or_default();
    let headers = request.headers_mut();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    for (name, value) in
        [("authorization", Some(format!("Bearer {token}"))), ("idempotency-key", key.map(str::to_owned))]
    {
        if let Some(value) = value.and_then(|value| value.parse().ok()) {
            headers.insert(name, value);
        }
    }
    request
}

/// What a router answers, with its body.
pub async fn answer(router: Router, request: Request<Body>) -> Ended {
    let Ok(response) = router.oneshot(request).await;
    let status = response.status();
    let body = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap_or_default();
    Ended::Answered(status, body.to_vec())
}
