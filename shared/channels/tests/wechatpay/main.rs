//! Our client of 微信支付 against the vectors of its SDKs and a scripted host.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod certificates;
mod failures;
mod host;
mod notifications;
mod orders;
mod refunds;
mod settings;
mod statements;
mod vectors;
