//! The AWS SDK's HTTP client, in the process itself: the code of the cloud makes its requests, and the world answers them.

use crate::{
    io::{Moment, stop},
    queues::Queue,
    tables::Refusal,
    town::{State, Town},
    weather::Outage,
};
use aws_smithy_runtime_api::client::{
    http::{HttpConnector, HttpConnectorFuture, SharedHttpClient, SharedHttpConnector, http_client_fn},
    orchestrator::{HttpRequest, HttpResponse},
    result::ConnectorError,
};
use aws_smithy_types::body::SdkBody;
use http::StatusCode;
use jiff::SignedDuration;
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

/// The session secret's key, and the personal data's.
pub const KEY: &str = "a key of thirty-two characters, or more";

/// A client that reaches the world and nothing else.
pub fn http_client(town: &Town) -> SharedHttpClient {
    let connector = SharedHttpConnector::new(Wire(town.clone()));
    http_client_fn(move |_, _| connector.clone())
}

#[derive(Debug)]
struct Wire(Town);

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let town = self.0.clone();
        HttpConnectorFuture::new(async move { exchange(&town, Asked::of(&request)).await })
    }
}

/// What a request asks for.
#[derive(Clone, Debug)]
enum Asked {
    Tables { operation: String, request: Value },
    Send { request: Value },
    Publish { kind: String, message: String },
    Keep { file: String, bytes: Vec<u8> },
    Read { file: String },
    Secret,
    Unknown,
}

impl Asked {
    fn of(request: &HttpRequest) -> Self {
        let body = request.body().bytes().unwrap_or_default();
        let target = request.headers().get("x-amz-target").unwrap_or_default();
        let json = || serde_json::from_slice(body).unwrap_or_default();
        let file =
            request.uri().split_once("/files/").map(|(_, file)| file.split('?').next().unwrap_or_default().to_owned());
        if let Some(file) = file {
            return match request.method() {
                "PUT" => Self::Keep { file, bytes: body.to_vec() },
                "GET" => Self::Read { file },
                _ => Self::Unknown,
            };
        }
        match target.split_once('.') {
            Some(("DynamoDB_20120810", operation)) => Self::Tables { operation: operation.to_owned(), request: json() },
            Some(("AmazonSQS", "SendMessage")) => Self::Send { request: json() },
            Some(("secretsmanager", "GetSecretValue")) => Self::Secret,
            Some(_) => Self::Unknown,
            None => Self::Publish {
                kind: form_field(body, "MessageAttributes.entry.1.Value.StringValue"),
                message: form_field(body, "Message"),
            },
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Tables { operation, .. } => operation.clone(),
            Self::Send { request } => {
                let queue = Queue::of_url(request["QueueUrl"].as_str().unwrap_or_default());
                format!("SendMessage to {}", queue.map_or("?", Queue::name))
            }
            Self::Publish { kind, .. } => format!("Publish {kind}"),
            Self::Keep { file, .. } => format!("PutObject {file}"),
            Self::Read { file } => format!("GetObject {file}"),
            Self::Secret => "GetSecretValue".to_owned(),
            Self::Unknown => "an unknown call".to_owned(),
        }
    }

    fn outage(&self, state: &mut State) -> Option<Outage> {
        match self {
            Self::Tables { .. } | Self::Keep { .. } | Self::Read { .. } => state.weather.tables.take(),
            Self::Send { .. } => state.weather.queues.take(),
            Self::Publish { .. } => state.weather.topic.take(),
            Self::Secret | Self::Unknown => None,
        }
    }
}

async fn exchange(town: &Town, asked: Asked) -> Result<HttpResponse, ConnectorError> {
    if matches!(asked, Asked::Secret) {
        // Read while a process boots; it has no part in a history.
        return answer(&mut town.state(), &asked);
    }
    stop(town, Moment::Before, || asked.name()).await;
    let answered = {
        let mut state = town.state();
        let outage = asked.outage(&mut state);
        if let Some(outage) = outage {
            state.tell(|| format!("  {}: {}", asked.name(), in_words(outage)));
        }
        match outage {
            None => answer(&mut state, &asked),
            Some(Outage::NotDone) => Err(broken()),
            Some(Outage::AnswerLost) => answer(&mut state, &asked).and(Err(broken())),
            Some(Outage::SentTwice) => {
                // The SDK's next try is the answer that counts.
                let _first = answer(&mut state, &asked);
                answer(&mut state, &asked)
            }
        }
    };
    stop(town, Moment::After, || asked.name()).await;
    answered
}

fn in_words(outage: Outage) -> &'static str {
    match outage {
        Outage::NotDone => "not done, an error is seen",
        Outage::AnswerLost => "done, an error is seen",
        Outage::SentTwice => "done twice, for the first answer was lost",
    }
}

fn broken() -> ConnectorError {
    ConnectorError::io("the connection broke".into())
}

fn answer(state: &mut State, asked: &Asked) -> Result<HttpResponse, ConnectorError> {
    match asked {
        Asked::Tables { operation, request } => match state.tables.call(operation, request) {
            Ok(answer) => respond(StatusCode::OK, answer.to_string()),
            Err(Refusal { kind, mut body }) => {
                if kind == "ValidationException" {
                    state.wrong(format!("{operation} is not valid: {body}"));
                }
                body["__type"] = json!(format!("com.amazonaws.dynamodb.v20120810#{kind}"));
                respond(StatusCode::BAD_REQUEST, body.to_string())
            }
        },
        Asked::Send { request } => {
            let Some(queue) = Queue::of_url(request["QueueUrl"].as_str().unwrap_or_default()) else {
                return respond(StatusCode::BAD_REQUEST, r#"{"__type":"QueueDoesNotExist"}"#.to_owned());
            };
            let (id, now) = (state.number(), state.now);
            let delay = SignedDuration::from_secs(request["DelaySeconds"].as_i64().unwrap_or(0));
            let body = request["MessageBody"].as_str().unwrap_or_default().to_owned();
            state.queues.send(id, queue, body, now + delay);
            respond(StatusCode::OK, json!({ "MessageId": id.to_string(), "MD5OfMessageBody": "" }).to_string())
        }
        Asked::Publish { kind, message } => {
            let (id, now) = (state.number(), state.now);
            state.queues.publish(id, kind, message, now);
            let xml = "<PublishResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><PublishResult>\
                       <MessageId>1</MessageId></PublishResult></PublishResponse>";
            respond(StatusCode::OK, xml.to_owned())
        }
        Asked::Keep { file, bytes } => {
            state.files.insert(file.clone(), bytes.clone());
            respond(StatusCode::OK, String::new())
        }
        Asked::Read { file } => match state.files.get(file) {
            Some(bytes) => Ok(HttpResponse::new(StatusCode::OK.into(), SdkBody::from(bytes.clone()))),
            None => respond(StatusCode::NOT_FOUND, "<Error><Code>NoSuchKey</Code></Error>".to_owned()),
        },
        Asked::Secret => {
            let secret = json!({ "token_key": KEY, "master_key": KEY, "chain_key": KEY }).to_string();
            respond(StatusCode::OK, json!({ "SecretString": secret }).to_string())
        }
        Asked::Unknown => respond(StatusCode::BAD_REQUEST, "{}".to_owned()),
    }
}

fn respond(status: StatusCode, body: String) -> Result<HttpResponse, ConnectorError> {
    Ok(HttpResponse::new(status.into(), SdkBody::from(body)))
}

fn form_field(body: &[u8], name: &str) -> String {
    let text = String::from_utf8_lossy(body);
    let value = text.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    percent_decode_str(value.unwrap_or_default()).decode_utf8_lossy().into_owned()
}
