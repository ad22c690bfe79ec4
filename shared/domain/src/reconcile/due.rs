use super::{DayState, ReconcileDay};
use crate::{Channel, calendar::moment};
use jiff::{Timestamp, civil::Date};

/// By when, on the day after, a statement is to be had, and, a day later, the day to be closed.
const LATE_HOUR: i8 = 14;

/// When the statement of a day can be asked for; `None` for the counter, and beyond the
/// calendar.
pub fn statement_due(channel: Channel, day: Date) -> Option<Timestamp> {
    moment(day.tomorrow().ok()?.to_datetime(channel.statement_hour()?))
}

/// Whether a day (as it stands, if it was ever taken up) keeps people waiting: no statement by 14:00 of the day after, or not
/// closed by 14:00 of the day after that, when the next statement has shown what was held over.
pub fn is_late(day: Date, stands: Option<&ReconcileDay>, now: Timestamp) -> bool {
    let after = |days: usize| {
        let mut date = day;
        for _ in 0..days {
            date = date.tomorrow().ok()?;
        }
        moment(date.at(LATE_HOUR, 0, 0, 0))
    };
    let limit = match stands.map(|day| (day.state, day.has_statement())) {
        Some((DayState::Closed, _)) => return false,
        Some((DayState::Open, true)) => after(2),
        Some((DayState::Open, false)) | None => after(1),
    };
    limit.is_some_and(|limit| limit <= now)
}
