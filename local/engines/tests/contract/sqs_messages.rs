use crate::world::World;
use aws_sdk_sqs::types::{MessageAttributeValue, MessageSystemAttributeName};
use aws_smithy_types::Blob;

#[tokio::test]
async fn what_was_sent_is_received_once_and_is_gone_when_deleted() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let id = world.send(&url, "热费 <账单> & \"引号\"").await;

    let received = world.receive(&url).await;
    assert_eq!(received.len(), 1);
    assert_eq!(received[0].message_id(), Some(id.as_str()));
    assert_eq!(received[0].body(), Some("热费 <账单> & \"引号\""));
    assert!(world.receive(&url).await.is_empty(), "in flight");

    let receipt = received[0].receipt_handle().unwrap();
    world.sqs.delete_message().queue_url(&url).receipt_handle(receipt).send().await.unwrap();
    world.pass(3600);
    assert!(world.receive(&url).await.is_empty());
}

#[tokio::test]
async fn an_undeleted_message_comes_again_when_its_visibility_ends() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    world.send(&url, "once more").await;
    let first = world.receive(&url).await.remove(0);
    world.pass(59);
    assert!(world.receive(&url).await.is_empty());
    world.pass(1);

    let names = [MessageSystemAttributeName::All];
    let again = world.sqs.receive_message().queue_url(&url).set_message_system_attribute_names(Some(names.to_vec()));
    let again = again.send().await.unwrap().messages.unwrap().remove(0);
    let attributes = again.attributes.clone().unwrap();
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateReceiveCount], "2");
    assert_eq!(attributes[&MessageSystemAttributeName::SentTimestamp], "1794700800000");
    assert_eq!(attributes[&MessageSystemAttributeName::ApproximateFirstReceiveTimestamp], "1794700800000");

    // The first receipt is outdated: it answers success and deletes nothing.
    let outdated = first.receipt_handle.unwrap();
    world.sqs.delete_message().queue_url(&url).receipt_handle(outdated).send().await.unwrap();
    world.pass(60);
    assert_eq!(world.bodies(&url).await, ["once more"]);
}

#[tokio::test]
async fn a_consumer_may_hide_a_message_longer_or_give_it_back() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    world.send(&url, "slow work").await;
    let receipt = world.receive(&url).await.remove(0).receipt_handle.unwrap();
    let change = |seconds| {
        world
            .sqs
            .change_message_visibility()
            .queue_url(&url)
            .receipt_handle(&receipt)
            .visibility_timeout(seconds)
            .send()
    };
    change(600).await.unwrap();
    world.pass(599);
    assert!(world.receive(&url).await.is_empty());
    change(0).await.unwrap();
    assert_eq!(world.bodies(&url).await, ["slow work"]);

    let late = change(10).await.unwrap_err().into_service_error();
    assert!(late.is_message_not_inflight(), "{late:?}");
    let too_long = change(43_201).await.unwrap_err().into_service_error();
    assert_eq!(too_long.meta().code(), Some("InvalidParameterValue"));
}

#[tokio::test]
async fn a_delayed_message_is_not_seen_before_its_time() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let send = |delay| world.sqs.send_message().queue_url(&url).message_body("later").delay_seconds(delay).send();
    send(900).await.unwrap();
    world.pass(899);
    assert!(world.receive(&url).await.is_empty());
    world.pass(1);
    assert_eq!(world.bodies(&url).await, ["later"]);
    assert!(send(901).await.is_err());
}

#[tokio::test]
async fn after_five_receives_a_message_goes_to_the_dead_letter_queue() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let dead = world.engines.queues.url("OrdersDlq");
    let id = world.send(&url, "poison").await;
    for receive in 1..=5 {
        assert_eq!(world.bodies(&url).await, ["poison"], "receive {receive}");
        assert!(world.receive(&dead).await.is_empty());
        world.pass(60);
    }
    assert!(world.receive(&url).await.is_empty());

    let counts = world.engines.queues.depth("Orders").await.unwrap();
    assert_eq!((counts.visible, counts.in_flight, counts.dead), (0, 0, 1));
    let names = [MessageSystemAttributeName::DeadLetterQueueSourceArn];
    let got = world.sqs.receive_message().queue_url(&dead).set_message_system_attribute_names(Some(names.to_vec()));
    let message = got.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(message.message_id(), Some(id.as_str()));
    let source = &message.attributes.unwrap()[&MessageSystemAttributeName::DeadLetterQueueSourceArn];
    assert_eq!(source, "arn:aws:sqs:local:000000000000:Orders");
}

#[tokio::test]
async fn attributes_travel_with_their_md5() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let text = MessageAttributeValue::builder().data_type("String").string_value("paid").build().unwrap();
    let number = MessageAttributeValue::builder().data_type("Number").string_value("42").build().unwrap();
    let bytes =
        MessageAttributeValue::builder().data_type("Binary").binary_value(Blob::new([0, 255, 7])).build().unwrap();
    let sent = world.sqs.send_message().queue_url(&url).message_body("hello");
    let sent =
        sent.message_attributes("type", text).message_attributes("count", number).message_attributes("raw", bytes);
    let sent = sent.send().await.unwrap();
    assert_eq!(sent.md5_of_message_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    // By an independent program, after the Developer Guide.
    assert_eq!(sent.md5_of_message_attributes(), Some("6cd01f8e48a40d9745380304b34661a5"));

    let got =
        world.sqs.receive_message().queue_url(&url).message_attribute_names("ty.*").message_attribute_names("raw");
    let message = got.send().await.unwrap().messages.unwrap().remove(0);
    assert_eq!(message.md5_of_body(), Some("5d41402abc4b2a76b9719d911017c592"));
    let attributes = message.message_attributes.unwrap();
    assert_eq!(attributes.keys().collect::<std::collections::BTreeSet<_>>().len(), 2, "those asked for");
    assert_eq!(attributes["type"].string_value(), Some("paid"));
    assert_eq!(attributes["raw"].binary_value().unwrap().as_ref(), [0, 255, 7]);
}

#[tokio::test]
async fn a_message_has_at_most_a_mebibyte_with_its_attributes() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let send = |len: usize| world.sqs.send_message().queue_url(&url).message_body("x".repeat(len)).send();
    send(1 << 20).await.unwrap();
    let too_long = send((1 << 20) + 1).await.unwrap_err().into_service_error();
    assert_eq!(too_long.meta().code(), Some("InvalidParameterValue"));
    let empty = send(0).await.unwrap_err().into_service_error();
    assert_eq!(empty.meta().code(), Some("MissingParameter"));
    let control = world.sqs.send_message().queue_url(&url).message_body("bell \u{7}").send().await.unwrap_err();
    assert!(control.into_service_error().is_invalid_message_contents());
}
