//! One run's share of the waves: what fits into the quarter of an hour until the next run.

use heatpay_domain::reminder::Waves;
use heatpay_runtime::queue::Queue;
use std::time::Duration;

/// The messages of one run, in their order.
pub(crate) struct Wave {
    waves: Waves,
    taken: u32,
}

impl Wave {
    pub(crate) fn new(waves: Waves) -> Self {
        Self { waves, taken: 0 }
    }

    /// How many more messages fit into this run. The longest delay of a message is as long as the time to the next run, and
    /// what would wait longer is left to that.
    pub(crate) fn room(&self) -> usize {
        let between_runs = u32::try_from(Queue::MAX_DELAY.as_secs()).unwrap_or(u32::MAX);
        let waves = (between_runs / self.waves.interval_s.max(1)).max(1);
        let all = self.waves.size.max(1).saturating_mul(waves);
        usize::try_from(all.saturating_sub(self.taken)).unwrap_or(usize::MAX)
    }

    /// How long the next message waits.
    pub(crate) fn next(&mut self) -> Duration {
        let delay = Duration::from_secs(self.waves.delay_s(self.taken)).min(Queue::MAX_DELAY);
        self.taken = self.taken.saturating_add(1);
        delay
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_takes_as_many_as_go_out_before_the_next_run() {
        assert_eq!(Wave::new(Waves { size: 50, interval_s: 20 }).room(), 2_250);
        assert_eq!(Wave::new(Waves { size: 2_000, interval_s: 600 }).room(), 2_000);
        assert_eq!(Wave::new(Waves { size: 2_000, interval_s: 86_400 }).room(), 2_000, "at least one wave");
        assert_eq!(Wave::new(Waves { size: 0, interval_s: 0 }).room(), 900, "at least one at a time");
    }

    #[test]
    fn messages_are_spread_over_the_quarter_of_an_hour() {
        let mut wave = Wave::new(Waves { size: 50, interval_s: 20 });
        let delays: Vec<u64> = (0..2_250).map(|_| wave.next().as_secs()).collect();
        assert_eq!((delays[0], delays[49], delays[50], delays[2_249]), (0, 0, 20, 880));
        assert_eq!(wave.room(), 0);
    }

    #[test]
    fn what_was_left_behind_takes_room_from_new_reminders() {
        let mut wave = Wave::new(Waves { size: 2, interval_s: 900 });
        wave.next();
        assert_eq!(wave.room(), 1);
    }
}
