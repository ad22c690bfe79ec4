//! The suite cannot start: it says why in a line, ends with 1, and harms nothing. Told to stop, it stops in order.

use crate::process::Suite;
use heatpay_tests::repository;
use serde_json::json;
use std::{net::TcpListener, path::Path};
use tempfile::TempDir;
use tokio::process::Command;

/// A folder with a file of twelve households.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = repository::read("events/households.csv");
    let few: Vec<&str> = sample.lines().take(13).collect();
    std::fs::write(folder.path().join("households.csv"), few.join("\n")).expect("the file can be written");
    std::fs::create_dir(folder.path().join("data")).expect("a folder");
    folder
}

async fn start(folder: &Path) -> Suite {
    Suite::start(&folder.join("data"), &folder.join("households.csv")).await
}

/// What the suite says when it does not start.
async fn refusal(folder: &Path, port: u16) -> String {
    let command = Suite::command(&folder.join("data"), &folder.join("households.csv"), port);
    ended(command).await
}

async fn ended(mut command: Command) -> String {
    let output =
        tokio::time::timeout(crate::process::PATIENCE, command.output()).await.expect("it ends").expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test]
async fn a_taken_port_is_named_with_the_way_out() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port();
    let said = refusal(folder.path(), port).await;
    assert!(said.contains(&format!("port {port} is taken")) && said.contains("--port"), "{said}");
}

#[tokio::test]
async fn a_second_process_keeps_off_the_first_ones_data() {
    let folder = folder();
    let first = start(folder.path()).await;
    let said = refusal(folder.path(), 0).await;
    assert!(said.contains("another process is using the data folder"), "{said}");
    let audit = first.desk(reqwest::Method::GET, "/audit", json!({})).await;
    assert_eq!(audit["differences"], json!([]), "the first goes on");
}

#[tokio::test]
async fn a_damaged_file_is_named_and_left_as_it_is() {
    for name in ["ddb.db", "queues.db", "sandbox.db", "wechatpay-keys.json", "clock"] {
        let folder = folder();
        let file = folder.path().join("data").join(name);
        std::fs::write(&file, "this was something else once").expect("the file can be written");
        let said = refusal(folder.path(), 0).await;
        assert!(said.contains(name), "{name}: {said}");
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), "this was something else once");
    }
}

#[tokio::test]
async fn away_from_the_repository_it_says_where_it_must_be_run() {
    let folder = folder();
    let mut command = Suite::command(&folder.path().join("data"), Path::new("households.csv"), 0);
    command.current_dir(folder.path());
    let said = ended(command).await;
    assert!(said.contains("template.yaml") && said.contains("repository"), "{said}");
}

#[tokio::test]
async fn a_file_of_households_that_is_none_is_refused_by_name() {
    let folder = folder();
    std::fs::write(folder.path().join("households.csv"), "a,b\n1,2\n").expect("the file can be written");
    let said = refusal(folder.path(), 0).await;
    assert!(said.contains("households"), "{said}");
}

#[tokio::test]
async fn told_to_stop_it_stops_and_goes_on_where_it_was() {
    let folder = folder();
    let suite = start(folder.path()).await;
    let before = suite.desk(reqwest::Method::GET, "/audit", json!({})).await;
    suite.stop_and_restart().await;
    assert_eq!(suite.desk(reqwest::Method::GET, "/audit", json!({})).await, before);
}
