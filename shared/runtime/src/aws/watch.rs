//! Shows every AWS call to the probe, with the resources it names, read from the request itself. Where the probe measures,
//! tables are asked what each call took.

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
                BeforeTransmitInterceptorContextRef,
            },
        },
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{
    body::SdkBody,
    config_bag::{ConfigBag, Storable, StoreReplace},
};
use heatpay_ports::{Call, Probe};
use serde_json::Value;
use std::{fmt, sync::Arc};

pub(super) struct Watch {
    probe: Arc<dyn Probe>,
}

impl Watch {
    pub(super) fn new(probe: Arc<dyn Probe>) -> Self {
        Self { probe }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Watch")
    }
}

#[derive(Debug, Clone)]
struct Watched(Call);

impl Storable for Watched {
    type Storer = StoreReplace<Self>;
}

#[aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint]
impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "heatpay-watch"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let tells = bag.load::<Metadata>().is_some_and(|m| m.service() == "DynamoDB" && TELL_UNITS.contains(&m.name()));
        if !tells || !self.probe.measures() {
            return Ok(());
        }
        let request = context.request_mut();
        let Some(body) = request.body().bytes().and_then(asking_for_units) else { return Ok(()) };
        request.headers_mut().insert("content-length", body.len().to_string());
        *request.body_mut() = SdkBody::from(body);
        Ok(())
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some((service, operation)) = bag.load::<Metadata>().map(|m| (m.service().to_owned(), m.name().to_owned()))
        else {
            return Ok(());
        };
        let request = context.request();
        let call = Call {
            resources: resources(&service, &operation, request.uri(), request.body().bytes().unwrap_or_default()),
            service: service_name(&service),
            operation,
        };
        bag.interceptor_state().store_put(Watched(call.clone()));
        Ok(self.probe.before(&call)?)
    }

    // Not before it is deserialized: until then the body is a stream that nobody has read.
    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        bag: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(Watched(call)) = bag.load::<Watched>() {
            self.probe.after(call, context.response().body().bytes().unwrap_or_default());
        }
        Ok(())
    }
}

/// The operations that tell their request units when they are asked for them.
const TELL_UNITS: [&str; 10] = [
    "BatchGetItem",
    "BatchWriteItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "TransactGetItems",
    "TransactWriteItems",
    "UpdateItem",
];

/// The same JSON object with one member more.
fn asking_for_units(body: &[u8]) -> Option<Vec<u8>> {
    let members = body.strip_prefix(b"{")?;
    let mut asking = br#"{"ReturnConsumedCapacity":"INDEXES""#.to_vec();
    if members != b"}" {
        asking.push(b',');
    }
    asking.extend_from_slice(members);
    Some(asking)
}

fn service_name(service: &str) -> String {
    match service {
        "DynamoDB" => "dynamodb".to_owned(),
        "SQS" => "sqs".to_owned(),
        "SNS" => "sns".to_owned(),
        "S3" => "s3".to_owned(),
        "Secrets Manager" => "secretsmanager".to_owned(),
        other => other.to_lowercase(),
    }
}

/// The IAM actions and resources of a call, `Action resource` each, as a role's policy names them.
fn resources(service: &str, operation: &str, uri: &str, body: &[u8]) -> Vec<String> {
    match service {
        "DynamoDB" => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            dynamodb_resources(operation, &body)
        }
        "SQS" => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let url = body["QueueUrl"].as_str().unwrap_or_default();
            // A batch needs the same permission as one.
            vec![format!("{} {url}", operation.trim_end_matches("Batch"))]
        }
        "SNS" => {
            let arn = form_field(body, "TopicArn");
            vec![format!("{} {arn}", operation.trim_end_matches("Batch"))]
        }
        "S3" => {
            let path = uri.split_once("://").map_or(uri, |(_, rest)| rest.split_once('/').map_or("", |(_, path)| path));
            vec![format!("{operation} {}", path.split(['/', '?']).next().unwrap_or_default())]
        }
        "Secrets Manager" => {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            vec![format!("{operation} {}", body["SecretId"].as_str().unwrap_or_default())]
        }
        _ => Vec::new(),
    }
}

fn dynamodb_resources(operation: &str, body: &Value) -> Vec<String> {
    let named = |action: &str, part: &Value| {
        let table = part["TableName"].as_str().unwrap_or_default();
        match part["IndexName"].as_str() {
            Some(index) => format!("{action} {table}/index/{index}"),
            None => format!("{action} {table}"),
        }
    };
    match operation {
        "TransactWriteItems" | "TransactGetItems" => body["TransactItems"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|item| item.as_object()?.iter().next())
            .map(|(kind, part)| match kind.as_str() {
                "Put" => named("PutItem", part),
                "Update" => named("UpdateItem", part),
                "Delete" => named("DeleteItem", part),
                "ConditionCheck" => named("ConditionCheckItem", part),
                _ => named("GetItem", part),
            })
            .collect(),
        "BatchGetItem" | "BatchWriteItem" => body["RequestItems"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(table, _)| format!("{operation} {table}"))
            .collect(),
        _ => vec![named(operation, body)],
    }
}

fn form_field(body: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(body);
    text.split('&')
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .unwrap_or_default()
        .replace("%3A", ":")
        .replace("%3a", ":")
}
