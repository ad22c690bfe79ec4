//! Time passes, and schedules run.

use crate::{
    dice::Dice,
    world::{Ended, Waits, World},
};
use jiff::SignedDuration;

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
}

/// What it does next.
pub fn think(dice: &mut Dice) -> Deed {
    if dice.percent(85) {
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
        }
    }
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
