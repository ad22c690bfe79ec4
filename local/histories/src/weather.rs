//! What is going to break: at the next call of its kind.

use std::collections::VecDeque;

/// A call to a table, a queue or the topic goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// It is not done, and the caller sees an error.
    NotDone,
    /// It is done, and the caller sees an error.
    AnswerLost,
    /// It is done, the answer is lost, and the SDK sends it once more.
    SentTwice,
}

/// A call to the channel goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// There is no connection.
    Down,
    /// The channel says: too many calls.
    Busy,
    /// The request is lost; the caller times out.
    RequestLost,
    /// The channel does the work; the answer is lost and the caller times out.
    AnswerLost,
    /// The caller times out; the request arrives later.
    Late,
    /// The channel refuses the order or the refund.
    Refuses,
}

/// The weather.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// Of the next call to the tables.
    pub tables: Option<Outage>,
    /// Of the next call to a queue.
    pub queues: Option<Outage>,
    /// Of the next call to the topic.
    pub topic: Option<Outage>,
    /// Of the next calls to the channel.
    pub channel: VecDeque<Trouble>,
}

impl Weather {
    /// The sun shines.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
