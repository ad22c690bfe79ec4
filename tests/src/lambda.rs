//! The Lambda Runtime API on loopback, for one function at a time: starts a `bootstrap` as Lambda does and calls it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use axum::{
    Json, Router,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    path::Path,
    process::Stdio,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt},
    net::TcpListener,
    process::{Child, Command},
    sync::{Mutex, mpsc},
    task::JoinHandle,
};

/// How long a call may take before the test gives up.
const LONGEST_CALL: Duration = Duration::from_secs(30);

/// What a call of a function came to, other than an answer.
#[derive(Debug)]
pub enum Failed {
    /// The function could not start and said why.
    Init(Value),
    /// The call ended in an error.
    Error(Value),
    /// The process ended; what it wrote.
    Exited(String),
    /// Nothing came.
    Silent,
}

/// A started function.
pub struct Function {
    process: Child,
    calls: mpsc::Sender<Value>,
    answers: mpsc::Receiver<Result<Value, Failed>>,
    written: JoinHandle<String>,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Api {
    calls: Arc<Mutex<mpsc::Receiver<Value>>>,
    answers: mpsc::Sender<Result<Value, Failed>>,
}

impl Function {
    /// Starts `bootstrap` with the settings as its environment and nothing else of ours.
    pub async fn start(bootstrap: &Path, settings: &BTreeMap<String, String>) -> Self {
        let (calls, waiting) = mpsc::channel(1);
        let (answered, answers) = mpsc::channel(1);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback has a free port");
        let address = listener.local_addr().expect("the listener has an address");
        let api = router(Api { calls: Arc::new(Mutex::new(waiting)), answers: answered });
        let server = tokio::spawn(async move { axum::serve(listener, api).await.expect("the Runtime API serves") });
        let mut process = Command::new(bootstrap)
            .env_clear()
            .envs(of_lambda(&address.to_string()))
            .envs(settings)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap_or_else(|e| panic!("{} does not start: {e}", bootstrap.display()));
        let out = process.stdout.take().expect("piped");
        let err = process.stderr.take().expect("piped");
        let written = tokio::spawn(async move { text_of(out).await + &text_of(err).await });
        Self { process, calls, answers, written, server }
    }

    /// Calls the function with the event and waits for what comes of it.
    pub async fn call(&mut self, event: &Value) -> Result<Value, Failed> {
        // A function that failed to start takes no call; its message is in `answers`.
        let _ = self.calls.try_send(event.clone());
        tokio::select! {
            biased;
            Some(answer) = self.answers.recv() => answer,
            _ = self.process.wait() => match self.answers.try_recv() {
                Ok(answer) => answer,
                Err(_) => Err(Failed::Exited((&mut self.written).await.unwrap_or_default())),
            },
            () = tokio::time::sleep(LONGEST_CALL) => Err(Failed::Silent),
        }
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn text_of(mut pipe: impl AsyncRead + Unpin) -> String {
    let mut bytes = Vec::new();
    let _ = pipe.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What Lambda itself puts into a function's environment.
fn of_lambda(address: &str) -> [(&'static str, String); 8] {
    [
        ("AWS_LAMBDA_RUNTIME_API", address.to_owned()),
        ("AWS_LAMBDA_FUNCTION_NAME", "function".to_owned()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/heatpay/test".to_owned()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "test".to_owned()),
        ("AWS_REGION", "cn-north-1".to_owned()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
    ]
}

fn router(api: Api) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(response))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(error))
        .route("/2018-06-01/runtime/init/error", post(init_error))
        .with_state(api)
}

/// Waits, as Lambda does, until there is something to do.
async fn next(State(api): State<Api>) -> Response {
    let Some(event) = api.calls.lock().await.recv().await else {
        return StatusCode::GONE.into_response();
    };
    let deadline = SystemTime::now() + LONGEST_CALL;
    let deadline_ms = deadline.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd".to_owned()),
        ("lambda-runtime-deadline-ms", deadline_ms.to_string()),
        (
            "lambda-runtime-invoked-function-arn",
            "arn:aws-cn:lambda:cn-north-1:000000000000:function:function".to_owned(),
        ),
        (
            "lambda-runtime-trace-id",
            "Root=1-5bef4de7-ad49b0e87f6ef6c87fc2e700;Parent=9a9197af755a6419;Sampled=0".to_owned(),
        ),
    ];
    (headers, Json(event)).into_response()
}

async fn response(State(api): State<Api>, body: String) -> StatusCode {
    tell(&api, Ok(parsed(&body))).await
}

async fn error(State(api): State<Api>, body: String) -> StatusCode {
    tell(&api, Err(Failed::Error(parsed(&body)))).await
}

async fn init_error(State(api): State<Api>, body: String) -> StatusCode {
    tell(&api, Err(Failed::Init(parsed(&body)))).await
}

async fn tell(api: &Api, answer: Result<Value, Failed>) -> StatusCode {
    match api.answers.send(answer).await {
        Ok(()) => StatusCode::ACCEPTED,
        Err(_) => StatusCode::GONE,
    }
}

/// The answer's JSON; what is none is kept as text.
fn parsed(body: &str) -> Value {
    serde_json::from_str(body).unwrap_or_else(|_| Value::String(body.to_owned()))
}
