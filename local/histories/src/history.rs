//! A history: what happened, in order. Made from a seed and a number, so that it can be made again.

use crate::{
    actors::{delivery, payers, processes, residents, time, weather},
    dice::Dice,
    world::World,
};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A resident does something.
    Resident(residents::Deed),
    /// A payer or the provider does.
    Payer(payers::Deed),
    /// A queue delivers.
    Delivery(delivery::Deed),
    /// A process goes on or dies.
    Process(processes::Deed),
    /// Something will break.
    Weather(weather::Deed),
    /// Time passes.
    Time(time::Deed),
}

impl Happening {
    /// What happens next: each actor as often as it matters.
    fn next(dice: &mut Dice) -> Self {
        match dice.below(100) {
            0..=15 => Self::Resident(residents::think(dice)),
            16..=43 => Self::Payer(payers::think(dice)),
            44..=67 => Self::Delivery(delivery::think(dice)),
            68..=77 => Self::Process(processes::think(dice)),
            78..=88 => Self::Weather(weather::think(dice)),
            _ => Self::Time(time::think(dice)),
        }
    }

    /// It happens.
    pub fn happen(&self, world: &mut World) {
        match self {
            Self::Resident(deed) => deed.happen(world),
            Self::Payer(deed) => deed.happen(world),
            Self::Delivery(deed) => deed.happen(world),
            Self::Process(deed) => deed.happen(world),
            Self::Weather(deed) => deed.happen(world),
            Self::Time(deed) => deed.happen(world),
        }
    }
}

/// The history of that number. It begins with somebody who presses pay: before that there is nothing to go wrong.
pub fn history(seed: u64, number: u64) -> Vec<Happening> {
    let mut dice = Dice::of(seed, number);
    let steps = processes::steps(&mut dice);
    let first = residents::Deed::Press { device: 0, household: dice.small(2), which: 0, steps };
    let more = 6 + dice.below(22);
    let mut happenings = vec![Happening::Resident(first)];
    happenings.extend((0..more).map(|_| Happening::next(&mut dice)));
    happenings
}

/// What must never be, of one history; the first of it. `None`: all is as it must be.
pub fn live(world: &mut World, happenings: &[Happening], told: bool) -> Option<String> {
    world.begin(told);
    let mut seen = 0;
    for happening in happenings {
        happening.happen(world);
        let mut state = world.town.state();
        if seen != state.tables.writes {
            seen = state.tables.writes;
            crate::check::always(&mut state);
        }
        if let Some(wrong) = state.wrong.first() {
            return Some(wrong.clone());
        }
    }
    crate::rest::come_to_rest(world);
    let mut state = world.town.state();
    crate::check::always(&mut state);
    crate::check::at_rest(&mut state);
    state.wrong.first().cloned()
}
