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
    /// The channel answers from a copy that does not know of the refund yet.
    Behind,
}

/// What becomes of the next calls, one by one; `None`: it goes well, as it does when nothing is forecast.
#[derive(Clone, Debug)]
pub struct Forecast<T>(VecDeque<Option<T>>);

impl<T> Default for Forecast<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T: Copy> Forecast<T> {
    /// After `well` calls that go well, `calls` do not.
    pub fn set(&mut self, well: u8, trouble: T, calls: u8) {
        self.0.clear();
        self.0.extend(std::iter::repeat_n(None, usize::from(well)));
        self.0.extend(std::iter::repeat_n(Some(trouble), usize::from(calls)));
    }

    /// What becomes of the next call.
    pub fn take(&mut self) -> Option<T> {
        self.0.pop_front().flatten()
    }
}

/// The weather.
#[derive(Clone, Debug, Default)]
pub struct Weather {
    /// Of the next calls to the tables.
    pub tables: Forecast<Outage>,
    /// Of the next calls to a queue.
    pub queues: Forecast<Outage>,
    /// Of the next calls to the topic.
    pub topic: Forecast<Outage>,
    /// Of the next calls to the channel.
    pub channel: Forecast<Trouble>,
}

impl Weather {
    /// The sun shines.
    pub fn clear(&mut self) {
        *self = Self::default();
    }
}
