//! The partners' protocols against the committed vectors, and the rules that need no partner to check.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod aliyun_codes;
mod aliyun_signature;
mod baiwang_signature;
mod message_values;
mod secrets;
mod vectors;
