//! The suite's clock: the machine's, moved forward by as much as the person at the desk (or a test) likes. How far is kept in
//! the data folder, so that time does not run backwards after a restart.

use heatpay_ports::Clock;
use jiff::{SignedDuration, Timestamp};
use std::{
    io,
    path::{Path, PathBuf},
    sync::atomic::{AtomicI64, Ordering},
};

enum Base {
    Machine,
    Fixed(Timestamp),
}

/// The file is the old one or the new one, wherever the process dies.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let new = path.with_extension("new");
    std::fs::write(&new, text)?;
    std::fs::rename(&new, path)
}

/// A clock that can be moved forward.
pub struct SuiteClock {
    base: Base,
    ahead_ms: AtomicI64,
    kept_in: Option<PathBuf>,
}

impl SuiteClock {
    /// The machine's clock, ahead by what the file says.
    pub fn machine(kept_in: PathBuf) -> io::Result<Self> {
        let ahead = match std::fs::read_to_string(&kept_in) {
            Ok(text) => text.trim().parse().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "not a number"))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Self { base: Base::Machine, ahead_ms: AtomicI64::new(ahead), kept_in: Some(kept_in) })
    }

    /// The machine's clock, for a suite that keeps nothing.
    pub fn unkept() -> Self {
        Self { base: Base::Machine, ahead_ms: AtomicI64::new(0), kept_in: None }
    }

    /// A clock that stands still until it is moved, for tests.
    pub fn fixed(at: Timestamp) -> Self {
        Self { base: Base::Fixed(at), ahead_ms: AtomicI64::new(0), kept_in: None }
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: SignedDuration) -> io::Result<()> {
        let by = i64::try_from(by.as_millis()).unwrap_or(0).max(0);
        let ahead = self.ahead_ms.fetch_add(by, Ordering::SeqCst) + by;
        match &self.kept_in {
            Some(path) => write_whole(path, &ahead.to_string()),
            None => Ok(()),
        }
    }

    /// How far it is ahead of the machine.
    pub fn ahead(&self) -> SignedDuration {
        SignedDuration::from_millis(self.ahead_ms.load(Ordering::SeqCst))
    }
}

impl Clock for SuiteClock {
    fn now(&self) -> Timestamp {
        let base = match self.base {
            Base::Machine => Timestamp::now(),
            Base::Fixed(at) => at,
        };
        // Milliseconds are all that any table keeps.
        let now = base + self.ahead();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now)
    }
}
