//! Processes that stand at a call go on, or die there.

use crate::{dice::Dice, world::World};

/// What may become of a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// It goes on.
    Go {
        /// Which; 0 has stood longest.
        nth: u8,
        /// How far; 0: to its end.
        steps: u8,
    },
    /// It dies where it stands.
    Die {
        /// Which.
        nth: u8,
    },
}

/// How far a handler comes at once: mostly to its end.
pub fn steps(dice: &mut Dice) -> u8 {
    if dice.percent(65) { 0 } else { 1 + dice.small(9) }
}

/// What becomes of one.
pub fn think(dice: &mut Dice) -> Deed {
    let nth = dice.small(2);
    if dice.percent(60) { Deed::Go { nth, steps: steps(dice) } } else { Deed::Die { nth } }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Go { nth, steps } => {
                let at = usize::from(nth);
                if at < world.processes.len() {
                    let standing = world.standing(at);
                    world.town.state().tell(|| format!("{standing}, goes on."));
                    world.go(at, steps);
                }
            }
            Self::Die { nth } => {
                let at = usize::from(nth);
                if at < world.processes.len() {
                    let standing = world.standing(at);
                    world.town.state().tell(|| format!("{standing}, dies."));
                    world.die(at);
                }
            }
        }
    }
}
