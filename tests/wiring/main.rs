//! The template, the folders, the table of functions and the rules of the code agree.

mod api;
mod functions;
mod packages;
mod pages;
mod permissions;
mod planted;
mod queues;
mod roles;
mod settings;
mod source;
mod tables;

use heatpay_local::template::{OneMachine, Parameters, Template};
use heatpay_tests::repository;

/// The template, as one machine reads it.
fn template() -> Template {
    let given = Parameters::from([("PublicBaseUrl".to_owned(), "https://pay.example.com".to_owned())]);
    Template::read(&repository::read("template.yaml"), &given, &OneMachine::at("http://127.0.0.1"))
        .unwrap_or_else(|error| panic!("template.yaml: {error} ({:?})", std::error::Error::source(&error)))
}

/// Fails with every line that is wrong, not with the first alone.
fn expect_none(wrong: Vec<String>) {
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
