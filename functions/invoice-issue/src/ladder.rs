//! When the platform is asked again about an invoice it has not finished: soon at first, then ever more seldom.

use jiff::SignedDuration;

/// Seconds to wait, by how often it was asked (the platform's advice).
const SECONDS: [i64; 5] = [5, 15, 60, 300, 900];

/// Then hourly: a person is needed, or the tax bureau is down.
const HOUR: i64 = 3_600;

/// How long to wait after the platform was asked (or sent the order) for the `asked`-th time.
pub(crate) fn after(asked: u32) -> SignedDuration {
    let rung = usize::try_from(asked.saturating_sub(1)).ok().and_then(|rung| SECONDS.get(rung));
    SignedDuration::from_secs(rung.copied().unwrap_or(HOUR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_is_asked_ever_more_seldom_and_then_hourly() {
        let waits = [1, 2, 3, 4, 5, 6, 99].map(|asked| after(asked).as_secs());
        assert_eq!(waits, [5, 15, 60, 300, 900, 3_600, 3_600]);
    }

    #[test]
    fn an_invoice_that_could_not_even_be_sent_is_taken_up_soon() {
        assert_eq!(after(0).as_secs(), 5);
    }
}
