//! What the template declares, made in the engines.

use super::WorldError;
use crate::template::Template;
use heatpay_engines::{Engines, QueueSpec, Subscription, TableSpec, TopicSpec};

/// Tables, queues and topics as the template has them; what is there already stays.
pub(super) async fn declare(engines: &Engines, template: &Template) -> Result<(), WorldError> {
    let tables: Vec<_> = template
        .tables
        .iter()
        .map(|table| TableSpec { name: table.name.clone(), properties: table.create_request() })
        .collect();
    engines.dynamodb.create_tables(&tables)?;
    let queues: Vec<_> = template
        .queues
        .iter()
        .map(|queue| {
            let mut properties = serde_json::json!({ "VisibilityTimeout": queue.visibility.as_secs() });
            if let Some(dead) = &queue.dead_letter {
                let target = template.queue(&dead.queue).map(|queue| queue.arn.clone());
                properties["RedrivePolicy"] =
                    serde_json::json!({ "deadLetterTargetArn": target, "maxReceiveCount": dead.after });
            }
            QueueSpec { name: queue.name.clone(), properties }
        })
        .collect();
    engines.queues.declare(&queues).await?;
    let topics: Vec<_> = template
        .topics
        .iter()
        .map(|topic| TopicSpec {
            name: topic.arn.rsplit(':').next().unwrap_or_default().to_owned(),
            subscriptions: topic
                .subscriptions
                .iter()
                .map(|subscription| Subscription {
                    queue: template
                        .queue(&subscription.queue)
                        .map_or_else(|| subscription.queue.clone(), |queue| queue.name.clone()),
                    raw_message_delivery: subscription.raw,
                    filter_policy: serde_json::json!(subscription.filter),
                })
                .collect(),
        })
        .collect();
    engines.topics.declare(&topics).await?;
    // Whoever held a message when the process died holds it no more.
    engines.queues.release_in_flight().await?;
    for bucket in &template.buckets {
        engines.files.create_bucket(&bucket.name).map_err(WorldError::Files)?;
    }
    Ok(())
}
