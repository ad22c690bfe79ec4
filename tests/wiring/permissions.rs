//! Every staff endpoint names what it needs, and the page of who may do what is what the code says.

use crate::expect_none;
use heatpay_domain::staff::Permission;
use heatpay_local::{openapi, permissions};
use heatpay_tests::repository;
use serde_json::Value;

#[test]
fn the_page_of_permissions_is_the_codes() {
    let path = "docs/permissions.md";
    if std::env::var_os("HEATPAY_WRITE_DOCS").is_some() {
        std::fs::write(repository::root().join(path), permissions::page()).expect("the page can be written");
    }
    let drifted = repository::read(path) != permissions::page();
    assert!(!drifted, "{path} is out of date: run once with HEATPAY_WRITE_DOCS=1");
}

#[test]
fn every_endpoint_below_staff_names_a_permission_or_is_for_signing_in() {
    let document: Value = serde_json::from_str(&openapi::text()).expect("the description is JSON");
    let mut wrong = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("methods") {
            let of_staff = path.starts_with("/api/staff/");
            let security = operation["security"].to_string();
            let named = operation["x-permission"].as_str();
            let known = named.is_none_or(|name| Permission::of_name(name).is_some());
            let whole = named.is_some() == security.contains("staff") && !(of_staff && security.contains("token"));
            if !known || !whole || (named.is_some() && !of_staff) {
                wrong.push(format!("{method} {path}: security {security}, permission {named:?}"));
            }
        }
    }
    expect_none(wrong);
}
