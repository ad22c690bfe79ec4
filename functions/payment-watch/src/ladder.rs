//! When a channel is asked again about an open payment: soon at first, then ever more seldom, and once when it expires.

use jiff::{SignedDuration, Timestamp};

/// Seconds between two questions, by how often it was asked (WeChat Pay's advice for merchants without a notification).
const SECONDS: [i64; 6] = [15, 30, 60, 180, 300, 600];

/// The longest wait: what a queue can delay a message.
const LONGEST_SECONDS: i64 = 900;

/// How long to wait before the next question. A payment about to expire is asked just after it expires.
pub(crate) fn next(asked: u32, now: Timestamp, expires_at: Timestamp) -> SignedDuration {
    let rung = usize::try_from(asked).ok().and_then(|asked| SECONDS.get(asked)).copied().unwrap_or(LONGEST_SECONDS);
    let left = expires_at.duration_since(now).as_secs() + 1;
    if (1..rung).contains(&left) { SignedDuration::from_secs(left) } else { SignedDuration::from_secs(rung) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(asked: u32, left: i64) -> i64 {
        let now: Timestamp = "2026-11-23T04:00:00Z".parse().unwrap();
        next(asked, now, now + SignedDuration::from_secs(left)).as_secs()
    }

    #[test]
    fn a_payment_is_asked_about_ever_more_seldom() {
        assert_eq!(
            [0, 1, 2, 3, 4, 5, 6, 99].map(|asked| seconds(asked, 86_400)),
            [15, 30, 60, 180, 300, 600, 900, 900]
        );
    }

    #[test]
    fn a_payment_about_to_expire_is_asked_just_after_it_expires() {
        assert_eq!(seconds(4, 100), 101);
    }

    #[test]
    fn an_expired_payment_climbs_the_ladder_on() {
        assert_eq!(seconds(2, -50), 60);
    }
}
