use crate::world::World;
use aws_sdk_sns::types::{MessageAttributeValue, PublishBatchRequestEntry};
use heatpay_engines::{QueueSpec, Subscription, TopicError, TopicSpec, topic_arn};
use serde_json::{Value, json};

fn subscription(queue: &str, raw: bool, filter_policy: Value) -> Subscription {
    Subscription { queue: queue.to_owned(), raw_message_delivery: raw, filter_policy }
}

fn of_type(kind: &str) -> MessageAttributeValue {
    MessageAttributeValue::builder().data_type("String").string_value(kind).build().unwrap()
}

/// A topic with three queues: apples, fruit of both kinds, and an archive that gets everything in an envelope.
async fn orchard() -> World {
    let world = World::in_memory().await;
    let queue = |name: &str| QueueSpec { name: name.to_owned(), properties: json!({}) };
    world.engines.queues.declare(&[queue("Apples"), queue("Fruit"), queue("Archive")]).await.unwrap();
    let subscriptions = vec![
        subscription(&heatpay_engines::queue_arn("Apples"), true, json!({ "type": ["apple"] })),
        subscription("Fruit", true, json!({ "type": ["apple", "pear"] })),
        subscription("Archive", false, Value::Null),
    ];
    let topic = TopicSpec { name: "Harvest".to_owned(), subscriptions };
    // Twice, as at every start.
    world.engines.topics.declare(std::slice::from_ref(&topic)).await.unwrap();
    world.engines.topics.declare(&[topic]).await.unwrap();
    world
}

#[tokio::test]
async fn each_queue_gets_what_its_filter_lets_through() {
    let world = orchard().await;
    let publish = |kind: &str| {
        let call = world.sns.publish().topic_arn(topic_arn("Harvest")).message(format!("one {kind} & more"));
        call.message_attributes("type", of_type(kind)).send()
    };
    publish("apple").await.unwrap();
    publish("pear").await.unwrap();
    publish("plum").await.unwrap();

    let url = |name| world.engines.queues.url(name);
    assert_eq!(world.bodies(&url("Apples")).await, ["one apple & more"]);
    assert_eq!(world.bodies(&url("Fruit")).await, ["one apple & more", "one pear & more"]);
    let archived = world.bodies(&url("Archive")).await;
    assert_eq!(archived.len(), 3);
    let envelope: Value = serde_json::from_str(&archived[2]).unwrap();
    assert_eq!(envelope["Type"], "Notification");
    assert_eq!(envelope["TopicArn"], topic_arn("Harvest"));
    assert_eq!(envelope["Message"], "one plum & more");
    assert_eq!(envelope["MessageAttributes"]["type"], json!({ "Type": "String", "Value": "plum" }));
    assert_eq!(envelope["Timestamp"], "2026-11-15T00:00:00.000Z");
}

#[tokio::test]
async fn raw_delivery_keeps_the_attributes() {
    let world = orchard().await;
    let call =
        world.sns.publish().topic_arn(topic_arn("Harvest")).message("x").message_attributes("type", of_type("apple"));
    call.send().await.unwrap();
    let got = world.sqs.receive_message().queue_url(world.engines.queues.url("Apples")).message_attribute_names("All");
    let message = got.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(message.message_attributes.unwrap()["type"].string_value(), Some("apple"));
}

#[tokio::test]
async fn a_batch_is_published_entry_by_entry() {
    let world = orchard().await;
    let entry = |id: &str, kind: &str| {
        let entry = PublishBatchRequestEntry::builder().id(id).message(kind).message_attributes("type", of_type(kind));
        entry.build().unwrap()
    };
    let entries = vec![entry("1", "apple"), entry("2", "plum")];
    let batch =
        world.sns.publish_batch().topic_arn(topic_arn("Harvest")).set_publish_batch_request_entries(Some(entries));
    let answer = batch.send().await.unwrap();
    assert_eq!(answer.successful().iter().filter_map(|e| e.id()).collect::<Vec<_>>(), ["1", "2"]);
    assert!(answer.successful().iter().all(|e| e.message_id().is_some()));
    assert_eq!(world.bodies(&world.engines.queues.url("Fruit")).await, ["apple"]);
}

#[tokio::test]
async fn what_cannot_be_published_is_refused() {
    let world = orchard().await;
    let lost = world.sns.publish().topic_arn(topic_arn("Nothing")).message("x").send().await.unwrap_err();
    assert!(lost.into_service_error().is_not_found_exception());
    let long = "x".repeat((256 << 10) + 1);
    let long = world.sns.publish().topic_arn(topic_arn("Harvest")).message(long).send().await.unwrap_err();
    assert!(long.into_service_error().is_invalid_parameter_exception());

    let gone = TopicSpec { name: "T".to_owned(), subscriptions: vec![subscription("Gone", true, Value::Null)] };
    assert!(matches!(world.engines.topics.declare(&[gone]).await, Err(TopicError::Queue(_))));
}
