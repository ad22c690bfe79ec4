use crate::world::World;
use aws_sdk_sqs::types::QueueAttributeName::{self as Attribute};
use heatpay_engines::{QueueError, QueueSpec};
use serde_json::json;

#[tokio::test]
async fn a_queue_nobody_made_does_not_exist() {
    let world = World::in_memory().await;
    let url = world.engines.queues.url("Nobody");
    let receive = world.sqs.receive_message().queue_url(&url).send().await.unwrap_err().into_service_error();
    assert!(receive.is_queue_does_not_exist(), "{receive:?}");
    let send =
        world.sqs.send_message().queue_url(&url).message_body("x").send().await.unwrap_err().into_service_error();
    assert!(send.is_queue_does_not_exist(), "{send:?}");
    let find = world.sqs.get_queue_url().queue_name("Nobody").send().await.unwrap_err().into_service_error();
    assert!(find.is_queue_does_not_exist(), "{find:?}");
}

#[tokio::test]
async fn a_queue_tells_how_it_is_set_and_how_full_it_is() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    for body in ["a", "b", "c"] {
        world.send(&url, body).await;
    }
    world.sqs.send_message().queue_url(&url).message_body("later").delay_seconds(60).send().await.unwrap();
    world.sqs.receive_message().queue_url(&url).send().await.unwrap();

    let all = world.sqs.get_queue_attributes().queue_url(&url).attribute_names(Attribute::All).send().await.unwrap();
    let all = all.attributes.unwrap();
    assert_eq!(all[&Attribute::ApproximateNumberOfMessages], "2");
    assert_eq!(all[&Attribute::ApproximateNumberOfMessagesNotVisible], "1");
    assert_eq!(all[&Attribute::ApproximateNumberOfMessagesDelayed], "1");
    assert_eq!(all[&Attribute::VisibilityTimeout], "60");
    assert_eq!(all[&Attribute::QueueArn], "arn:aws:sqs:local:000000000000:Orders");
    let redrive: serde_json::Value = serde_json::from_str(&all[&Attribute::RedrivePolicy]).unwrap();
    assert_eq!(redrive["maxReceiveCount"], 5);

    world.sqs.purge_queue().queue_url(&url).send().await.unwrap();
    let counts = world.engines.queues.counts().await.unwrap();
    assert_eq!(counts.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["Orders", "OrdersDlq"]);
    assert_eq!((counts[0].visible, counts[0].in_flight, counts[0].delayed), (0, 0, 0));
}

#[tokio::test]
async fn queues_are_made_once_and_listed() {
    let world = World::in_memory().await;
    let create = |seconds: &str| {
        world.sqs.create_queue().queue_name("Made").attributes(Attribute::VisibilityTimeout, seconds).send()
    };
    let url = create("45").await.unwrap().queue_url.unwrap();
    assert_eq!(create("45").await.unwrap().queue_url.unwrap(), url);
    assert!(create("46").await.unwrap_err().into_service_error().is_queue_name_exists());
    let found = world.sqs.get_queue_url().queue_name("Made").send().await.unwrap();
    assert_eq!(found.queue_url.unwrap(), url);
    world.queue("Other", 5).await;
    let listed = world.sqs.list_queues().queue_name_prefix("Ma").send().await.unwrap();
    assert_eq!(listed.queue_urls(), [url]);
}

#[tokio::test]
async fn a_template_that_would_be_misread_is_refused() {
    let world = World::in_memory().await;
    let declare = async |properties| {
        world.engines.queues.declare(&[QueueSpec { name: "Orders".to_owned(), properties }]).await.unwrap_err()
    };
    assert!(matches!(declare(json!({ "FifoQueue": true })).await, QueueError::Unsupported(_)));
    assert!(matches!(declare(json!({ "VisibilityTimeout": 43_201 })).await, QueueError::AttributeValue(_)));
    assert!(matches!(declare(json!({ "Visibility": 1 })).await, QueueError::UnknownAttribute(_)));
    let dangling =
        json!({ "RedrivePolicy": { "deadLetterTargetArn": "arn:aws:sqs:local:0:Gone", "maxReceiveCount": 5 } });
    assert!(matches!(declare(dangling).await, QueueError::AttributeValue(_)));
    assert!(world.engines.queues.counts().await.unwrap().is_empty(), "all or none");
}
