use crate::given::at;
use heatpay_domain::calendar::{civil_date, civil_time, days_inclusive, moment};
use jiff::civil::{date, datetime};

#[test]
fn it_is_the_next_day_in_china_from_four_in_the_afternoon_utc() {
    assert_eq!(civil_date(at("2026-12-31T15:59:59Z")), date(2026, 12, 31));
    assert_eq!(civil_date(at("2026-12-31T16:00:00Z")), date(2027, 1, 1));
}

#[test]
fn a_civil_time_and_its_moment_are_the_same() {
    let civil = datetime(2026, 7, 1, 8, 30, 0, 0);
    assert_eq!(moment(civil), Some(at("2026-07-01T00:30:00Z")));
    assert_eq!(civil_time(at("2026-07-01T00:30:00Z")), civil);
}

#[test]
fn both_ends_of_a_span_of_days_count() {
    assert_eq!(days_inclusive(date(2026, 11, 15), date(2027, 3, 15)), 121);
    assert_eq!(days_inclusive(date(2027, 11, 15), date(2028, 3, 15)), 122, "a leap year");
    assert_eq!(days_inclusive(date(2026, 11, 15), date(2026, 11, 15)), 1);
    assert_eq!(days_inclusive(date(2026, 11, 15), date(2026, 11, 14)), 0);
}
