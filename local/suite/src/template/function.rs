//! The workflow steps: what calls them, what they are told, what they may do.

use super::{
    document::{Document, Written},
    error::TemplateError,
    grant::Grant,
    messaging::Queue,
    schedule::Expression,
};
use serde::Deserialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// A workflow step.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name in the template.
    pub logical_id: String,
    /// Its folder, crate and binary: `payment-settle`.
    pub name: String,
    /// Where its code is: `functions/payment-settle`.
    pub folder: String,
    /// How long one call may take.
    pub timeout: Duration,
    /// In MiB.
    pub memory: u32,
    /// Its environment variables.
    pub settings: BTreeMap<String, String>,
    /// The requests it answers.
    pub routes: Vec<Route>,
    /// The queue that drives it, if one does.
    pub source: Option<QueueSource>,
    /// When it runs by the clock.
    pub schedules: Vec<Schedule>,
    /// Everything its role lets it do.
    pub grants: BTreeSet<Grant>,
}

/// A kind of request.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Route {
    /// `GET`.
    pub method: String,
    /// `/api/payments/{payment_no}`.
    pub path: String,
}

/// A queue that drives a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueSource {
    /// The queue's logical id.
    pub queue: String,
    /// How many messages one call gets at most.
    pub batch_size: usize,
    /// How many calls may run at once, if that is limited.
    pub at_once: Option<usize>,
    /// Whether the function says which messages of a batch failed.
    pub reports_failures: bool,
}

/// A schedule that runs a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Its name in the function's events.
    pub name: String,
    /// When.
    pub when: Expression,
    /// What the function is given, if not the scheduler's own event.
    pub input: Option<String>,
}

pub(super) fn functions(document: &Document<'_>, queues: &[Queue]) -> Result<Vec<Function>, TemplateError> {
    let mut functions = document
        .of_kind("AWS::Serverless::Function")
        .map(|written| function(document, &written))
        .collect::<Result<Vec<_>, _>>()?;
    for written in document.of_kind("AWS::Lambda::EventSourceMapping") {
        attach(document, &written, queues, &mut functions)?;
    }
    Ok(functions)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Properties {
    code_uri: String,
    timeout: u64,
    memory_size: u32,
    #[serde(default)]
    environment: Environment,
    #[serde(default)]
    events: BTreeMap<String, Event>,
    #[serde(default)]
    policies: Vec<Policy>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Environment {
    variables: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(tag = "Type", content = "Properties")]
enum Event {
    HttpApi(HttpEvent),
    ScheduleV2(ScheduleEvent),
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct HttpEvent {
    method: String,
    path: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct ScheduleEvent {
    schedule_expression: String,
    input: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Policy {
    statement: Vec<Statement>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    effect: String,
    action: OneOrMany,
    resource: OneOrMany,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl OneOrMany {
    fn each(&self) -> &[String] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

fn function(document: &Document<'_>, written: &Written<'_>) -> Result<Function, TemplateError> {
    let logical_id = written.logical_id;
    let properties: Properties = document.read(logical_id, &written.properties)?;
    let mut routes = Vec::new();
    let mut schedules = Vec::new();
    for (name, event) in properties.events {
        match event {
            Event::HttpApi(http) => routes.push(Route { method: http.method.to_uppercase(), path: http.path }),
            Event::ScheduleV2(schedule) => schedules.push(Schedule {
                when: schedule
                    .schedule_expression
                    .parse()
                    .map_err(|source| TemplateError::Schedule { logical_id: format!("{logical_id}.{name}"), source })?,
                input: schedule.input,
                name,
            }),
        }
    }
    routes.sort();
    let folder = properties.code_uri.trim_end_matches('/').to_owned();
    Ok(Function {
        name: folder.rsplit('/').next().unwrap_or(&folder).to_owned(),
        folder,
        timeout: Duration::from_secs(properties.timeout),
        memory: properties.memory_size,
        settings: properties.environment.variables,
        routes,
        source: None,
        schedules,
        grants: grants(logical_id, &properties.policies)?,
        logical_id: logical_id.to_owned(),
    })
}

fn grants(logical_id: &str, policies: &[Policy]) -> Result<BTreeSet<Grant>, TemplateError> {
    let mut grants = BTreeSet::new();
    for statement in policies.iter().flat_map(|policy| &policy.statement) {
        if statement.effect != "Allow" {
            return Err(TemplateError::unusable(
                logical_id,
                "a role here only allows; what it does not allow is denied",
            ));
        }
        for action in statement.action.each() {
            for resource in statement.resource.each() {
                let grant = Grant::of_statement(action, resource)
                    .ok_or_else(|| TemplateError::unusable(logical_id, format!("{action} is no action")))?;
                if !grants.insert(grant) {
                    return Err(TemplateError::unusable(logical_id, format!("{action} for {resource} stands twice")));
                }
            }
        }
    }
    Ok(grants)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    event_source_arn: String,
    batch_size: usize,
    scaling_config: Option<Scaling>,
    #[serde(default)]
    function_response_types: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Scaling {
    maximum_concurrency: usize,
}

/// Gives the mapping's queue to the mapping's function.
fn attach(
    document: &Document<'_>,
    written: &Written<'_>,
    queues: &[Queue],
    functions: &mut [Function],
) -> Result<(), TemplateError> {
    let fault = |reason| TemplateError::unusable(written.logical_id, reason);
    let mapping: Mapping = document.read(written.logical_id, &written.properties)?;
    let queue = queues
        .iter()
        .find(|queue| queue.arn == mapping.event_source_arn)
        .ok_or_else(|| fault("its EventSourceArn is no queue of this template"))?;
    // A function is named by `!Ref`; its name at the place need not be unique, its logical id is.
    let named = match &written.properties["FunctionName"]["Ref"] {
        Value::String(logical_id) => functions.iter_mut().find(|function| &function.logical_id == logical_id),
        _ => None,
    };
    let function = named.ok_or_else(|| fault("its FunctionName is no !Ref to a function of this template"))?;
    if function.source.is_some() {
        return Err(fault("its function has another queue already"));
    }
    function.source = Some(QueueSource {
        queue: queue.logical_id.clone(),
        batch_size: mapping.batch_size,
        at_once: mapping.scaling_config.map(|scaling| scaling.maximum_concurrency),
        reports_failures: mapping.function_response_types == ["ReportBatchItemFailures"],
    });
    Ok(())
}
