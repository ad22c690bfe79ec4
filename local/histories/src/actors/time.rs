//! Time passes, and schedules run.

use crate::{
    dice::Dice,
    queues::Queue,
    world::{Ended, Waits, World},
};
use heatpay_domain::calendar::{civil_date, moment};
use jiff::{SignedDuration, civil::Date};
use serde_json::json;

/// What the clock may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// So many seconds pass.
    Pass(i64),
    /// The schedule of `payment-watch` (0) or `refund-execute` (1) runs.
    Run {
        /// Which.
        which: u8,
        /// How far it comes now.
        steps: u8,
    },
    /// The next morning comes, when statements are to be had, and somebody has the day before matched.
    Morning,
}

/// What it does next.
pub fn think(dice: &mut Dice) -> Deed {
    if dice.percent(3) {
        Deed::Morning
    } else if dice.percent(85) {
        Deed::Pass(dice.choose(&[(4, 5), (4, 16), (3, 61), (2, 200), (2, 700), (2, 905), (1, 1000)]))
    } else {
        Deed::Run { which: dice.small(2), steps: if dice.percent(60) { 0 } else { 1 + dice.small(18) } }
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Pass(seconds) => {
                world.town.state().tell(|| format!("{seconds} seconds pass."));
                world.pass(SignedDuration::from_secs(seconds));
            }
            Self::Run { which, steps } => run(world, which, steps),
            Self::Morning => {
                world.town.state().statements_matter = true;
                morning(world);
                let day = civil_date(world.town.state().now).yesterday();
                if let Ok(day) = day {
                    day_to_match(world, day);
                }
            }
        }
    }
}

/// Time passes until it is eleven in the morning, when every statement is to be had.
pub fn morning(world: &mut World) {
    let now = world.town.state().now;
    let next = civil_date(now).tomorrow().ok().and_then(|day| moment(day.at(11, 0, 0, 0)));
    world.town.state().tell(|| "The next morning comes.".to_owned());
    world.pass(next.map_or(SignedDuration::ZERO, |next| next.duration_since(now)));
}

/// A day is to be matched.
pub fn day_to_match(world: &World, day: Date) {
    let mut state = world.town.state();
    let (id, now) = (state.number(), state.now);
    state.queues.send(id, Queue::Reconcile, json!({ "channel": "wechatpay", "day": day }).to_string(), now);
}

/// A schedule runs.
pub fn run(world: &mut World, which: u8, steps: u8) {
    let (name, step) = match which {
        0 => ("payment-watch", world.handlers.watch.clone()),
        _ => ("refund-execute", world.handlers.refund.clone()),
    };
    let name = || format!("The schedule of {name} runs.");
    world.start(name, Waits::Nobody, steps, async move { Ended::Ran(step.scheduled().await) });
}
