//! The AWS of one machine: DynamoDB, SQS, SNS, Secrets Manager and S3 inside the process, reached by the same SDK clients
//! as in the cloud. DynamoDB is [dynoxide](https://docs.rs/dynoxide-rs); the rest is a small facade over one SQLite file and
//! two folders, with only what standard queues, plain topics, secrets and files need. Nothing here knows what the system
//! built on it is for.

mod door;
mod dynamodb;
mod engines;
mod files;
mod folder;
mod journal;
mod limits;
mod names;
mod queues;
mod secrets;
mod start;
mod topics;

pub use dynamodb::{DynamoDb, TableError, TableSpec};
pub use engines::{Engines, EnginesConfig};
pub use files::{FileError, Files, ObjectKey, ObjectKeyError, StoredObject};
pub use journal::JournalError;
pub use names::{ACCOUNT, REGION, bucket_arn, queue_arn, secret_arn, table_arn, topic_arn};
pub use queues::{
    MessageAttribute, MessageAttributes, NewMessage, QueueCounts, QueueError, QueueSpec, Queues, Receive, Received,
    Sent,
};
pub use secrets::{SecretError, Secrets};
pub use start::StartError;
pub use topics::{Publication, Subscription, TopicError, TopicSpec, Topics};
