//! The API's description is what the code says, and describes what the template routes.

use crate::{expect_none, template};
use heatpay_local::openapi;
use heatpay_tests::repository;
use serde_json::Value;
use std::collections::BTreeSet;

/// What anybody may call: signing in, and the provider's notifications, which carry their own signature.
const OPEN: [&str; 12] = [
    "DELETE /api/session",
    "DELETE /api/staff/session",
    "POST /api/session/refresh",
    "POST /api/session/sms",
    "POST /api/session/sms-codes",
    "POST /api/session/weixin",
    "POST /api/staff/enrolment",
    "POST /api/staff/enrolment/confirmation",
    "POST /api/staff/first-administrator",
    "POST /api/staff/session",
    "POST /api/staff/session/refresh",
    "POST /callbacks/wechatpay",
];

fn described() -> Vec<(String, Value)> {
    let document: Value = serde_json::from_str(&openapi::text()).expect("the description is JSON");
    let paths = document["paths"].as_object().expect("paths").clone();
    let operations = paths.into_iter().flat_map(|(path, item)| {
        let methods = item.as_object().expect("methods").clone();
        methods.into_iter().map(move |(method, operation)| (format!("{} {path}", method.to_uppercase()), operation))
    });
    operations.collect()
}

#[test]
fn the_committed_description_is_the_codes() {
    let drifted = repository::read("docs/openapi.json") != openapi::text();
    assert!(!drifted, "docs/openapi.json is not what the code says; run `make openapi`");
}

#[test]
fn the_description_has_the_templates_routes_and_no_others() {
    let template = template();
    let routed: BTreeSet<String> = template
        .functions
        .iter()
        .flat_map(|function| &function.routes)
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let described: BTreeSet<String> = described().into_iter().map(|(route, _)| route).collect();
    let only = |these: &BTreeSet<String>, those: &BTreeSet<String>, what: &str| -> Vec<String> {
        these.difference(those).map(|route| format!("{route}: only {what}")).collect()
    };
    let undescribed = only(&routed, &described, "in the template");
    expect_none(undescribed.into_iter().chain(only(&described, &routed, "in the code")).collect());
}

#[test]
fn only_signing_in_and_notifications_need_no_token() {
    let open: Vec<String> = described()
        .into_iter()
        .filter(|(_, operation)| operation["security"].is_null())
        .map(|(route, _)| route)
        .collect();
    assert_eq!(BTreeSet::from_iter(open.iter().map(String::as_str)), BTreeSet::from(OPEN));
}

#[test]
fn every_refusal_to_a_client_is_a_problem() {
    let clients = described().into_iter().filter(|(route, _)| !route.contains(" /callbacks/"));
    let refusals = clients.flat_map(|(route, operation)| {
        let responses = operation["responses"].as_object().expect("responses").clone();
        responses
            .into_iter()
            .filter(|(status, _)| !status.starts_with('2'))
            .map(move |(s, r)| (format!("{route} {s}"), r))
    });
    let wrong = refusals.filter(|(_, response)| {
        let content = &response["content"]["application/problem+json"]["schema"]["$ref"];
        content != "#/components/schemas/ProblemBody"
    });
    expect_none(wrong.map(|(what, _)| format!("{what}: not a problem")).collect());
}

#[test]
fn every_text_that_a_client_sends_has_a_limit() {
    let operations = described();
    let parameters = operations.iter().flat_map(|(route, operation)| {
        let all = operation["parameters"].as_array().cloned().unwrap_or_default();
        all.into_iter().map(move |parameter| (route, parameter))
    });
    let wrong = parameters.filter(|(_, parameter)| {
        let schema = &parameter["schema"];
        let text =
            schema["type"] == "string" || schema["type"].as_array().is_some_and(|t| t.contains(&"string".into()));
        text && schema["maxLength"].is_null() && schema["enum"].is_null()
    });
    expect_none(wrong.map(|(route, parameter)| format!("{route}: {} has no limit", parameter["name"])).collect());
}
