//! Processor time, memory and load of this machine, as Linux tells them; elsewhere there is nothing to tell.

use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, path::Path};

/// Clock ticks a second in `/proc/*/stat`: fixed by Linux's interface to programs.
const TICKS: u64 = 100;

/// What this process has used since its start, by the names of its threads.
#[derive(Clone, Debug, Default)]
pub(super) struct Machine {
    cpu_ms: u64,
    by_thread: BTreeMap<String, u64>,
}

/// What a process used in a while.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Used {
    cpu_ms: u64,
    by_thread: BTreeMap<String, u64>,
    peak_memory_kb: u64,
}

impl Machine {
    /// As it stands now.
    pub(super) fn now() -> Self {
        Self { cpu_ms: cpu_ms(Path::new("/proc/self")).map_or(0, |(_, ms)| ms), by_thread: threads() }
    }

    /// What was used since then.
    pub(super) fn since(&self, before: &Self) -> Used {
        let earlier = |name: &str| before.by_thread.get(name).copied().unwrap_or(0);
        let by_thread =
            self.by_thread.iter().map(|(name, ms)| (name.clone(), ms.saturating_sub(earlier(name)))).collect();
        Used {
            cpu_ms: self.cpu_ms.saturating_sub(before.cpu_ms),
            by_thread,
            peak_memory_kb: peak_memory_kb().unwrap_or(0),
        }
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
        write!(f, "{} ms, {} MB at most", self.cpu_ms, self.peak_memory_kb / 1024)?;
        let threads = self.by_thread.iter().filter(|(_, ms)| **ms > 0);
        let threads: Vec<_> = threads.map(|(name, ms)| format!("{name} {ms}")).collect();
        write!(f, "; by thread: {}", threads.join(", "))
    }
}

/// The name and the processor time of a process or thread.
fn cpu_ms(folder: &Path) -> Option<(String, u64)> {
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    // The name may hold spaces and brackets; the figures come after it. User and system time are the 14th and 15th field.
    let (front, rest) = stat.rsplit_once(')')?;
    let ticks = |at: usize| rest.split_ascii_whitespace().nth(at)?.parse::<u64>().ok();
    let name = front.split_once('(')?.1.to_owned();
    Some((name, (ticks(11)? + ticks(12)?) * 1000 / TICKS))
}

fn threads() -> BTreeMap<String, u64> {
    let mut by_thread = BTreeMap::new();
    for thread in std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten() {
        if let Some((name, ms)) = cpu_ms(&thread.path()) {
            *by_thread.entry(name).or_default() += ms;
        }
    }
    by_thread
}

fn peak_memory_kb() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}
