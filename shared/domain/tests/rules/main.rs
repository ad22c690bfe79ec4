//! The rules of the trade, told as sentences.
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed; clippy sees only the test functions")]

mod allocating;
mod auditing;
mod calendar;
mod city;
mod conservation;
mod counting;
mod deciding;
mod due;
mod given;
mod importing;
mod invoicing;
mod ledger;
mod life_cycles;
mod masking;
mod money;
mod notifying;
mod numbers;
mod prepaid_books;
mod prepaying;
mod pricing;
mod pricing_limits;
mod reconciling;
mod reconciling_days;
mod refunding;
mod refunding_days;
mod reminding;
mod repairing;
mod staff;
