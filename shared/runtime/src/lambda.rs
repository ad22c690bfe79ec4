//! Boots a function under the Lambda runtime.

use crate::{
    context::{BootError, Context},
    http, queue,
    step::Step,
    telemetry,
};
use axum::Router;
use lambda_http::tower::ServiceBuilder;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;
use std::sync::Arc;

/// Serves a step called over HTTP.
pub async fn serve_http<F, Fut>(boot: F) -> Result<(), BootError>
where
    F: FnOnce(Context) -> Fut,
    Fut: Future<Output = Result<Router, BootError>>,
{
    telemetry::start();
    let router = http::finish(boot(Context::from_environment().await?).await?);
    let service = ServiceBuilder::new().service(router);
    lambda_http::run(service).await.map_err(|e| BootError::Lambda(e.to_string()))
}

/// Serves a step driven by a queue, a schedule, or both.
pub async fn serve_step<F, Fut>(boot: F) -> Result<(), BootError>
where
    F: FnOnce(Context) -> Fut,
    Fut: Future<Output = Result<Arc<dyn Step>, BootError>>,
{
    telemetry::start();
    let step = boot(Context::from_environment().await?).await?;
    let handler = service_fn(move |event: LambdaEvent<Value>| {
        let step = step.clone();
        async move { handle(step.as_ref(), event.payload).await }
    });
    lambda_runtime::run(handler).await.map_err(|e| BootError::Lambda(e.to_string()))
}

/// A queue's event has `Records`; a schedule's has not.
async fn handle(step: &dyn Step, payload: Value) -> Result<Value, lambda_runtime::Error> {
    if payload.get("Records").is_some() {
        let response = queue::run_batch(step, serde_json::from_value(payload)?).await;
        return Ok(serde_json::to_value(response)?);
    }
    step.scheduled().await?;
    Ok(Value::Null)
}
