use jiff::SignedDuration;

/// So many wrong tries in a row cost nothing: people mistype.
pub const FREE_FAILURES: u32 = 4;

/// The longest anybody waits.
pub const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(1);

/// How long nobody may try again after that many failures in a row: nothing at first, then a minute, doubling up to an hour. That
/// leaves some thirty guesses a day of a password together with six digits that change every half minute.
pub fn wait_after(failures: u32) -> SignedDuration {
    match failures.checked_sub(FREE_FAILURES + 1) {
        None => SignedDuration::ZERO,
        Some(more) => SignedDuration::from_mins(1_i64 << more.min(6)).min(LONGEST_WAIT),
    }
}
