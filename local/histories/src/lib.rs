//! The model of the world: residents, payers, a provider with the truth of its money, staff that gives back and cashiers that take
//! cash, mornings with a statement of the day before, queues, schedules, bad weather and processes that die, around the real handlers,
//! on simulated time. A history is what happened in one such world; after every step, and when
//! everything has come to rest, the books must agree to the fen.
//!
//! Nothing here opens a socket or waits. The AWS SDK's HTTP client is the [`wire`], the payment channel is a [`channel`] before the
//! [`provider`]; at every call a handler's process stops, and the history says who goes on, who dies, and what happens in between.
//!
//! To add an actor: a file in [`actors`] with a `Deed`, a `think` and a `happen`; a variant of [`history::Happening`] with its share
//! of the chances; what it must not break in [`check`], and what it still has to do in [`rest`]. A new handler is booted in
//! [`handlers`], a new table gets a line in [`tables::SPECS`], a new queue a variant of [`queues::Queue`].

pub mod actors;
pub mod beginning;
pub mod channel;
pub mod check;
pub mod dice;
pub mod handlers;
pub mod history;
pub mod invoices;
pub mod io;
pub mod provider;
pub mod queues;
pub mod rest;
pub mod run;
pub mod shrink;
pub mod tables;
pub mod town;
pub mod weather;
pub mod wire;
pub mod world;
