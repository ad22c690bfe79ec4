//! Every staff endpoint of every function in every role: whoever may not is told so before anything of the request is read, and
//! whoever may gets past the guard.

use heatpay_domain::staff::Role;
use heatpay_local::permissions::{Endpoint, endpoints};
use heatpay_tests::town::Town;
use reqwest::Method;
use serde_json::json;

fn method(endpoint: &Endpoint) -> Method {
    endpoint.method.parse().expect("a method")
}

/// The path with something well formed in every place.
fn path(endpoint: &Endpoint) -> String {
    let parts = endpoint.path.split('/').map(|part| match part.strip_prefix('{') {
        Some(name) if name.starts_with("account_no") => "1000000001".to_owned(),
        Some(name) => format!("{}01KB1Q2Z3A4B5C6D7E8F9G0H1J", &name[..1].to_uppercase()),
        None => part.to_owned(),
    });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn every_endpoint_is_for_the_roles_of_its_permission_and_for_no_other() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    let endpoints = endpoints();
    assert!(endpoints.len() > 5, "{endpoints:?}");
    let mut wrong = Vec::new();
    for role in Role::ALL {
        let person = first.enters(&format!("role-{}", role.name()), &[*role]).await;
        for endpoint in &endpoints {
            let body = (endpoint.method != "GET").then(|| json!({}));
            let answer = town.call(method(endpoint), &path(endpoint), Some(&person.token), body, &[]).await;
            let status = answer.status.as_u16();
            let code = answer.body["code"].as_str().unwrap_or_default();
            let refused = status == 403 && code == "forbidden" && answer.body["about"] == endpoint.permission.name();
            let passed = status != 401 && code != "forbidden" && status < 500;
            if if endpoint.permission.roles().contains(role) { !passed } else { !refused } {
                let Endpoint { method, path, permission, .. } = endpoint;
                wrong.push(format!("{role:?} {method} {path} ({}): {status} {}", permission.name(), answer.body));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[tokio::test]
async fn no_staff_endpoint_knows_a_resident_or_a_stranger() {
    let town = Town::empty(1, None).await;
    let resident = town.somebody().await;
    for endpoint in endpoints() {
        for token in [Some(resident.token.as_str()), Some("a.b.c"), None] {
            let answer = town.call(method(&endpoint), &path(&endpoint), token, None, &[]).await;
            assert_eq!(answer.problem(401), "signed_out", "{endpoint:?}");
        }
    }
}

#[tokio::test]
async fn a_staff_token_is_no_residents() {
    let town = Town::empty(1, None).await;
    let first = town.first_administrator().await;
    assert_eq!(first.get("/api/households").await.problem(401), "signed_out");
    let shown = json!({ "refresh_token": first.refresh_token });
    assert_eq!(town.ask(Method::POST, "/api/session/refresh", shown).await.problem(401), "signed_out");
}
