//! The residents' pages in a browser, at `/m/` on the API's own origin, as a company puts them on its host.

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware::{self, Next},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use std::path::{Path, PathBuf};
use tower_http::{compression::CompressionLayer, services::ServeDir};

/// Where the browser build lands, from the repository's folder.
pub const PAGES: &str = "clients/miniprogram/dist/build/h5";

/// What the pages may load: their own scripts and the API, nothing of anybody else.
const POLICY: &str = "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; \
                      connect-src 'self'; frame-src blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

const FOR_EVER: &str = "public, max-age=31536000, immutable";

const NOT_BUILT: &str = "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>Heatpay</title>\
                         <p>The residents' pages are not built yet: <code>make client</code>, then load this again.</p>";

/// The pages of a folder.
pub fn router(folder: &Path) -> Router {
    let index = folder.join("index.html");
    let fallback = get(move |request: Request| page_or_nothing(index.clone(), request));
    let files = ServeDir::new(folder).append_index_html_on_directories(false).fallback(fallback);
    Router::new()
        .route("/m", get(|| async { Redirect::permanent("/m/") }))
        .nest_service("/m/", files)
        .layer(middleware::from_fn(headers))
        .layer(CompressionLayer::new())
}

/// An address inside the application (`/m/pages/home/index`) is the application; a file that is not there is not.
async fn page_or_nothing(index: PathBuf, request: Request) -> Response {
    let last = request.uri().path().rsplit('/').next().unwrap_or_default();
    if last.contains('.') {
        return StatusCode::NOT_FOUND.into_response();
    }
    page(index).await
}

async fn page(index: PathBuf) -> Response {
    match tokio::fs::read_to_string(&index).await {
        Ok(text) => Html(text).into_response(),
        Err(_) => (StatusCode::NOT_FOUND, Html(NOT_BUILT)).into_response(),
    }
}

/// What is named by its content is kept for ever; anything else is asked for each time.
async fn headers(request: Request, next: Next) -> Response {
    let by_content = request.uri().path().contains("/assets/");
    let mut answer = next.run(request).await;
    let keep = if by_content && answer.status().is_success() { FOR_EVER } else { "no-cache" };
    for (name, value) in [
        (header::CACHE_CONTROL, keep),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        answer.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    answer
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};
    use tower::ServiceExt;

    async fn asked(path: &str) -> (StatusCode, String, String) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("h5/assets")).unwrap();
        std::fs::write(folder.path().join("secret.txt"), "not for anybody").unwrap();
        std::fs::write(folder.path().join("h5/index.html"), "the application").unwrap();
        std::fs::write(folder.path().join("h5/assets/app-1a2b.js"), "the script").unwrap();
        let request = Request::builder().uri(path).body(Body::empty()).unwrap();
        let answer = router(&folder.path().join("h5")).oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let text = String::from_utf8_lossy(&to_bytes(body, 10_000).await.unwrap()).into_owned();
        (parts.status, parts.headers[header::CACHE_CONTROL].to_str().unwrap().to_owned(), text)
    }

    #[tokio::test]
    async fn every_address_of_the_application_is_the_application() {
        for path in ["/m/", "/m/pages/home/index", "/m/pay/result?no=P1", "/m/index.html"] {
            assert_eq!(asked(path).await, (StatusCode::OK, "no-cache".into(), "the application".into()), "{path}");
        }
    }

    #[tokio::test]
    async fn a_file_named_by_its_content_is_kept_for_ever() {
        assert_eq!(asked("/m/assets/app-1a2b.js").await, (StatusCode::OK, FOR_EVER.into(), "the script".into()));
    }

    #[tokio::test]
    async fn a_file_that_is_not_there_is_not_the_application() {
        let (status, keep, _) = asked("/m/assets/app-old.js").await;
        assert_eq!((status, keep.as_str()), (StatusCode::NOT_FOUND, "no-cache"));
    }

    #[tokio::test]
    async fn nothing_outside_the_folder_is_served() {
        for path in [
            "/m/../secret.txt",
            "/m/%2e%2e/secret.txt",
            "/m/..%2fsecret.txt",
            "/m//secret.txt",
            "/m/assets/../../secret.txt",
        ] {
            let (_, _, text) = asked(path).await;
            assert!(!text.contains("not for anybody"), "{path}");
        }
    }
}
