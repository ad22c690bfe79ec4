//! The AWS JSON 1.0 protocol of SQS.

mod batch;
mod queue;
mod receive;
mod send;

use super::{QueueError, Queues};
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

const JSON: HeaderValue = HeaderValue::from_static("application/x-amz-json-1.0");

impl Queues {
    /// Answers one call; `operation` is what follows `AmazonSQS.` in `X-Amz-Target`.
    pub(crate) async fn answer(&self, operation: &str, body: &[u8]) -> Response {
        let outcome = match operation {
            "SendMessage" => self.send_message(body).await,
            "SendMessageBatch" => self.send_message_batch(body).await,
            "ReceiveMessage" => self.receive_message(body).await,
            "DeleteMessage" => self.delete_message(body).await,
            "DeleteMessageBatch" => self.delete_message_batch(body).await,
            "ChangeMessageVisibility" => self.change_message_visibility(body).await,
            "ChangeMessageVisibilityBatch" => self.change_message_visibility_batch(body).await,
            "CreateQueue" => self.create_queue(body).await,
            "GetQueueUrl" => self.get_queue_url(body).await,
            "ListQueues" => self.list_queues(body).await,
            "GetQueueAttributes" => self.get_queue_attributes(body).await,
            "PurgeQueue" => self.purge_queue(body).await,
            other => Err(QueueError::Unsupported(format!("{other} is not played here"))),
        };
        match outcome {
            Ok(value) => (StatusCode::OK, [(header::CONTENT_TYPE, JSON)], value.to_string()).into_response(),
            Err(error) => refusal(&error),
        }
    }
}

fn refusal(error: &QueueError) -> Response {
    let (shape, query_code) = error.names();
    let (status, fault) = match error.is_callers_fault() {
        true => (StatusCode::BAD_REQUEST, "Sender"),
        false => {
            tracing::error!(error = error as &dyn std::error::Error, "the queues did not take a call");
            (StatusCode::INTERNAL_SERVER_ERROR, "Receiver")
        }
    };
    let body = json!({ "__type": format!("com.amazonaws.sqs#{shape}"), "message": error.to_string() });
    let headers = [
        ("content-type", "application/x-amz-json-1.0".to_owned()),
        ("x-amzn-query-error", format!("{query_code};{fault}")),
    ];
    (status, headers, body.to_string()).into_response()
}

fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, QueueError> {
    serde_json::from_slice(body).map_err(|e| QueueError::Parameter(format!("the request cannot be read: {e}")))
}

fn written(answer: &impl Serialize) -> Result<Value, QueueError> {
    serde_json::to_value(answer).map_err(|e| QueueError::Parameter(format!("the answer cannot be written: {e}")))
}

/// What is called when it is not there: an empty string stands for a missing one, and no queue has such a name.
fn queue_in(url: &str) -> Result<&str, QueueError> {
    match crate::names::name_in_url(url) {
        "" => Err(QueueError::Missing("QueueUrl")),
        name => Ok(name),
    }
}
