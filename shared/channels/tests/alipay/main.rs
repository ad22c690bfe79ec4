//! Our client of 支付宝 against the vectors of its SDKs and a scripted gateway.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bills;
mod certificates;
mod failures;
mod gateway;
mod notifications;
mod orders;
mod packing;
mod refunds;
mod vectors;
