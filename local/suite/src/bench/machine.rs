//! Processor time, memory and load of this machine, as Linux tells them; elsewhere there is nothing to tell.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Clock ticks a second in `/proc/*/stat`: fixed by Linux's interface to programs.
const TICKS: u64 = 100;

/// What this process has used since its start.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Machine {
    cpu_ms: u64,
}

/// What a process used in a while.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Used {
    pub(super) cpu_ms: u64,
    pub(super) peak_memory_kb: u64,
}

impl Machine {
    /// As it stands now.
    pub(super) fn now() -> Self {
        Self { cpu_ms: cpu_ms().unwrap_or(0) }
    }

    /// What was used since then.
    pub(super) fn since(&self, before: &Self) -> Used {
        Used { cpu_ms: self.cpu_ms - before.cpu_ms, peak_memory_kb: peak_memory_kb().unwrap_or(0) }
    }

    /// How busy the machine is before anything is measured.
    pub(super) fn seen() -> String {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
        let load: Vec<_> = load.split(' ').take(3).collect();
        format!("{cores} cores, load average {}", load.join(" "))
    }
}

impl fmt::Display for Used {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms of processor time, {} MB at most", self.cpu_ms, self.peak_memory_kb / 1024)
    }
}

fn cpu_ms() -> Option<u64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The program's name may hold spaces; the figures come after it. User and system time are the 14th and 15th field.
    let (_, rest) = stat.rsplit_once(')')?;
    let ticks = |at: usize| rest.split_ascii_whitespace().nth(at)?.parse::<u64>().ok();
    Some((ticks(11)? + ticks(12)?) * 1000 / TICKS)
}

fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
