//! Who may know whom.

use crate::expect_none;
use heatpay_tests::repository;
use serde_json::Value;
use std::process::Command;

/// A crate of the workspace: its folder, and the crates it names, tests included or not.
struct Package {
    folder: String,
    name: String,
    needs: Vec<Need>,
}

struct Need {
    name: String,
    /// For tests only.
    dev: bool,
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(repository::root())
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo answers JSON");
    metadata["packages"].as_array().expect("packages").iter().map(package).collect()
}

fn package(value: &Value) -> Package {
    let manifest = value["manifest_path"].as_str().expect("a path");
    let folder = std::path::Path::new(manifest).parent().and_then(|f| f.strip_prefix(repository::root()).ok());
    let needs = value["dependencies"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|need| Need { name: need["name"].as_str().expect("a name").to_owned(), dev: need["kind"] == "dev" });
    Package {
        folder: folder.expect("within the repository").to_string_lossy().into_owned(),
        name: value["name"].as_str().expect("a name").to_owned(),
        needs: needs.collect(),
    }
}

/// Every pair of a crate and one it names for which `wrong` holds.
fn expect_no(why: &str, wrong: impl Fn(&Package, &Need) -> bool) {
    let packages = packages();
    let found = packages.iter().flat_map(|package| package.needs.iter().map(move |need| (package, need)));
    expect_none(
        found
            .filter(|(package, need)| wrong(package, need))
            .map(|(package, need)| format!("{} names {}: {why}", package.folder, need.name))
            .collect(),
    );
}

#[test]
fn a_function_does_not_know_another_function() {
    let functions: Vec<String> =
        packages().into_iter().filter(|p| p.folder.starts_with("functions/")).map(|p| p.name).collect();
    assert!(!functions.is_empty());
    expect_no("a step calls another by a queue", |package, need| {
        package.folder.starts_with("functions/") && functions.contains(&need.name)
    });
}

#[test]
fn the_domain_knows_no_aws_clock_network_or_random_source() {
    let outside = ["tokio", "reqwest", "ring", "rand", "ulid", "axum", "hyper", "rustls", "rusqlite"];
    expect_no("the rules are pure", |package, need| {
        let reaches_out =
            outside.contains(&need.name.as_str()) || need.name.starts_with("aws") || need.name.starts_with("heatpay-");
        package.folder == "shared/domain" && !need.dev && reaches_out
    });
}

#[test]
fn only_store_and_runtime_name_an_aws_sdk() {
    let may = ["shared/store", "shared/runtime", "tests"];
    expect_no("AWS is behind store and runtime", |package, need| {
        let for_tests = package.folder.starts_with("local/") && need.dev;
        need.name.starts_with("aws-sdk-") && !may.contains(&package.folder.as_str()) && !for_tests
    });
}

#[test]
fn nothing_that_is_deployed_knows_the_suite_of_one_machine() {
    let suite = ["heatpay-local", "heatpay-engines", "heatpay-sandbox", "heatpay-tests"];
    expect_no("it is not deployed", |package, need| {
        let deployed = package.folder.starts_with("functions/") || package.folder.starts_with("shared/");
        deployed && !need.dev && suite.contains(&need.name.as_str())
    });
}

#[test]
fn the_engines_know_nothing_of_heatpay() {
    expect_no("the engines are AWS on one machine, for whatever runs there", |package, need| {
        // The clock is an argument there too.
        let of_heatpay = need.name.starts_with("heatpay-") && need.name != "heatpay-ports";
        package.folder == "local/engines" && !need.dev && of_heatpay
    });
}

#[test]
fn the_shared_crates_do_not_know_the_functions() {
    expect_no("the functions are built on them", |package, need| {
        package.folder.starts_with("shared/") && repository::root().join("functions").join(&need.name).exists()
    });
}
