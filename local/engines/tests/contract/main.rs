//! What the engines promise, asked by the AWS SDK for Rust itself.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod capacity;
mod dynamodb;
mod killed;
mod s3;
mod secrets;
mod sns;
mod sqs_batches;
mod sqs_messages;
mod sqs_queues;
mod start;
mod waiting;
mod world;
