//! What breaks next.

use crate::{
    dice::Dice,
    weather::{Outage, Trouble},
    world::World,
};

/// What may break: so many calls go well before one does not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Calls to the channel; how many go well, and how many then do not.
    Channel(u8, Trouble, u8),
    /// A call to the tables.
    Tables(u8, Outage),
    /// A call to a queue.
    Queues(u8, Outage),
    /// A call to the topic.
    Topic(Outage),
}

/// What breaks.
pub fn think(dice: &mut Dice) -> Deed {
    let outage = dice.choose(&[(2, Outage::NotDone), (3, Outage::AnswerLost), (3, Outage::SentTwice)]);
    match dice.below(12) {
        0..=5 => {
            let trouble = dice.choose(&[
                (1, Trouble::Down),
                (1, Trouble::Busy),
                (2, Trouble::RequestLost),
                (4, Trouble::AnswerLost),
                (4, Trouble::Late),
                (1, Trouble::Refuses),
                (2, Trouble::Behind),
            ]);
            Deed::Channel(dice.choose(&[(4, 0), (3, 1), (1, 2)]), trouble, 1 + dice.small(2))
        }
        6..=8 => Deed::Tables(dice.small(6), outage),
        9..=10 => Deed::Queues(dice.choose(&[(3, 0), (1, 1)]), outage),
        _ => Deed::Topic(outage),
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        let mut state = world.town.state();
        state.tell(|| format!("Some calls will go wrong: {self:?}."));
        let weather = &mut state.weather;
        match *self {
            Self::Channel(well, trouble, calls) => weather.channel.set(well, trouble, calls),
            Self::Tables(well, outage) => weather.tables.set(well, outage, 1),
            Self::Queues(well, outage) => weather.queues.set(well, outage, 1),
            Self::Topic(outage) => weather.topic.set(0, outage, 1),
        }
    }
}
