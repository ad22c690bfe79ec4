use crate::world::World;
use aws_sdk_sqs::types::{
    ChangeMessageVisibilityBatchRequestEntry, DeleteMessageBatchRequestEntry, SendMessageBatchRequestEntry,
};

fn entry(id: &str, body: &str, delay: i32) -> SendMessageBatchRequestEntry {
    SendMessageBatchRequestEntry::builder().id(id).message_body(body).delay_seconds(delay).build().unwrap()
}

#[tokio::test]
async fn each_entry_of_a_batch_is_taken_or_refused_on_its_own() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let entries = vec![entry("good", "one", 0), entry("late", "two", 901), entry("also-good", "three", 0)];
    let answer = world.sqs.send_message_batch().queue_url(&url).set_entries(Some(entries)).send().await.unwrap();

    let taken: Vec<&str> = answer.successful().iter().map(|entry| entry.id()).collect();
    assert_eq!(taken, ["good", "also-good"]);
    let refused = &answer.failed()[0];
    assert_eq!((refused.id(), refused.code(), refused.sender_fault()), ("late", "InvalidParameterValue", true));

    let received = world.receive(&url).await;
    assert_eq!(received.iter().map(|m| m.body().unwrap()).collect::<Vec<_>>(), ["one", "three"]);
    let entries = [("a", received[0].receipt_handle().unwrap()), ("b", "not a receipt")];
    let entries =
        entries.map(|(id, r)| DeleteMessageBatchRequestEntry::builder().id(id).receipt_handle(r).build().unwrap());
    let answer =
        world.sqs.delete_message_batch().queue_url(&url).set_entries(Some(entries.to_vec())).send().await.unwrap();
    assert_eq!(answer.successful()[0].id(), "a");
    assert_eq!(answer.failed()[0].code(), "ReceiptHandleIsInvalid");

    let receipt = received[1].receipt_handle().unwrap();
    let entries = [("c", receipt, 0), ("d", receipt, 0)].map(|(id, r, s)| {
        let entry = ChangeMessageVisibilityBatchRequestEntry::builder().id(id).receipt_handle(r).visibility_timeout(s);
        entry.build().unwrap()
    });
    let change = world.sqs.change_message_visibility_batch().queue_url(&url).set_entries(Some(entries.to_vec()));
    let answer = change.send().await.unwrap();
    assert_eq!(answer.successful()[0].id(), "c");
    assert_eq!(answer.failed()[0].code(), "AWS.SimpleQueueService.MessageNotInflight");
    assert_eq!(world.bodies(&url).await, ["three"]);
}

#[tokio::test]
async fn a_batch_that_is_wrong_as_a_whole_is_refused_as_a_whole() {
    let world = World::in_memory().await;
    let url = world.queue("Orders", 5).await;
    let send = |entries| world.sqs.send_message_batch().queue_url(&url).set_entries(Some(entries)).send();

    let eleven = (0..11).map(|n| entry(&n.to_string(), "x", 0)).collect();
    assert!(send(eleven).await.unwrap_err().into_service_error().is_too_many_entries_in_batch_request());
    assert!(send(vec![]).await.unwrap_err().into_service_error().is_empty_batch_request());
    let twins = vec![entry("same", "x", 0), entry("same", "y", 0)];
    assert!(send(twins).await.unwrap_err().into_service_error().is_batch_entry_ids_not_distinct());
    let half = "x".repeat((1 << 19) + 1);
    let heavy = vec![entry("a", &half, 0), entry("b", &half, 0)];
    assert!(send(heavy).await.unwrap_err().into_service_error().is_batch_request_too_long());
    assert!(world.receive(&url).await.is_empty(), "nothing of it was kept");
}
