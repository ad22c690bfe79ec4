//! The Runtime API of the tests, tried with the smallest function.

use heatpay_tests::lambda::{Failed, Function};
use serde_json::json;
use std::{collections::BTreeMap, path::Path};

const HELLO: &str = env!("CARGO_BIN_EXE_hello");

async fn hello(settings: &[(&str, &str)]) -> Function {
    let settings =
        settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>();
    Function::start(Path::new(HELLO), &settings).await
}

#[tokio::test]
async fn a_function_is_called_again_and_again() {
    let mut function = hello(&[]).await;
    for name in ["one", "two"] {
        let answer = function.call(&json!({ "name": name })).await.expect("answers");
        assert_eq!(answer, json!({ "hello": { "name": name } }));
    }
}

#[tokio::test]
async fn an_error_of_one_call_is_told_and_the_next_call_goes_on() {
    let mut function = hello(&[]).await;
    match function.call(&json!({ "fail": "no heat" })).await {
        Err(Failed::Error(error)) => assert_eq!(error["errorMessage"], "no heat"),
        other => panic!("{other:?}"),
    }
    assert!(function.call(&json!({})).await.is_ok());
}

#[tokio::test]
async fn a_function_that_ends_is_told_with_what_it_wrote() {
    let mut function = hello(&[]).await;
    match function.call(&json!({ "exit": true })).await {
        Err(Failed::Exited(written)) => assert!(written.contains("told to exit"), "{written}"),
        other => panic!("{other:?}"),
    }
    let mut function = hello(&[("CANNOT_START", "no key")]).await;
    match function.call(&json!({})).await {
        Err(Failed::Exited(written)) => assert!(written.contains("no key"), "{written}"),
        other => panic!("{other:?}"),
    }
}
