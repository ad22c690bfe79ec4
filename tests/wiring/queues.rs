//! No message is lost: every queue that is read has a dead-letter queue, and nobody else gets a message while it is handled.

use crate::{expect_none, template};

#[test]
fn every_queue_that_drives_a_function_has_a_dead_letter_queue() {
    let template = template();
    let driving = template.functions.iter().filter_map(|function| function.source.as_ref());
    let wrong = driving.filter_map(|source| {
        let dead_letter = template.queue(&source.queue)?.dead_letter.as_ref();
        match dead_letter {
            None => Some(format!("{}: no dead-letter queue", source.queue)),
            Some(to) if to.queue == source.queue => Some(format!("{}: is its own dead-letter queue", source.queue)),
            Some(to) if to.after < 3 => Some(format!("{}: gives up after {} deliveries", source.queue, to.after)),
            Some(_) => None,
        }
    });
    expect_none(wrong.collect());
}

/// AWS asks for six times the function's time limit, for the poller retries calls that Lambda throttled.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
#[test]
fn a_message_stays_hidden_six_times_as_long_as_its_function_may_run() {
    let template = template();
    let wrong = template.functions.iter().filter_map(|function| {
        let queue = template.queue(&function.source.as_ref()?.queue)?;
        (queue.visibility < 6 * function.timeout).then(|| {
            format!(
                "{}: hidden {:?}, {} may run {:?}",
                queue.logical_id, queue.visibility, function.name, function.timeout
            )
        })
    });
    expect_none(wrong.collect());
}

#[test]
fn a_function_says_which_messages_of_a_batch_failed() {
    let template = template();
    let silent = template.functions.iter().filter(|f| f.source.as_ref().is_some_and(|source| !source.reports_failures));
    expect_none(silent.map(|f| format!("{}: one bad message brings back the whole batch", f.name)).collect());
}

#[test]
fn every_queue_is_read_or_is_a_dead_letter_queue_somebody_is_told_of() {
    let template = template();
    let text = heatpay_tests::repository::read("template.yaml");
    let wrong = template.queues.iter().filter_map(|queue| {
        let id = &queue.logical_id;
        let read = template.functions.iter().filter_map(|f| f.source.as_ref()).any(|source| &source.queue == id);
        let dead_letter = template.queues.iter().filter_map(|q| q.dead_letter.as_ref()).any(|to| &to.queue == id);
        let alarm = text.contains(&format!("Value: !GetAtt {id}.QueueName"));
        match (read, dead_letter, alarm) {
            (true, false, _) | (false, true, true) => None,
            (false, true, false) => Some(format!("{id}: no alarm tells that messages wait there")),
            (true, true, _) => Some(format!("{id}: a dead-letter queue must wait for a person")),
            (false, false, _) => Some(format!("{id}: nobody reads it")),
        }
    });
    expect_none(wrong.collect());
}

#[test]
fn subscriptions_get_the_event_as_published_and_only_the_kinds_they_name() {
    let template = template();
    let subscriptions = template.topics.iter().flat_map(|topic| &topic.subscriptions);
    let wrong = subscriptions.filter_map(|subscription| {
        let named = subscription.filter.get("type").is_some_and(|kinds| !kinds.is_empty());
        (!subscription.raw || !named).then(|| format!("{}: not raw, or no filter by type", subscription.queue))
    });
    expect_none(wrong.collect());
}
