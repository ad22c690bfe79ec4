//! Every call that leaves a handler passes here twice: just before it is done, and just after, before its answer arrives. At both
//! the process stops until the world lets it go on, or lets it die.

use crate::town::Town;
use std::{future::poll_fn, task::Poll};

/// Where a process stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The call has not left.
    Before,
    /// The call is done; its answer has not arrived.
    After,
}

/// Stops until the world goes on with this process.
pub async fn stop(town: &Town, moment: Moment, call: impl FnOnce() -> String) {
    {
        let mut state = town.state();
        if state.told.is_some() {
            let at = match moment {
                Moment::Before => "before",
                Moment::After => "after",
            };
            state.standing = format!("{at} {}", call());
        }
    }
    let mut stopped = false;
    poll_fn(|context| {
        if std::mem::replace(&mut stopped, true) {
            return Poll::Ready(());
        }
        // Futures that poll only what was woken must poll this one again.
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
