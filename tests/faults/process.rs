//! The suite as a process of its own, as `make run` starts it, on a free port, with its data in a folder of the test's.

use heatpay_tests::{repository, town::MORNING};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use serde_json::Value;
use std::{
    path::{Path, PathBuf},
    process::Stdio,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::{MissedTickBehavior, interval},
};

/// How long anything may take that a test waits for.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// The process, and the way to it.
pub(crate) struct Suite {
    data: PathBuf,
    households: PathBuf,
    running: Mutex<Option<(u16, Child)>>,
    http: reqwest::Client,
}

/// How a call to the suite went wrong.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The process is not there.
    Gone,
    /// It says to try again.
    TryAgain,
}

impl Suite {
    /// Starts it in an empty folder, at ten in the morning of the town's day, with the households of a file.
    pub(crate) async fn start(data: &Path, households: &Path) -> Self {
        let morning: Timestamp = MORNING.parse().expect("a moment");
        let ahead = morning.duration_since(Timestamp::now()).as_millis();
        std::fs::write(data.join("clock"), ahead.to_string()).expect("the folder can be written");
        // Whoever was first has set the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(30)).build().expect("a client");
        let suite = Self { data: data.to_owned(), households: households.to_owned(), running: Mutex::default(), http };
        suite.launch(0).await;
        suite
    }

    /// The command that runs it.
    pub(crate) fn command(data: &Path, households: &Path, port: u16) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_suite"));
        command.args(["run", "--port", &port.to_string(), "--data"]).arg(data).arg("--households").arg(households);
        command.current_dir(repository::root()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command
    }

    async fn launch(&self, port: u16) {
        let mut child = Self::command(&self.data, &self.households, port).spawn().expect("the suite starts");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let mut said = String::new();
        let started = async {
            while let Some(line) = lines.next_line().await.expect("it can be read") {
                said.push_str(&line);
                said.push('\n');
                if let Some((_, url)) = line.split_once("http://127.0.0.1:") {
                    return url.split('/').next().and_then(|port| port.parse().ok());
                }
            }
            None
        };
        let port = tokio::time::timeout(PATIENCE, started).await.expect("it starts in time");
        let port = port.unwrap_or_else(|| panic!("the suite does not say where it is: {said}"));
        // What it says from now on is nobody's, and must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        *self.running.lock().unwrap_or_else(PoisonError::into_inner) = Some((port, child));
    }

    fn port(&self) -> Option<u16> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(port, _)| *port)
    }

    /// Where it answers.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port().expect("it runs"))
    }

    /// `kill -9`, and a new process on the same port and folder.
    pub(crate) async fn kill_and_restart(&self) {
        let killed = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (port, mut child) = killed.expect("it runs");
        child.kill().await.expect("SIGKILL");
        self.launch(port).await;
    }

    /// `kill`, which asks: it ends by itself, with 0. Then a new process on the same port and folder.
    pub(crate) async fn stop_and_restart(&self) {
        let stopped = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (port, mut child) = stopped.expect("it runs");
        let id = child.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-TERM", &id]).status().await.expect("kill runs");
        assert!(told.success());
        let ended = tokio::time::timeout(PATIENCE, child.wait()).await.expect("it ends").expect("it can be waited for");
        assert_eq!(ended.code(), Some(0));
        self.launch(port).await;
    }

    /// One call; a 5xx, a 429 and `in_progress` say to try again.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        token: Option<&str>,
        body: Value,
        key: Option<&str>,
    ) -> Result<(StatusCode, Value), NoAnswer> {
        let port = self.port().ok_or(NoAnswer::Gone)?;
        let mut request = self.http.request(method.clone(), format!("http://127.0.0.1:{port}{path}"));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(key) = key {
            request = request.header("idempotency-key", key);
        }
        if method != Method::GET {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.map_err(|_| NoAnswer::Gone)?;
        let status = answer.status();
        let body: Value =
            serde_json::from_slice(&answer.bytes().await.map_err(|_| NoAnswer::Gone)?).unwrap_or_default();
        let again = status.is_server_error() || status == 429 || body["code"] == "in_progress";
        if again { Err(NoAnswer::TryAgain) } else { Ok((status, body)) }
    }

    /// The desk, asked for something; it must do it.
    pub(crate) async fn desk(&self, method: Method, path: &str, body: Value) -> Value {
        let path = format!("/sandbox/api{path}");
        let (status, answer) = self.call(method, &path, None, body, None).await.expect("the desk answers");
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }
}

/// Asks until there is an answer; the test fails after [`PATIENCE`], with what was waited for.
pub(crate) async fn until<T, F>(what: &str, mut ask: impl FnMut() -> F) -> T
where
    F: Future<Output = Option<T>>,
{
    let began = Instant::now();
    let mut ticks = interval(Duration::from_millis(100));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "{what}: not within {PATIENCE:?}");
        ticks.tick().await;
    }
}
