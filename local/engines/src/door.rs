//! One port for everything but DynamoDB: which service a call means is read off its headers, as the SDKs write them.

use crate::{files, files::Files, limits, queues::Queues, secrets::Secrets, topics::Topics};
use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

#[derive(Clone)]
pub(crate) struct Door {
    pub(crate) queues: Queues,
    pub(crate) topics: Topics,
    pub(crate) secrets: Secrets,
    pub(crate) files: Files,
}

/// Whom a call is for.
enum Called {
    Queues(String),
    Secrets(String),
    Topics,
    Files,
    Nobody,
}

impl Door {
    pub(crate) fn router(self) -> Router {
        Router::new().fallback(answer).with_state(self)
    }
}

fn called(headers: &HeaderMap) -> Called {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(target) = text("x-amz-target") {
        return match target.split_once('.') {
            Some(("AmazonSQS", operation)) => Called::Queues(operation.to_owned()),
            Some(("secretsmanager", operation)) => Called::Secrets(operation.to_owned()),
            _ => Called::Nobody,
        };
    }
    match text(header::CONTENT_TYPE.as_str()) {
        Some(form) if form.starts_with("application/x-www-form-urlencoded") => Called::Topics,
        _ => Called::Files,
    }
}

async fn answer(State(door): State<Door>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let called = called(&head.headers);
    let limit = match called {
        Called::Files => limits::FILE_BYTES,
        _ => limits::CALL_BYTES,
    };
    let Ok(body) = to_bytes(body, limit).await else {
        return match called {
            Called::Files => files::http::too_large(),
            _ => StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        };
    };
    match called {
        Called::Queues(operation) => door.queues.answer(&operation, &body).await,
        Called::Secrets(operation) => door.secrets.answer(&operation, &body).await,
        Called::Topics => door.topics.answer(&body).await,
        Called::Files => door.files.answer(head.method, &head.uri, head.headers, body).await,
        Called::Nobody => {
            (StatusCode::BAD_REQUEST, r#"{"__type":"com.amazon.coral.service#UnknownOperationException"}"#)
                .into_response()
        }
    }
}
