//! When a provider that could not serve us is tried again: soon at first, then hourly, for about a day.

use jiff::SignedDuration;

/// Seconds to wait, by how often it was tried. An SMS can be looked up after about a minute.
const SECONDS: [i64; 3] = [60, 300, 900];

const HOUR: i64 = 3_600;

/// After so many attempts a notification is given up: what was due yesterday is news no more.
pub(crate) const MAX_ATTEMPTS: u32 = 24;

/// How long to wait after the attempt of that count.
pub(crate) fn after(attempts: u32) -> SignedDuration {
    let rung = usize::try_from(attempts.saturating_sub(1)).ok().and_then(|rung| SECONDS.get(rung));
    SignedDuration::from_secs(rung.copied().unwrap_or(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_tried_ever_more_seldom_and_for_about_a_day() {
        let waits: Vec<i64> = (0..6).map(|attempts| after(attempts).as_secs()).collect();
        assert_eq!(waits, [60, 60, 300, 900, 3_600, 3_600]);
        let all: i64 = (1..MAX_ATTEMPTS).map(|attempts| after(attempts).as_hours()).sum();
        assert!((18..=24).contains(&all), "{all} h");
    }
}
