use super::{FilterPolicy, Subscription, TopicError, TopicSpec};
use crate::{journal::Turn, names::name_in_arn, queues::shelf};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

/// The policy, checked.
pub(super) fn policy_of(subscription: &Subscription) -> Result<FilterPolicy, TopicError> {
    match &subscription.filter_policy {
        Value::Null => Ok(FilterPolicy::default()),
        policy => FilterPolicy::parse(policy),
    }
}

/// Replaces the topic's subscriptions.
pub(super) fn put(turn: &Turn<'_>, spec: &TopicSpec) -> Result<(), TopicError> {
    turn.sql.prepare_cached("INSERT INTO topic (name) VALUES (?1) ON CONFLICT DO NOTHING")?.execute([&spec.name])?;
    turn.sql.prepare_cached("DELETE FROM subscription WHERE topic = ?1")?.execute([&spec.name])?;
    for subscription in &spec.subscriptions {
        let queue = shelf::get(turn, name_in_arn(&subscription.queue))?;
        let policy = match &subscription.filter_policy {
            Value::Null => json!({}),
            policy => policy.clone(),
        };
        turn.sql
            .prepare_cached("INSERT INTO subscription (topic, queue, raw, filter_policy) VALUES (?1, ?2, ?3, ?4)")?
            .execute(params![spec.name, queue.name, subscription.raw_message_delivery, policy.to_string()])?;
    }
    Ok(())
}

/// Who gets what is published to the topic.
pub(super) fn of(turn: &Turn<'_>, topic: &str) -> Result<Vec<(Subscription, FilterPolicy)>, TopicError> {
    let found = turn
        .sql
        .prepare_cached("SELECT name FROM topic WHERE name = ?1")?
        .query_row([topic], |row| row.get::<_, String>(0))
        .optional()?;
    if found.is_none() {
        return Err(TopicError::NoSuchTopic);
    }
    let mut select = turn
        .sql
        .prepare_cached("SELECT queue, raw, filter_policy FROM subscription WHERE topic = ?1 ORDER BY queue")?;
    let rows = select
        .query_map([topic], |row| {
            let policy: String = row.get(2)?;
            Ok(Subscription {
                queue: row.get(0)?,
                raw_message_delivery: row.get(1)?,
                filter_policy: serde_json::from_str(&policy).unwrap_or(Value::Null),
            })
        })?
        .collect::<Result<Vec<_>, _>>()?;
    rows.into_iter().map(|subscription| policy_of(&subscription).map(|policy| (subscription, policy))).collect()
}
