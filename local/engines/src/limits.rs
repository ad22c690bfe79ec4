//! What AWS accepts at most (its documents, 2026), and what this process reads at most.

/// One message, or all of a batch, with its attributes: 1 MiB since August 2025 (256 KiB before).
pub(crate) const MESSAGE_BYTES: usize = 1 << 20;
/// One notification of a topic.
pub(crate) const NOTIFICATION_BYTES: usize = 256 << 10;
/// Entries of a batch, and messages of one receive.
pub(crate) const BATCH: usize = 10;
/// Attributes of a message.
pub(crate) const MESSAGE_ATTRIBUTES: usize = 10;
/// Seconds a message may be delayed.
pub(crate) const DELAY_S: i64 = 900;
/// Seconds a message may be hidden after a receive.
pub(crate) const VISIBILITY_S: i64 = 43_200;
/// Seconds a receive may wait.
pub(crate) const WAIT_S: i64 = 20;
/// A secret's text.
pub(crate) const SECRET_BYTES: u64 = 64 << 10;
/// The body of a call to the queues, topics or secrets: a full batch in JSON, every character escaped.
pub(crate) const CALL_BYTES: usize = 8 << 20;
/// A file. The cloud takes 5 GB in one put; here files are read into memory.
pub(crate) const FILE_BYTES: usize = 64 << 20;
