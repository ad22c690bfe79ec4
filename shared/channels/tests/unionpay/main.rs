//! Our client of 银联 against its vectors and a scripted host.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod host;
mod notifications;
mod orders;
mod refunds;
mod settings;
mod statements;
mod vectors;
