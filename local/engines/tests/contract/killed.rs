//! What was answered is kept, however the process ends.

use crate::world::World;
use std::{
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Command, Stdio},
};

const DATA: &str = "ENGINES_TEST_DATA";

#[tokio::test]
async fn messages_survive_a_process_that_goes_without_a_word() {
    let data = tempfile::tempdir().unwrap();
    let world = World::at(data.path()).await;
    let url = world.queue("Orders", 5).await;
    world.send(&url, "kept").await;
    world.send(&url, "in flight").await;
    let taken = world.sqs.receive_message().queue_url(&url).send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(taken.body(), Some("kept"));
    drop(world);

    let world = World::at(data.path()).await;
    let url = world.engines.queues.url("Orders");
    assert_eq!(world.bodies(&url).await, ["in flight"], "the other is still hidden");
    assert_eq!(world.engines.queues.release_in_flight().await.unwrap(), 2);
    let again = world.receive(&url).await;
    assert_eq!(again.len(), 2);
    // A receipt given before the end is outdated now; one given after it deletes.
    for message in again {
        world.engines.queues.delete("Orders", message.receipt_handle().unwrap()).await.unwrap();
    }
    assert_eq!(world.engines.queues.depth("Orders").await.unwrap().in_flight, 0);
}

/// Started by the test below as a process of its own, to be killed while it sends.
#[tokio::test]
#[ignore = "the victim of the next test"]
async fn victim() {
    let Some(data) = std::env::var_os(DATA).map(PathBuf::from) else { return };
    let world = World::at(&data).await;
    let url = world.queue("Orders", 5).await;
    loop {
        println!("answered {}", world.send(&url, "kept").await);
    }
}

#[tokio::test]
async fn nothing_that_was_answered_is_lost_by_kill_9() {
    let data = tempfile::tempdir().unwrap();
    let mut victim = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::victim", "--ignored", "--nocapture"])
        .env(DATA, data.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut answered = Vec::new();
    for line in BufReader::new(victim.stdout.take().unwrap()).lines() {
        if let Some((_, id)) = line.unwrap().split_once("answered ") {
            answered.push(id.to_owned());
        }
        if answered.len() == 60 {
            // SIGKILL, in the middle of the next send. What it still wrote is read on.
            victim.kill().unwrap();
        }
    }
    victim.wait().unwrap();
    assert!(answered.len() >= 60);

    let world = World::at(data.path()).await;
    let url = world.engines.queues.url("Orders");
    let mut kept = Vec::new();
    loop {
        let got = world.receive(&url).await;
        if got.is_empty() {
            break;
        }
        kept.extend(got.into_iter().map(|message| message.message_id.unwrap()));
    }
    assert!(answered.iter().all(|id| kept.contains(id)), "{} answered, {} kept", answered.len(), kept.len());
    assert!(kept.len() <= answered.len() + 1, "at most the one whose answer did not come");
}
