//! The weather clears, and everything comes to rest: what was left to do is done, and time runs on until nobody waits for anything.

use crate::{
    actors::{delivery, payers, time},
    check,
    provider::Going,
    tables::text,
    world::World,
};
use jiff::SignedDuration;

/// More rounds than any ladder of questions has rungs.
const ROUNDS: usize = 60;

/// The longest that a queue can delay a message.
const LONGEST_DELAY: SignedDuration = SignedDuration::from_secs(900);

/// Runs the world until it rests; if it does not, that is wrong.
pub fn come_to_rest(world: &mut World) {
    {
        let mut state = world.town.state();
        state.tell(|| "The weather clears.".to_owned());
        state.weather.clear();
    }
    while !world.processes.is_empty() {
        world.go(0, 0);
    }
    // What is on its way arrives after everything that could be done before it.
    deliver(world);
    {
        let mut state = world.town.state();
        let now = state.now;
        while state.provider.arrive(0, now).is_some() {}
        check::always(&mut state);
    }
    for _ in 0..ROUNDS {
        refunds_end(world);
        notify(world);
        if deliver(world) {
            continue;
        }
        let next = world.town.state().queues.0.iter().map(|message| message.visible_at).max();
        match next {
            // As late as a queue can delay: all that waits comes at once, and what expires has expired.
            Some(at) => {
                let span = at.duration_since(world.town.state().now);
                world.pass(span.max(LONGEST_DELAY));
            }
            None if open(world) == 0 => return,
            None => {
                world.pass(SignedDuration::from_mins(16));
                (0..2).for_each(|which| time::run(world, which, 0));
            }
        }
    }
    let mut state = world.town.state();
    let left = state.queues.0.len();
    state.wrong(format!("it does not come to rest: {left} messages wait, or a payment or refund stays open"));
}

fn refunds_end(world: &World) {
    let mut state = world.town.state();
    for at in 0..state.provider.backs.len() {
        if state.provider.backs[at].going == Going::Processing {
            state.provider.move_refund(at, Going::Done);
        }
    }
}

fn notify(world: &mut World) {
    for at in 0.. {
        let ended = match world.town.state().provider.notices.get(at) {
            None => return,
            Some(notice) => notice.ended,
        };
        if !ended {
            payers::notify(world, at, 0);
        }
    }
}

/// Delivers what is visible; whether there was anything.
fn deliver(world: &mut World) -> bool {
    let visible: Vec<u64> = {
        let state = world.town.state();
        state.queues.visible(state.now).map(|message| message.id).collect()
    };
    for id in &visible {
        delivery::deliver(world, *id, 0);
    }
    !visible.is_empty()
}

/// How many payments and refunds somebody must still see to.
fn open(world: &World) -> usize {
    let state = world.town.state();
    let payments = state.tables.items("payments").filter(|item| is_open(text(item, "status"))).count();
    let refunds = state.tables.items("refunds");
    payments + refunds.filter(|item| matches!(text(item, "status"), "approved" | "processing")).count()
}

/// Whether a payment of that status is open.
pub fn is_open(status: &str) -> bool {
    matches!(status, "submitting" | "pending" | "closing")
}
