//! What `make bench` prints.

use super::{
    BenchError, Wanted,
    load::LoadReport,
    machine::Used,
    settling::Settled,
    units::{SAMPLES, StepUnits},
};
use crate::probe::Figures;
use std::collections::BTreeMap;

/// design.md's target for the mix, in microseconds at the 99th percentile.
const TARGET_P99_US: u64 = 100_000;

/// What each step takes.
pub(super) fn units(steps: &[StepUnits]) {
    println!(
        "\nWhat one step takes of AWS (mean of {SAMPLES}; request units as the tables answer ReturnConsumedCapacity)\n\n\
         {:<23}{:<20}{:>6}{:>8}{:>8}  which",
        "step", "function", "calls", "reads", "writes"
    );
    for StepUnits { step, function, times, figures } in steps {
        let calls: u64 = figures.calls.values().sum();
        let total = figures.total();
        println!(
            "{step:<23}{function:<20}{:>6}{:>8}{:>8}  {}",
            mean(calls * 10, *times),
            mean(total.reads.0, *times),
            mean(total.writes.0, *times),
            which(figures, *times)
        );
    }
}

fn which(figures: &Figures, times: u64) -> String {
    let calls = figures.calls.iter().map(|(name, count)| match mean(count * 10, times).as_str() {
        "1" => name.clone(),
        often => format!("{often} × {name}"),
    });
    let taken = figures.taken.iter().map(|(place, taken)| {
        let (reads, writes) = (mean(taken.reads.0, times), mean(taken.writes.0, times));
        match (reads.as_str(), writes.as_str()) {
            (reads, "0") => format!("{place} {reads} R"),
            ("0", writes) => format!("{place} {writes} W"),
            (reads, writes) => format!("{place} {reads} R {writes} W"),
        }
    });
    let (calls, taken): (Vec<_>, Vec<_>) = (calls.collect(), taken.collect());
    format!("{} | {}", calls.join(", "), taken.join(", "))
}

/// So many tenths over so many times, with two decimals at most.
fn mean(tenths: u64, times: u64) -> String {
    let hundredths = (tenths * 10 + times / 2) / times;
    let text = format!("{}.{:02}", hundredths / 100, hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn announce(wanted: Wanted) {
    let Wanted { rate, seconds, warm_up, .. } = wanted;
    println!(
        "\nload: {rate} requests/s for {seconds} s after {warm_up} s of warm-up, from a process of its own; arrivals by chance, \
         every callback twice"
    );
}

/// Latencies by kind, from the planned moment to the whole answer.
pub(super) fn latencies(load: &LoadReport, wanted: Wanted) {
    let all = load.latencies_us.values().flatten().copied().collect();
    let rate = load.latencies_us.values().map(Vec::len).sum::<usize>() / wanted.seconds.max(1) as usize;
    println!(
        "\nms from the planned moment{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}",
        "requests", "/s", "p50", "p90", "p99", "max"
    );
    for (kind, latencies) in &load.latencies_us {
        row(kind, latencies.clone(), wanted.seconds);
    }
    row("all", all, wanted.seconds);
    let answered = load.answered / u64::from(wanted.seconds.max(1));
    println!("asked {rate} requests/s, answered {answered}/s, {} errors", load.errors.values().sum::<u64>());
    for (error, count) in &load.errors {
        println!("  {count} × {error}");
    }
    let seen: Vec<_> = load.seen_at_look.iter().map(|(look, count)| format!("{count} after {look} s")).collect();
    println!("payments seen as paid, looked for every second: {}", seen.join(", "));
}

fn row(kind: &str, mut latencies: Vec<u64>, seconds: u32) {
    latencies.sort_unstable();
    let at = |hundredths: usize| millis(percentile(&latencies, hundredths));
    println!(
        "{kind:<26}{:>8}{:>9}{:>9}{:>9}{:>9}{:>9}",
        latencies.len(),
        latencies.len() / seconds.max(1) as usize,
        at(50),
        at(90),
        at(99),
        at(100)
    );
}

/// The smallest that so many in a hundred do not exceed. Of sorted figures.
fn percentile(sorted: &[u64], hundredths: usize) -> u64 {
    let rank = (sorted.len() * hundredths).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(0)
}

fn millis(us: u64) -> String {
    format!("{}.{}", us / 1000, us % 1000 / 100)
}

/// The calls of every function under the load.
pub(super) fn calls(functions: &BTreeMap<String, Figures>) {
    println!("\nAWS calls under the load, warm-up and all");
    for (function, figures) in functions {
        let calls: Vec<_> = figures.calls.iter().map(|(name, count)| format!("{count} {name}")).collect();
        println!("  {function:<20}{}", calls.join(", "));
    }
}

/// Who used the processors.
pub(super) fn processors(suite: &Used, load: &Used) {
    println!("\nprocessor time\n  the suite: {suite}\n  the load:  {load}");
}

/// The end of it.
pub(super) fn settled(settled: &Settled) {
    let audit = &settled.audit;
    let counted: Vec<_> = audit.counted.iter().map(|(what, count)| format!("{count} {what}")).collect();
    println!(
        "\nsettled and audited {} ms after the load: {}; {} payments and {} refunds open; {} paid but unknown to the books;\n\
         the books say the channel holds {} fen, the channel says {}; {} differences",
        settled.waited.as_millis(),
        counted.join(", "),
        audit.open_payments,
        audit.open_refunds,
        settled.missing,
        audit.clearing_fen,
        settled.held_fen,
        audit.differences.len()
    );
    for difference in audit.differences.iter().take(10) {
        println!("  {difference}");
    }
}

/// Errors and books that do not agree fail the run; a slow machine does not, but is told.
pub(super) fn verdict(load: &LoadReport, settled: &Settled) -> Result<(), BenchError> {
    let mut all: Vec<u64> = load.latencies_us.values().flatten().copied().collect();
    all.sort_unstable();
    let p99 = percentile(&all, 99);
    let word = if p99 <= TARGET_P99_US { "kept" } else { "missed" };
    println!("\ntarget p99 {} ms: {word} ({} ms)", TARGET_P99_US / 1000, millis(p99));
    let errors: u64 = load.errors.values().sum();
    match (errors, settled.agrees()) {
        (0, true) => Ok(()),
        (0, false) => Err(BenchError::NotAsExpected("the books do not agree".to_owned())),
        (errors, _) => Err(BenchError::NotAsExpected(format!("{errors} errors under the load"))),
    }
}

#[cfg(test)]
mod tests {
    use super::{mean, millis, percentile};

    #[test]
    fn percentiles_are_figures_that_were_seen() {
        let sorted: Vec<u64> = (1..=200).collect();
        assert_eq!([50, 99, 100].map(|at| percentile(&sorted, at)), [100, 198, 200]);
        assert_eq!(percentile(&[7], 50), 7);
        assert_eq!(percentile(&[], 99), 0);
    }

    #[test]
    fn means_are_rounded_to_hundredths() {
        assert_eq!(mean(5, 1), "0.5");
        assert_eq!(mean(200, 20), "1");
        assert_eq!(mean(10, 3), "0.33");
        assert_eq!(mean(0, 20), "0");
    }

    #[test]
    fn milliseconds_have_one_decimal() {
        assert_eq!(millis(12_345), "12.3");
    }
}
