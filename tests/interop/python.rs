//! A script of this folder, run by the Python of its own tool set.

use serde_json::Value;
use std::{path::Path, process::Stdio};
use tokio::{io::AsyncWriteExt, process::Command};

/// Runs the script with its act and JSON on its stdin; what it prints. A script that fails fails the test with all it said.
pub(crate) async fn run(script: &str, act: &str, given: &Value) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let python = root.join("../.venv/interop/bin/python");
    assert!(python.exists(), "the SDKs of tests/interop are not there: `make tools` fetches them");
    let mut python = Command::new(python);
    python.arg(script).arg(act).current_dir(root.join("interop")).kill_on_drop(true);
    let python = python.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut python = python.expect("Python cannot be started");
    let mut stdin = python.stdin.take().expect("a pipe");
    stdin.write_all(given.to_string().as_bytes()).await.expect("the script reads");
    drop(stdin);
    let output = python.wait_with_output().await.expect("the script ends");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} {act}\n{said}\n{wrong}");
    serde_json::from_str(&said).expect("JSON")
}
