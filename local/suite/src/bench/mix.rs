//! Who comes when: the arrivals of a load, made before it starts. A request that is slow holds up none that comes after it.

use crate::chance::SeededIds;
use heatpay_ports::Ids;
use std::time::Duration;

/// Why somebody comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Visit {
    Home,
    Bill,
    Bills,
    Payments,
    Pay,
    Refresh,
    SignIn,
}

/// How often in a thousand. Nine in ten read; three in a hundred pay. What is missing to a thousand are the questions of
/// those who pay how their payment stands.
const OF_A_THOUSAND: [(Visit, u64); 7] = [
    (Visit::Home, 600),
    (Visit::Bill, 150),
    (Visit::Bills, 100),
    (Visit::Payments, 50),
    (Visit::Pay, 30),
    (Visit::Refresh, 20),
    (Visit::SignIn, 10),
];

/// One arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arrival {
    /// From the start.
    pub(super) at: Duration,
    /// Why.
    pub(super) visit: Visit,
    /// Chance, to choose whom by.
    pub(super) chance: u64,
}

/// So many moments, each anywhere in the time with the same chance: what many people make who do not know each other (a
/// Poisson process, given how many they are). The same rate and time always give the same arrivals.
pub(super) fn arrivals(rate: u32, seconds: u32) -> Vec<Arrival> {
    let chance = SeededIds::new(u64::from(rate) << 32 | u64::from(seconds));
    let visits: u64 = OF_A_THOUSAND.iter().map(|(_, count)| count).sum();
    let count = u64::from(rate) * u64::from(seconds) * visits / 1000;
    let nanoseconds = u64::from(seconds) * 1_000_000_000;
    let mut arrivals: Vec<_> = (0..count)
        .map(|_| {
            let at = Duration::from_nanos(number(&chance) % nanoseconds.max(1));
            Arrival { at, visit: visit(number(&chance) % visits), chance: number(&chance) }
        })
        .collect();
    arrivals.sort_by_key(|arrival| arrival.at);
    arrivals
}

/// How many come for that reason.
pub(super) fn count(arrivals: &[Arrival], visit: Visit) -> usize {
    arrivals.iter().filter(|arrival| arrival.visit == visit).count()
}

fn visit(mut at: u64) -> Visit {
    for (visit, count) in OF_A_THOUSAND {
        match at.checked_sub(count) {
            None => return visit,
            Some(rest) => at = rest,
        }
    }
    Visit::Home
}

fn number(chance: &SeededIds) -> u64 {
    let mut bytes = [0; 8];
    chance.fill(&mut bytes);
    u64::from_le_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::{Visit, arrivals, count};

    #[test]
    fn arrivals_come_in_order_and_are_always_the_same() {
        let these = arrivals(1000, 3);
        assert_eq!(these, arrivals(1000, 3));
        assert!(these.is_sorted_by_key(|arrival| arrival.at));
        assert_eq!(these.len(), 3 * 960);
    }

    #[test]
    fn nine_in_ten_read_and_three_in_a_hundred_pay() {
        let these = arrivals(1000, 60);
        assert!((1700..1900).contains(&count(&these, Visit::Pay)));
        assert!((35_500..36_500).contains(&count(&these, Visit::Home)));
    }
}
