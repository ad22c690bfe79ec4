//! Schedule expressions of EventBridge Scheduler.
//! <https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html>

use std::{str::FromStr, time::Duration};

/// When a schedule fires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// `rate(15 minutes)`.
    Every(Duration),
    /// `cron(0 9 * * ? *)`: minutes, hours, day of month, month, day of week, year.
    Cron(String),
}

/// EventBridge would refuse the expression.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{expression:?}: {reason}")]
pub struct InvalidExpression {
    /// As written.
    pub expression: String,
    /// What is wrong.
    pub reason: &'static str,
}

impl FromStr for Expression {
    type Err = InvalidExpression;

    fn from_str(text: &str) -> Result<Self, InvalidExpression> {
        let refuse = |reason| InvalidExpression { expression: text.to_owned(), reason };
        let inside = |kind: &str| text.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
        if let Some(rate) = inside("rate") {
            every(rate).map(Self::Every).map_err(refuse)
        } else if let Some(fields) = inside("cron") {
            check_cron(fields).map_err(refuse)?;
            Ok(Self::Cron(fields.to_owned()))
        } else {
            Err(refuse("must be rate(…) or cron(…)"))
        }
    }
}

fn every(rate: &str) -> Result<Duration, &'static str> {
    let (number, unit) = rate.split_once(' ').ok_or("must be a number, a space and a unit")?;
    let number: u64 = number.parse().map_err(|_| "the number must be a whole one")?;
    let (seconds, plural) = match unit {
        "minute" => (60, false),
        "minutes" => (60, true),
        "hour" => (3600, false),
        "hours" => (3600, true),
        "day" => (86_400, false),
        "days" => (86_400, true),
        _ => return Err("the unit must be minutes, hours or days"),
    };
    match (number, plural) {
        (0, _) => Err("the number must be at least 1"),
        (1, true) => Err("1 takes the singular"),
        (2.., false) => Err("more than 1 takes the plural"),
        _ => number.checked_mul(seconds).map(Duration::from_secs).ok_or("the number is too large"),
    }
}

fn check_cron(fields: &str) -> Result<(), &'static str> {
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let [minutes, hours, day, month, weekday, year] = fields.as_slice() else {
        return Err("cron has six fields");
    };
    if (*day == "?") == (*weekday == "?") {
        return Err("exactly one of day of month and day of week must be ?");
    }
    let known = |field: &str, letters: bool| {
        !field.is_empty()
            && field
                .chars()
                .all(|c| c.is_ascii_digit() || "*,-/?".contains(c) || letters && c.is_ascii_alphabetic() || c == '#')
    };
    let numbers = [minutes, hours, year].iter().all(|field| known(field, false));
    let named = [day, month, weekday].iter().all(|field| known(field, true));
    if numbers && named { Ok(()) } else { Err("a field has a character that cron does not know") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("rate(5 minutes)", 300)]
    #[case("rate(1 hour)", 3600)]
    #[case("rate(2 days)", 172_800)]
    fn a_rate_is_a_span_of_time(#[case] text: &str, #[case] seconds: u64) {
        assert_eq!(text.parse(), Ok(Expression::Every(Duration::from_secs(seconds))));
    }

    #[rstest]
    #[case("rate(5 minute)", "more than 1 takes the plural")]
    #[case("rate(1 minutes)", "1 takes the singular")]
    #[case("rate(0 minutes)", "the number must be at least 1")]
    #[case("rate(5m)", "must be a number, a space and a unit")]
    #[case("rate(30 seconds)", "the unit must be minutes, hours or days")]
    #[case("every 5 minutes", "must be rate(…) or cron(…)")]
    #[case("cron(0 9 * * *)", "cron has six fields")]
    #[case("cron(0 9 * * * *)", "exactly one of day of month and day of week must be ?")]
    #[case("cron(0 9 ; * ? *)", "a field has a character that cron does not know")]
    fn what_eventbridge_would_refuse_is_refused(#[case] text: &str, #[case] reason: &str) {
        assert_eq!(text.parse::<Expression>().expect_err("refused").reason, reason);
    }

    #[test]
    fn a_cron_expression_keeps_its_fields() {
        assert_eq!("cron(0 9 ? * MON-FRI *)".parse(), Ok(Expression::Cron("0 9 ? * MON-FRI *".to_owned())));
    }
}
