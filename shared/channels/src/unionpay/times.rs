//! UnionPay's times: Beijing time in digits, some without their year; its day runs from 23:00 to 23:00.

use heatpay_domain::calendar::{civil_date, civil_time, moment};
use jiff::{
    SignedDuration, Timestamp,
    civil::{Date, DateTime},
};

/// `20260101080000`.
pub(super) fn txn_time(at: Timestamp) -> String {
    civil_time(at).strftime("%Y%m%d%H%M%S").to_string()
}

/// The moment that `20260101080000` names.
pub(super) fn parse_txn_time(text: &str) -> Option<Timestamp> {
    moment(DateTime::strptime("%Y%m%d%H%M%S", text).ok()?)
}

/// The moment that `0101080005` names, in the year that brings it nearest to the other.
pub(super) fn near(text: &str, other: Timestamp) -> Option<Timestamp> {
    let year = civil_time(other).year();
    let candidates = [year - 1, year, year + 1];
    let moments = candidates.iter().filter_map(|year| parse_txn_time(&format!("{year:04}{text}")));
    moments.min_by_key(|at| at.duration_since(other).abs())
}

/// The day UnionPay counts a moment to: from 23:00 on it is the next.
pub(super) fn settlement_day(at: Timestamp) -> Date {
    civil_date(at.saturating_add(SignedDuration::from_hours(1)).unwrap_or(at))
}
