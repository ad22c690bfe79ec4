//! What the world is made of, behind one lock: time, tables, queues, the provider, the weather. Handlers reach it only through
//! the wire and the channel; actors and checks look at it directly.

use crate::{invoices::Invoices, provider::Provider, queues::Queues, tables::Tables, weather::Weather};
use heatpay_ports::{Clock, Ids};
use jiff::{SignedDuration, Timestamp};
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// What there is.
#[derive(Clone, Debug)]
pub struct State {
    /// The time, for everybody.
    pub now: Timestamp,
    /// The tables.
    pub tables: Tables,
    /// The queues.
    pub queues: Queues,
    /// The provider, with the truth of the money it holds.
    pub provider: Provider,
    /// What is going to break.
    pub weather: Weather,
    /// The bucket of files.
    pub files: BTreeMap<String, Vec<u8>>,
    /// Something is told by the next day's statement alone, or somebody reconciles: the world does not rest before that is done.
    pub statements_matter: bool,
    /// The tills that are closed, with their cash.
    pub closed_tills: BTreeMap<String, i64>,
    /// What became of invoices.
    pub invoices: Invoices,
    /// What must never be, and was seen; in sentences.
    pub wrong: Vec<String>,
    /// What happened, in sentences; only where somebody reads it.
    pub told: Option<Vec<String>>,
    /// The call that a process stands before or after.
    pub standing: String,
    numbers: u64,
}

impl State {
    /// An empty world at a moment.
    pub fn at(now: Timestamp) -> Self {
        Self {
            now,
            tables: Tables::default(),
            queues: Queues::default(),
            provider: Provider::default(),
            weather: Weather::default(),
            files: BTreeMap::new(),
            closed_tills: BTreeMap::new(),
            statements_matter: false,
            invoices: Invoices::default(),
            wrong: Vec::new(),
            told: None,
            standing: String::new(),
            numbers: 0,
        }
    }

    /// Something that must never be.
    pub fn wrong(&mut self, sentence: String) {
        self.wrong.push(sentence);
    }

    /// Tells what happened, if somebody reads it.
    pub fn tell(&mut self, sentence: impl FnOnce() -> String) {
        let now = self.now;
        if let Some(told) = &mut self.told {
            told.push(format!("{} {}", now.strftime("%d. %H:%M:%S"), sentence()));
        }
    }

    /// A number never used before in this world.
    pub fn number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    /// Time passes.
    pub fn pass(&mut self, span: SignedDuration) {
        self.now += span;
    }
}

/// A handle on the world.
#[derive(Clone, Debug)]
pub struct Town(Arc<Mutex<State>>);

impl Town {
    /// A world that stands so.
    pub fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    /// The world as it stands. One thread a world: nobody waits here.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for Town {
    fn now(&self) -> Timestamp {
        self.state().now
    }
}

impl Ids for Town {
    /// Different every time, and the same in every run: splitmix64 of a counter.
    fn fill(&self, bytes: &mut [u8]) {
        let mut state = self.state();
        for chunk in bytes.chunks_mut(8) {
            let random = crate::dice::mix(state.number()).to_be_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
    }
}
