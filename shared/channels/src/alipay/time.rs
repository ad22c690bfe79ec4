//! `2026-11-23 10:00:00`: the clock in Beijing, as Alipay writes every time.

use heatpay_domain::calendar::{civil_time, moment};
use jiff::{Timestamp, civil::DateTime};

const FORMAT: &str = "%Y-%m-%d %H:%M:%S";

pub(super) fn written(at: Timestamp) -> String {
    civil_time(at).strftime(FORMAT).to_string()
}

/// The moment a text names; fractions of a second, which some fields have, are dropped.
pub(super) fn read(text: &str) -> Option<Timestamp> {
    let seconds = text.split('.').next().unwrap_or_default();
    moment(DateTime::strptime(FORMAT, seconds).ok()?)
}
