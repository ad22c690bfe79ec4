//! Every function of the template, as built for Lambda: boots, answers its sample event, and answers it again.
//! `make packages` builds them.

use heatpay_local::{
    clock::SuiteClock,
    world::{World, WorldConfig},
};
use heatpay_ports::RandomIds;
use heatpay_tests::{lambda::Function, repository, town::given_keys};
use serde_json::Value;
use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

fn bootstrap(name: &str) -> PathBuf {
    let path = repository::root().join("target/packages").join(name).join("bootstrap");
    assert!(path.exists(), "{} is not there: run `make packages`", path.display());
    path
}

async fn world() -> World {
    let config = WorldConfig {
        data: None,
        template: repository::read("template.yaml"),
        port: 0,
        clock: Arc::new(SuiteClock::unkept()),
        ids: Arc::new(RandomIds::default()),
        parameters: BTreeMap::new(),
        keys: given_keys(),
    };
    World::start(config).await.expect("the suite starts")
}

/// What Lambda and the caller can read: a response of HTTP, the failures of a batch, or nothing of a schedule.
fn is_answer(answer: &Value) -> bool {
    match (&answer["statusCode"], &answer["batchItemFailures"]) {
        (Value::Number(status), _) => status.as_u64().is_some_and(|status| (200..500).contains(&status)),
        (_, failures) => failures.is_array() || answer.is_null(),
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs the built functions: make test-packages"]
async fn every_function_boots_and_answers_its_sample_event() {
    let world = world().await;
    let mut wrong = Vec::new();
    for function in &world.template.functions {
        let mut settings = function.settings.clone();
        settings.insert("AWS_ENDPOINT_URL".to_owned(), world.engines.aws_url.clone());
        settings.insert("AWS_ENDPOINT_URL_DYNAMODB".to_owned(), world.engines.dynamodb_url.clone());
        let event = repository::read(format!("events/{}.json", function.name));
        let event: Value = serde_json::from_str(&event).expect("the sample event is JSON");
        let mut started = Function::start(&bootstrap(&function.name), &settings).await;
        for _ in 0..2 {
            match started.call(&event).await {
                Ok(answer) if is_answer(&answer) => {}
                other => wrong.push(format!("{}: {other:?}", function.name)),
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}
