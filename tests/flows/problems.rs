//! What the API answers to what it cannot take.

use heatpay_tests::town::Town;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

fn request(town: &Town, method: Method, path: &str) -> RequestBuilder {
    let http = reqwest::Client::builder().no_proxy().build().expect("an HTTP client");
    http.request(method, format!("{}{path}", town.world.base_url))
}

/// The problem's code and `about`, after what every problem has was looked at.
async fn problem(answer: Response, status: StatusCode) -> (String, Value) {
    assert_eq!(answer.status(), status);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
    let body: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
    assert_eq!(body["status"], status.as_u16());
    assert_eq!(body["request_id"], id.as_str());
    let code = body["code"].as_str().expect("a code").to_owned();
    assert_eq!(body["type"], format!("urn:heatpay:{code}"));
    assert!(body["detail"].as_str().is_some_and(|text| !text.is_ascii()), "a sentence in Chinese: {body}");
    (code, body["about"].clone())
}

async fn sent(request: RequestBuilder) -> Response {
    request.send().await.expect("the gateway answers")
}

#[tokio::test]
async fn an_address_that_is_not_there_is_404() {
    let town = Town::empty(1, None).await;
    for path in ["/api/nothing", "/api/payments/", "/api/households/1000000001/nothing", "/callbacks/nobody"] {
        let answer = sent(request(&town, Method::GET, path)).await;
        assert_eq!(problem(answer, StatusCode::NOT_FOUND).await.0, "not_found", "{path}");
    }
}

#[tokio::test]
async fn another_method_is_405_and_told_which_are_allowed() {
    let town = Town::empty(1, None).await;
    let cases = [
        (Method::DELETE, "/api/payments", "POST"),
        (Method::PUT, "/api/households", "GET,HEAD,POST"),
        (Method::GET, "/api/session/weixin", "POST"),
        (Method::PATCH, "/api/households/1000000001", "DELETE"),
    ];
    for (method, path, allowed) in cases {
        let answer = sent(request(&town, method, path)).await;
        let mut allow: Vec<_> = answer.headers()["allow"].to_str().expect("text").split(',').collect();
        allow.sort_unstable();
        assert_eq!(allow.join(","), allowed, "{path}");
        assert_eq!(problem(answer, StatusCode::METHOD_NOT_ALLOWED).await.0, "method_not_allowed");
    }
}

#[tokio::test]
async fn a_body_that_is_too_large_is_413() {
    let town = Town::empty(1, None).await;
    let large = json!({ "code": "x".repeat(64 * 1024) }).to_string();
    let ask =
        request(&town, Method::POST, "/api/session/weixin").header("content-type", "application/json").body(large);
    assert_eq!(problem(sent(ask).await, StatusCode::PAYLOAD_TOO_LARGE).await.0, "too_large");
}

#[tokio::test]
async fn a_notification_that_is_too_large_is_413_in_the_channels_words() {
    let town = Town::empty(1, None).await;
    let ask = request(&town, Method::POST, "/callbacks/wechatpay").body("x".repeat(64 * 1024 + 1));
    let answer = sent(ask).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    let body: Value = serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON");
    assert_eq!(body["code"], "FAIL");
}

#[tokio::test]
async fn a_body_of_another_kind_is_415() {
    let town = Town::empty(1, None).await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/xml"] {
        let ask = request(&town, Method::POST, "/api/session/weixin").header("content-type", kind).body("{}");
        assert_eq!(problem(sent(ask).await, StatusCode::UNSUPPORTED_MEDIA_TYPE).await.0, "unsupported_media_type");
    }
}

#[tokio::test]
async fn what_is_no_json_or_has_other_members_is_400_and_says_where() {
    let town = Town::empty(1, None).await;
    for body in ["", "{", "[]", "null", "{}", r#"{"code":1}"#, r#"{"code":"abc","more":1}"#, r#"{"code":""}"#] {
        let ask =
            request(&town, Method::POST, "/api/session/weixin").header("content-type", "application/json").body(body);
        assert_eq!(problem(sent(ask).await, StatusCode::BAD_REQUEST).await.0, "invalid_request", "{body}");
    }
    let ask = request(&town, Method::POST, "/api/session/weixin").header("content-type", "application/json");
    let (_, about) = problem(sent(ask.body(r#"{"kode":"abc"}"#)).await, StatusCode::BAD_REQUEST).await;
    assert!(about.as_str().is_some_and(|about| about.contains("kode")), "{about}");
}

#[tokio::test]
async fn every_answer_names_its_request_and_is_kept_by_no_cache() {
    let town = Town::empty(1, None).await;
    let somebody = town.somebody().await;
    let answer = somebody.get("/api/households").await;
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert_eq!(answer.headers["x-content-type-options"], "nosniff");
    let again = somebody.get("/api/households").await;
    assert_ne!(answer.headers["x-request-id"], again.headers["x-request-id"]);
    let traced = request(&town, Method::GET, "/api/households").header("x-amzn-trace-id", "Root=1-5bef4de7-ad49b0e8");
    assert_eq!(sent(traced).await.headers()["x-request-id"], "Root=1-5bef4de7-ad49b0e8");
}

#[tokio::test]
async fn a_browser_page_of_ours_may_call_and_no_other() {
    let town = Town::empty(1, None).await;
    let ours = town.world.template.cors.allow_origins[0].clone();
    let preflight = |origin: &str| {
        request(&town, Method::OPTIONS, "/api/payments")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type,idempotency-key")
    };
    let allowed = sent(preflight(&ours)).await;
    assert!(allowed.status().is_success());
    assert_eq!(allowed.headers()["access-control-allow-origin"], ours.as_str());
    for name in ["authorization", "content-type", "idempotency-key"] {
        let headers = allowed.headers()["access-control-allow-headers"].to_str().expect("text");
        assert!(headers.contains(name), "{name} in {headers}");
    }
    let refused = sent(preflight("https://evil.example.com")).await;
    assert!(!refused.headers().contains_key("access-control-allow-origin"));
    // What a page may read of a refusal, it may read too.
    let signed_out = sent(request(&town, Method::GET, "/api/households").header("origin", &ours)).await;
    assert_eq!(signed_out.headers()["access-control-allow-origin"], ours.as_str());
    let exposed = signed_out.headers()["access-control-expose-headers"].to_str().expect("text");
    assert!(exposed.contains("x-request-id") && exposed.contains("retry-after"), "{exposed}");
}
