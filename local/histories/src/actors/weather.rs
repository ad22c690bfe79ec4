//! What breaks next.

use crate::{
    dice::Dice,
    weather::{Outage, Trouble},
    world::World,
};

/// What may break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The next calls to the channel.
    Channel(Trouble, u8),
    /// The next call to the tables.
    Tables(Outage),
    /// The next call to a queue.
    Queues(Outage),
    /// The next call to the topic.
    Topic(Outage),
}

/// What breaks.
pub fn think(dice: &mut Dice) -> Deed {
    let outage = dice.choose(&[(2, Outage::NotDone), (3, Outage::AnswerLost), (3, Outage::SentTwice)]);
    match dice.below(12) {
        0..=6 => {
            let trouble = dice.choose(&[
                (1, Trouble::Down),
                (1, Trouble::Busy),
                (2, Trouble::RequestLost),
                (4, Trouble::AnswerLost),
                (4, Trouble::Late),
                (1, Trouble::Refuses),
            ]);
            Deed::Channel(trouble, 1 + dice.small(2))
        }
        7..=9 => Deed::Tables(outage),
        10 => Deed::Queues(outage),
        _ => Deed::Topic(outage),
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        let weather = &mut world.town.state().weather;
        match *self {
            Self::Channel(trouble, calls) => {
                weather.channel.clear();
                weather.channel.extend(std::iter::repeat_n(trouble, usize::from(calls)));
            }
            Self::Tables(outage) => weather.tables = Some(outage),
            Self::Queues(outage) => weather.queues = Some(outage),
            Self::Topic(outage) => weather.topic = Some(outage),
        }
    }
}
