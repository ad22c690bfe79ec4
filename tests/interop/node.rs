//! A script of this folder, run by Node.

use serde_json::Value;
use std::{path::Path, process::Stdio};
use tokio::{io::AsyncWriteExt, process::Command};

/// Runs the script with its arguments and JSON on its stdin; what it prints. A script that fails fails the test with all it said.
pub(crate) async fn run(script: &str, arguments: &[&str], given: &Value) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("interop");
    assert!(
        folder.join("node_modules/.package-lock.json").exists(),
        "the SDKs of tests/interop are not there: `make tools` fetches them"
    );
    let mut node = Command::new("node");
    node.arg(script).args(arguments).current_dir(folder).kill_on_drop(true);
    let node = node.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut node = node.expect("node cannot be started: `make tools` says what is needed");
    let mut stdin = node.stdin.take().expect("a pipe");
    stdin.write_all(given.to_string().as_bytes()).await.expect("the script reads");
    drop(stdin);
    let output = node.wait_with_output().await.expect("the script ends");
    let (said, wrong) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script} {arguments:?}\n{said}\n{wrong}");
    said.into_owned()
}
