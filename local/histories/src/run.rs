//! Many histories, on every core.

use crate::{
    history::{history, live},
    shrink::shrink,
    world::World,
};
use heatpay_runtime::BootError;
use std::{
    fmt,
    num::NonZero,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

/// A history that went wrong, as short as it could be made.
#[derive(Clone, Debug)]
pub struct Found {
    /// The seed.
    pub seed: u64,
    /// The history's number.
    pub number: u64,
    /// What is wrong.
    pub wrong: String,
    /// What happened, in sentences.
    pub told: Vec<String>,
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "Wrong: {}", self.wrong)?;
        for sentence in &self.told {
            writeln!(f, "  {sentence}")?;
        }
        write!(f, "Again: make replay SEED={} HISTORY={}", self.seed, self.number)
    }
}

/// Lives `count` histories of the seed; the first that goes wrong, if one does.
pub fn run(seed: u64, count: u64) -> Result<Option<Found>, BootError> {
    let (next, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let found: Mutex<Option<Found>> = Mutex::new(None);
    let failed: Mutex<Option<BootError>> = Mutex::new(None);
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                let mut world = match World::boot() {
                    Ok(world) => world,
                    Err(error) => {
                        *failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
                        return;
                    }
                };
                while !stop.load(Ordering::Relaxed) {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= count {
                        return;
                    }
                    if let Some(wrong) = live(&mut world, &history(seed, number), false) {
                        stop.store(true, Ordering::Relaxed);
                        let told = tell(&mut world, seed, number, &wrong);
                        let mut found = found.lock().unwrap_or_else(PoisonError::into_inner);
                        // Every smaller number was lived or is just being lived: the first is the first on every machine.
                        if found.as_ref().is_none_or(|found| number < found.number) {
                            *found = Some(told);
                        }
                    }
                }
            });
        }
    });
    match failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error),
        None => Ok(found.into_inner().unwrap_or_else(PoisonError::into_inner)),
    }
}

/// One history again; what is wrong in it, if anything is, and what happened.
pub fn replay(seed: u64, number: u64) -> Result<(Option<Found>, Vec<String>), BootError> {
    let mut world = World::boot()?;
    let wrong = live(&mut world, &history(seed, number), true);
    let told = world.town.state().told.take().unwrap_or_default();
    let found = wrong.map(|wrong| tell(&mut world, seed, number, &wrong));
    Ok((found, told))
}

fn tell(world: &mut World, seed: u64, number: u64, wrong: &str) -> Found {
    let (shortest, _) = shrink(world, &history(seed, number), wrong);
    let wrong = live(world, &shortest, true).unwrap_or_else(|| wrong.to_owned());
    let told = world.town.state().told.take().unwrap_or_default();
    Found { seed, number, wrong, told }
}
