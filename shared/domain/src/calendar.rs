//! Days and hours where the trade lives: Asia/Shanghai, eight hours ahead of UTC the whole year.

use jiff::{
    Timestamp,
    civil::{Date, DateTime},
    tz,
};

/// 北京时间: the moment as a clock in China shows it.
pub fn civil_time(at: Timestamp) -> DateTime {
    tz::Offset::constant(8).to_datetime(at)
}

/// The day it is in China.
pub fn civil_date(at: Timestamp) -> Date {
    civil_time(at).date()
}

/// The moment a civil time in China is, `None` beyond the calendar.
pub fn moment(civil: DateTime) -> Option<Timestamp> {
    tz::Offset::constant(8).to_timestamp(civil).ok()
}

/// Days from `from` to `to`, both included: the same day is 1, an earlier `to` is 0.
pub fn days_inclusive(from: Date, to: Date) -> u32 {
    if to < from {
        return 0;
    }
    let days = to.duration_since(from).as_secs() / 86_400 + 1;
    u32::try_from(days).unwrap_or(u32::MAX)
}
