//! Long polling: a receiver that waits is woken, and by nothing but what it waits for.

use crate::world::World;
use heatpay_engines::{NewMessage, Receive};
use std::time::{Duration, Instant};

const PATIENT: Receive = Receive { max: 10, visibility: None, wait: Some(Duration::from_secs(20)) };
const SOON: Duration = Duration::from_secs(10);

/// Runs `then` once the receiver is waiting; how many messages it got, and how soon.
async fn waits_until(world: &World, then: impl AsyncFnOnce()) -> (usize, Duration) {
    let started = Instant::now();
    let mut receive = std::pin::pin!(world.engines.queues.receive("Orders", PATIENT));
    // The writer takes calls in their order: when it has answered the second, the receiver has looked and found nothing.
    tokio::select! {
        biased;
        got = &mut receive => panic!("did not wait: {got:?}"),
        depth = world.engines.queues.depth("Orders") => { depth.unwrap(); }
    }
    then().await;
    (receive.await.unwrap().len(), started.elapsed())
}

#[tokio::test]
async fn a_send_wakes_the_receiver() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let (got, took) = waits_until(&world, async || drop(world.send(&url, "at last").await)).await;
    assert_eq!(got, 1);
    assert!(took < SOON, "{took:?}");
}

#[tokio::test]
async fn moving_the_clock_wakes_the_receiver_for_what_is_now_due() {
    let world = World::in_memory().await;
    world.queue("Orders", 5).await;
    let delayed =
        NewMessage { delay: Some(Duration::from_secs(300)), body: "later".to_owned(), ..NewMessage::default() };
    world.engines.queues.send("Orders", delayed).await.unwrap();
    let (got, took) = waits_until(&world, async || world.pass(300)).await;
    assert_eq!(got, 1);
    assert!(took < SOON, "{took:?}");
}

#[tokio::test]
async fn a_message_given_up_wakes_the_receiver_of_the_dead_letter_queue() {
    let world = World::in_memory().await;
    let dead = heatpay_engines::QueueSpec { name: "Orders".to_owned(), properties: serde_json::json!({}) };
    let live = heatpay_engines::QueueSpec {
        name: "Live".to_owned(),
        properties: serde_json::json!({ "RedrivePolicy": { "deadLetterTargetArn": "x:Orders", "maxReceiveCount": "1" } }),
    };
    world.engines.queues.declare(&[dead, live]).await.unwrap();
    let url = world.engines.queues.url("Live");
    world.send(&url, "poison").await;
    assert_eq!(world.bodies(&url).await, ["poison"]);
    world.pass(60);
    let (got, took) = waits_until(&world, async || assert!(world.receive(&url).await.is_empty())).await;
    assert_eq!(got, 1);
    assert!(took < SOON, "{took:?}");
}

#[tokio::test]
async fn over_http_a_receiver_waits_too() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let started = Instant::now();
    let (got, ()) = tokio::join!(world.sqs.receive_message().queue_url(&url).wait_time_seconds(20).send(), async {
        drop(world.send(&url, "at last").await)
    });
    assert_eq!(got.unwrap().messages().len(), 1);
    assert!(started.elapsed() < SOON);
}

#[tokio::test]
async fn a_shutdown_does_not_wait_for_those_who_wait() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let started = Instant::now();
    let sqs = world.sqs.clone();
    let waiting = tokio::spawn(async move { sqs.receive_message().queue_url(&url).wait_time_seconds(20).send().await });
    let depth = world.engines.queues.clone();
    tokio::select! {
        biased;
        got = world.engines.queues.receive("Orders", PATIENT) => panic!("did not wait: {got:?}"),
        counts = depth.depth("Orders") => { counts.unwrap(); }
    }
    world.engines.shutdown().await;
    // Whether its call had arrived or not: it has ended.
    drop(waiting.await.unwrap());
    assert!(started.elapsed() < SOON);
}
