//! The walk of `make demo`, by every channel, one after the other on the same data: the second administrator signs in, the next
//! households are taken, the clock has gone on.

use crate::process::{PATIENCE, Suite};
use heatpay_tests::repository;
use reqwest::Method;
use serde_json::json;
use std::{path::Path, process::Stdio};
use tokio::process::Command;

/// Two for each walk, and neighbours to be reminded.
const HOUSEHOLDS: usize = 60;

/// What the walk prints, in this order.
const SAID: [&str; 19] = [
    "due today",
    "callback settled it: bill paid",
    "invoice PDF saved",
    "administrator",
    "asks for a refund",
    "may not approve it",
    "approves it",
    "已确认退款",
    "reversed",
    "退款已到账",
    "gave it back, invoiced is what is kept",
    "takes cash at the counter",
    "may not close a day that differs",
    "sees the till closed and balanced",
    "every line is explained                              difference 0.00 yuan, closed",
    "fee posted",
    "matched again on demand: the same result",
    "reminder in the inbox",
    "what the channels hold is what the books say",
];

/// Walks by that channel; what was printed.
async fn walk(url: &str, channel: &str, data: &Path) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_suite"));
    command.args(["demo", "--url", url, "--channel", channel, "--folder"]).arg(data);
    command.current_dir(repository::root()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let walked = tokio::time::timeout(2 * PATIENCE, command.output()).await.expect("it ends").expect("it runs");
    let said = String::from_utf8_lossy(&walked.stdout).into_owned();
    assert!(walked.status.success(), "{channel}: {said}{}", String::from_utf8_lossy(&walked.stderr));
    said
}

#[tokio::test]
async fn the_demo_walks_to_a_reconciled_and_balanced_end_by_every_channel() {
    let folder = tempfile::tempdir().expect("a folder");
    let (data, households) = (folder.path().join("data"), folder.path().join("households.csv"));
    let sample = repository::read("events/households.csv");
    let few: Vec<&str> = sample.lines().take(HOUSEHOLDS + 1).collect();
    std::fs::write(&households, few.join("\n")).expect("the file can be written");
    std::fs::create_dir(&data).expect("a folder");
    let suite = Suite::start(&data, &households).await;
    for channel in ["alipay", "unionpay", "wechatpay"] {
        let said = walk(&suite.url(), channel, &data).await;
        let mut rest = said.as_str();
        for words in SAID {
            let found = rest.find(words).unwrap_or_else(|| panic!("{channel}: no “{words}” in its place: {said}"));
            rest = &rest[found + words.len()..];
        }
    }
    let audit = suite.desk(Method::GET, "/audit", json!({})).await;
    assert_eq!((&audit["differences"], &audit["open_refunds"]), (&json!([]), &json!(0)));
    assert_eq!(audit["counted"]["refunds"], 3, "one a walk");
}
