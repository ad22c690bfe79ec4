//! Reads `template.yaml`, the one place that says which route, queue, table and schedule exist, so that one machine runs what
//! the cloud deploys. What it cannot understand is an error that names the resource, never left out.

mod document;
mod error;
mod function;
mod grant;
mod intrinsics;
mod messaging;
mod place;
mod schedule;
mod storage;
mod yaml;

pub use document::Parameters;
pub use error::TemplateError;
pub use function::{Function, QueueSource, Route, Schedule};
pub use grant::Grant;
pub use messaging::{DeadLetter, Queue, Subscription, Topic};
pub use place::{OneMachine, Place, Resource};
pub use schedule::{Expression, InvalidExpression};
pub use storage::{Bucket, Index, Key, Projection, Secret, Table};

use document::Document;
use serde::Deserialize;

/// The system, as the template describes it and a place names it.
#[derive(Clone, Debug)]
pub struct Template {
    /// The workflow steps, by name.
    pub functions: Vec<Function>,
    /// The queues, dead-letter queues among them.
    pub queues: Vec<Queue>,
    /// The topics something of ours subscribes to by queue.
    pub topics: Vec<Topic>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The buckets.
    pub buckets: Vec<Bucket>,
    /// The secrets.
    pub secrets: Vec<Secret>,
    /// Which browser pages may call the API.
    pub cors: Cors,
    /// The parameters' values: those given, else their defaults.
    pub parameters: Parameters,
}

/// What browsers are told about calls from other origins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Cors {
    /// Origins that may call.
    pub allow_origins: Vec<String>,
    /// Methods they may use.
    pub allow_methods: Vec<String>,
    /// Headers they may send.
    pub allow_headers: Vec<String>,
    /// Headers they may read.
    pub expose_headers: Vec<String>,
    /// How long a browser may remember this, in seconds.
    pub max_age: u32,
}

impl Template {
    /// Reads the template's text. `given` are values for its parameters; a parameter without a default must be among them.
    pub fn read(text: &str, given: &Parameters, place: &dyn Place) -> Result<Self, TemplateError> {
        let document = Document::parse(text, given, place)?;
        let queues = messaging::queues(&document)?;
        Ok(Self {
            functions: function::functions(&document, &queues)?,
            topics: messaging::topics(&document, &queues)?,
            tables: storage::tables(&document)?,
            buckets: storage::buckets(&document)?,
            secrets: storage::secrets(&document)?,
            cors: cors(&document)?,
            parameters: document.parameters().clone(),
            queues,
        })
    }

    /// The function in the folder `functions/<name>`.
    pub fn function(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// The queue with the logical id.
    pub fn queue(&self, logical_id: &str) -> Option<&Queue> {
        self.queues.iter().find(|queue| queue.logical_id == logical_id)
    }
}

fn cors(document: &Document<'_>) -> Result<Cors, TemplateError> {
    for resource in document.of_kind("AWS::Serverless::HttpApi") {
        if let Some(given) = resource.properties.get("CorsConfiguration") {
            return document.read(resource.logical_id, given);
        }
    }
    Ok(Cors::default())
}

#[cfg(test)]
mod tests;
