//! A running world: the town, the handlers, and the processes that stand at some call.

use crate::{
    beginning,
    handlers::Handlers,
    town::{State, Town},
};
use heatpay_runtime::{BootError, StepError, queue::causes};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use std::{
    pin::Pin,
    task::{Context, Poll, Waker},
};

/// What a process comes to.
#[derive(Debug)]
pub enum Ended {
    /// An HTTP answer.
    Answered(StatusCode, Vec<u8>),
    /// A message or a schedule's run is done, or not.
    Ran(Result<(), StepError>),
}

/// Who waits for a process.
#[derive(Clone, Debug)]
pub enum Waits {
    /// A device, for the answer to a payment's request under a key.
    Device {
        /// Which.
        device: u8,
        /// The request's key.
        key: String,
    },
    /// One of staff, for the answer to a request, under a key where it has one.
    Staff {
        /// Who.
        who: u8,
        /// The request's key.
        key: Option<String>,
    },
    /// A cashier, for what becomes of an entry.
    Till {
        /// Its place among the entries.
        entry: usize,
        /// Whether it is taken back.
        back: bool,
    },
    /// Nobody in particular.
    Nobody,
    /// The provider, for the acknowledgement of a notice.
    Provider(usize),
    /// A queue, for a message.
    Queue(u64),
}

/// A process.
pub struct Process {
    name: String,
    standing: String,
    started: Timestamp,
    waits: Waits,
    future: Pin<Box<dyn Future<Output = Ended> + Send>>,
}

/// The world.
pub struct World {
    /// What there is.
    pub town: Town,
    /// The handlers.
    pub handlers: Handlers,
    /// The processes that stand at a call, oldest first.
    pub processes: Vec<Process>,
    /// What the devices remember.
    pub devices: [crate::actors::residents::Device; 2],
    /// What staff remembers.
    pub staff: [crate::actors::staff::Person; 3],
    /// The cash that people brought to the counter.
    pub counter: Vec<crate::actors::cashiers::Entry>,
    beginning: State,
}

/// What the platform lets a process run, at most.
const LONGEST: SignedDuration = SignedDuration::from_secs(30);

impl World {
    /// Boots the handlers and writes the bills every history begins with.
    pub fn boot() -> Result<Self, BootError> {
        let town = Town::new(State::at(beginning::MOMENT));
        let handlers = ready(Handlers::boot(&town))?;
        let beginning = beginning::of(&town)?;
        let (processes, devices, staff) = (Vec::new(), Default::default(), Default::default());
        Ok(Self { town, handlers, processes, devices, staff, counter: Vec::new(), beginning })
    }

    /// Starts over.
    pub fn begin(&mut self, told: bool) {
        self.processes.clear();
        self.devices = Default::default();
        self.staff = Default::default();
        self.counter.clear();
        let mut state = self.town.state();
        *state = self.beginning.clone();
        state.told = told.then(Vec::new);
    }

    /// Starts a process and lets it make so many steps, from call to call; 0: to its end.
    pub fn start(
        &mut self,
        name: impl FnOnce() -> String,
        waits: Waits,
        steps: u8,
        future: impl Future<Output = Ended> + Send + 'static,
    ) {
        let (started, name) = {
            let mut state = self.town.state();
            let name = if state.told.is_some() { name() } else { String::new() };
            state.tell(|| name.clone());
            (state.now, name)
        };
        self.processes.push(Process { name, standing: String::new(), started, waits, future: Box::pin(future) });
        self.go(self.processes.len() - 1, steps);
    }

    /// Lets a process make so many steps; 0: to its end.
    pub fn go(&mut self, at: usize, steps: u8) {
        let mut context = Context::from_waker(Waker::noop());
        let mut made = 0_u32;
        while steps == 0 || made < u32::from(steps) {
            let Some(process) = self.processes.get_mut(at) else { return };
            match process.future.as_mut().poll(&mut context) {
                Poll::Ready(ended) => {
                    let process = self.processes.remove(at);
                    self.end(process, ended);
                    return;
                }
                Poll::Pending => made += 1,
            }
            if made > 10_000 {
                self.processes.remove(at);
                self.town.state().wrong("a process makes calls without end".to_owned());
                return;
            }
        }
        if let Some(process) = self.processes.get_mut(at) {
            let mut state = self.town.state();
            process.standing = std::mem::take(&mut state.standing);
            state.tell(|| format!("  it stands {}", process.standing));
        }
    }

    /// The name of a process and where it stands.
    pub fn standing(&self, at: usize) -> String {
        self.processes.get(at).map(|process| format!("“{}”, {}", process.name, process.standing)).unwrap_or_default()
    }

    /// A process dies where it stands.
    pub fn die(&mut self, at: usize) {
        if at >= self.processes.len() {
            return;
        }
        let process = self.processes.remove(at);
        let mut state = self.town.state();
        match process.waits {
            Waits::Till { entry, back } => crate::actors::cashiers::doubt(&mut self.counter[entry], back),
            Waits::Queue(id) => {
                let now = state.now;
                state.queues.come_again(id, now);
            }
            // The client sees a broken connection, the provider no acknowledgement.
            Waits::Device { .. } | Waits::Staff { .. } | Waits::Provider(_) | Waits::Nobody => {}
        }
    }

    /// Time passes; what has run too long is ended by the platform.
    pub fn pass(&mut self, span: SignedDuration) {
        self.town.state().pass(span);
        let now = self.town.state().now;
        while let Some(at) = self.processes.iter().position(|process| now.duration_since(process.started) > LONGEST) {
            self.town.state().tell(|| "  a process ran too long and is ended".to_owned());
            self.die(at);
        }
    }

    fn end(&mut self, process: Process, ended: Ended) {
        let Process { waits, .. } = process;
        self.town.state().tell(|| format!("  it ends: {}", in_words(&ended)));
        match (waits, ended) {
            (Waits::Device { device, key }, Ended::Answered(status, body)) => {
                crate::actors::residents::hear(self, device, &key, status, &body);
            }
            (Waits::Staff { who, key }, Ended::Answered(status, body)) => {
                crate::actors::staff::hear(self, who, key.as_deref(), status, &body);
            }
            (Waits::Till { entry, back }, Ended::Answered(status, body)) => {
                crate::actors::cashiers::hear(self, entry, back, status, &body);
            }
            (Waits::Provider(notice), Ended::Answered(status, _)) => {
                if status.is_success()
                    && let Some(notice) = self.town.state().provider.notices.get_mut(notice)
                {
                    notice.ended = true;
                }
            }
            (Waits::Queue(id), Ended::Ran(Ok(()))) => self.town.state().queues.delete(id),
            (Waits::Queue(id), Ended::Ran(Err(error))) => {
                let mut state = self.town.state();
                let now = state.now;
                state.queues.come_again(id, now);
                if let StepError::Reject(_) = &error {
                    state.wrong(format!("a message is rejected: {}", causes(&error)));
                }
            }
            (Waits::Nobody, _) | (_, Ended::Answered(..) | Ended::Ran(_)) => {}
        }
    }
}

fn in_words(ended: &Ended) -> String {
    match ended {
        Ended::Answered(status, body) => {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            let more = body["code"].as_str().or_else(|| body["status"].as_str()).unwrap_or_default();
            format!("{} {more}", status.as_u16())
        }
        Ended::Ran(Ok(())) => "done".to_owned(),
        Ended::Ran(Err(error)) => causes(error),
    }
}

/// Runs something to its end that stops at nothing but the world's calls.
pub fn ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut context) {
            return done;
        }
    }
}
