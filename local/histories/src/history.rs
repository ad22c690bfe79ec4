//! A history: what happened, in order. Made from a seed and a number, so that it can be made again.

use crate::{
    actors::{ahead, cashiers, delivery, payers, processes, residents, staff, time, weather},
    dice::Dice,
    weather::Trouble,
    world::World,
};

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A resident does something.
    Resident(residents::Deed),
    /// A payer or the provider does.
    Payer(payers::Deed),
    /// Staff does.
    Staff(staff::Deed),
    /// A cashier does.
    Cashier(cashiers::Deed),
    /// Something happens about what is paid ahead.
    Ahead(ahead::Deed),
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
    /// What happens next: each actor as often as it matters for such a history.
    fn next(dice: &mut Dice, about: About) -> Self {
        let [residents, payers, staff, cashiers, deliveries, processes, weather, times, ahead] = about.shares();
        let actors = [
            (residents, 0),
            (payers, 1),
            (staff, 2),
            (cashiers, 3),
            (deliveries, 4),
            (processes, 5),
            (weather, 6),
            (times, 7),
            (ahead, 8),
        ];
        match dice.choose(&actors) {
            0 => Self::Resident(residents::think(dice)),
            1 => Self::Payer(payers::think(dice)),
            2 => Self::Staff(staff::think(dice)),
            3 => Self::Cashier(cashiers::think(dice)),
            4 => Self::Delivery(delivery::think(dice)),
            5 => Self::Process(processes::think(dice)),
            6 => Self::Weather(weather::think(dice)),
            7 => Self::Time(time::think(dice)),
            _ => Self::Ahead(ahead::think(dice)),
        }
    }

    /// It happens.
    pub fn happen(&self, world: &mut World) {
        match self {
            Self::Resident(deed) => deed.happen(world),
            Self::Payer(deed) => deed.happen(world),
            Self::Staff(deed) => deed.happen(world),
            Self::Cashier(deed) => deed.happen(world),
            Self::Ahead(deed) => deed.happen(world),
            Self::Delivery(deed) => deed.happen(world),
            Self::Process(deed) => deed.happen(world),
            Self::Weather(deed) => deed.happen(world),
            Self::Time(deed) => deed.happen(world),
        }
    }
}

/// What a history is about: who acts how often in it, and how it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Paying.
    Paying,
    /// An order that is late at the channel.
    LateOrder,
    /// Money that staff gives back.
    Refunds,
    /// Cash at the counter, and paying beside it.
    Counter,
    /// Money that is paid ahead, drawn on and paid back.
    Ahead,
}

impl About {
    fn of(dice: &mut Dice) -> Self {
        dice.choose(&[
            (40, Self::Paying),
            (8, Self::LateOrder),
            (25, Self::Refunds),
            (12, Self::Counter),
            (15, Self::Ahead),
        ])
    }

    /// Of a hundred happenings: residents, payers, staff, cashiers, deliveries, processes, weather, time, what is
    /// paid ahead.
    const fn shares(self) -> [u64; 9] {
        match self {
            Self::Paying => [16, 28, 0, 0, 24, 10, 11, 11, 0],
            Self::LateOrder => [22, 22, 0, 0, 26, 4, 6, 20, 0],
            Self::Refunds => [8, 15, 28, 0, 22, 10, 9, 8, 0],
            Self::Counter => [10, 10, 8, 28, 20, 10, 8, 6, 0],
            Self::Ahead => [4, 14, 12, 0, 24, 10, 8, 8, 20],
        }
    }

    /// What comes before and right after somebody presses pay.
    fn beginning(self, dice: &mut Dice) -> (Option<Happening>, Vec<Happening>) {
        match self {
            Self::Paying | Self::Counter => (None, Vec::new()),
            Self::LateOrder => {
                let late = weather::Deed::Channel(0, Trouble::Late, 1);
                (Some(Happening::Weather(late)), Vec::new())
            }
            Self::Ahead => {
                let prepay = ahead::Deed::Prepay { device: 1, fen: 120_000, steps: 0 };
                // Its order is the last but one; it is paid, settled, and looked at for a draw.
                let pay = Happening::Payer(payers::Deed::Pay { nth: 1, wrong_by: 0 });
                let notify = Happening::Payer(payers::Deed::Notify { nth: 0, steps: 0 });
                let deliver = || Happening::Delivery(delivery::Deed::Deliver { nth: 0, steps: 0 });
                (Some(Happening::Ahead(prepay)), vec![pay, notify, deliver(), deliver(), deliver()])
            }
            // It is paid and settled: before that there is nothing to give back.
            Self::Refunds => {
                let pay = payers::Deed::Pay { nth: 0, wrong_by: dice.choose(&[(9, 0), (1, 1)]) };
                let deliver = |nth| Happening::Delivery(delivery::Deed::Deliver { nth, steps: 0 });
                let notify = Happening::Payer(payers::Deed::Notify { nth: 0, steps: 0 });
                (None, vec![Happening::Payer(pay), notify, deliver(0), deliver(0)])
            }
        }
    }
}

/// The history of that number. It begins with somebody who presses pay: before that there is nothing to go wrong.
pub fn history(seed: u64, number: u64) -> Vec<Happening> {
    let mut dice = Dice::of(seed, number);
    let about = About::of(&mut dice);
    let (before, after) = about.beginning(&mut dice);
    let steps = if after.is_empty() { processes::steps(&mut dice) } else { 0 };
    let first = residents::Deed::Press { device: 0, household: dice.small(2), which: 0, steps };
    let more = 6 + dice.below(22);
    let mut happenings: Vec<Happening> = before.into_iter().collect();
    happenings.push(Happening::Resident(first));
    happenings.extend(after);
    happenings.extend((0..more).map(|_| Happening::next(&mut dice, about)));
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
