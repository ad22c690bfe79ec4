//! The queues deliver: in any order, and sometimes twice at once.

use crate::{
    actors::processes,
    dice::Dice,
    invoices,
    queues::{Message, Queue},
    world::{Ended, Waits, World},
};
use std::sync::Arc;

/// What the queues may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A visible message is delivered.
    Deliver {
        /// Which; 0 is the oldest.
        nth: u8,
        /// How far its handler comes now.
        steps: u8,
    },
    /// A message is delivered although it is being handled.
    Twice {
        /// Which.
        nth: u8,
        /// How far its handler comes now.
        steps: u8,
    },
    /// A message about an open payment or refund ends among the dead letters: a schedule must find what it was about.
    Bury {
        /// Which; 0 is the oldest.
        nth: u8,
    },
}

/// What they do next.
pub fn think(dice: &mut Dice) -> Deed {
    let (nth, steps) = (dice.choose(&[(4, 0), (1, 1), (1, 2)]), processes::steps(dice));
    match dice.below(100) {
        0..=84 => Deed::Deliver { nth, steps },
        85..=94 => Deed::Twice { nth: dice.small(2), steps },
        _ => Deed::Bury { nth: dice.small(2) },
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        let (found, steps) = {
            let state = world.town.state();
            match *self {
                Self::Deliver { nth, steps } => {
                    (state.queues.visible(state.now).nth(usize::from(nth)).map(|message| message.id), steps)
                }
                Self::Twice { nth, steps } => {
                    let handled = state.queues.0.iter().filter(|message| message.handled);
                    (handled.map(|message| message.id).nth(usize::from(nth)), steps)
                }
                Self::Bury { nth } => {
                    drop(state);
                    return bury(world, nth);
                }
            }
        };
        if let Some(id) = found {
            deliver(world, id, steps);
        }
    }
}

fn bury(world: &World, nth: u8) {
    let mut state = world.town.state();
    let found = state.queues.0.iter().filter(|message| matches!(message.queue, Queue::Watch | Queue::Refund));
    let found = found.filter(|message| !message.handled).nth(usize::from(nth)).cloned();
    if let Some(Message { id, queue, body, .. }) = found {
        state.queues.delete(id);
        state.tell(|| format!("The queue {} gives up {}.", queue.name(), short(&body)));
    }
}

/// Delivers a message to its handler.
pub fn deliver(world: &mut World, id: u64, steps: u8) {
    let Some(Message { queue, body, .. }) = world.town.state().queues.receive(id) else { return };
    let step = match queue {
        Queue::Settlement => world.handlers.settle.clone(),
        Queue::Watch => world.handlers.watch.clone(),
        Queue::Refund => world.handlers.refund.clone(),
        Queue::Reconcile => world.handlers.reconcile.clone(),
        Queue::Prepayment => world.handlers.draw.clone(),
        Queue::Invoice => {
            let mut state = world.town.state();
            invoices::handle(&mut state, &body);
            state.queues.delete(id);
            return;
        }
    };
    let name = || format!("The queue {} delivers {}.", queue.name(), short(&body));
    let step = Arc::clone(&step);
    let message = body.clone();
    world.start(name, Waits::Queue(id), steps, async move { Ended::Ran(step.message(&message).await) });
}

fn short(body: &str) -> String {
    let body: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let of = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    [of("payment_no"), of("channel_txn"), of("refund_no"), of("day"), of("account_no")].join(" ").trim().to_owned()
}
