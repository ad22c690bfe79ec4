//! The smallest function: shows that the tests' Runtime API is the one functions expect. Answers its event; an event with
//! `fail` ends in an error; one with `exit` ends the process; the setting `CANNOT_START` keeps it from starting.

use lambda_runtime::{Diagnostic, Error, LambdaEvent, run, service_fn};
use serde_json::{Value, json};

#[tokio::main]
async fn main() -> Result<(), Error> {
    if let Ok(why) = std::env::var("CANNOT_START") {
        return Err(why.into());
    }
    run(service_fn(|event: LambdaEvent<Value>| async move { answer(event.payload) })).await
}

fn answer(event: Value) -> Result<Value, Diagnostic> {
    if event["exit"] == true {
        eprintln!("told to exit");
        std::process::exit(7);
    }
    match event["fail"].as_str() {
        Some(why) => Err(Diagnostic { error_type: "Told".to_owned(), error_message: why.to_owned() }),
        None => Ok(json!({ "hello": event })),
    }
}
