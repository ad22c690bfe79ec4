//! Runs functions on their schedules, by the suite's clock.

use crate::template::Expression;
use heatpay_runtime::Step;
use jiff::{SignedDuration, Timestamp};
use std::{sync::Arc, time::Duration};

/// A function on a schedule.
pub struct Scheduled {
    /// The function's name.
    pub function: String,
    /// How often it runs.
    pub every: Duration,
    /// The function.
    pub step: Arc<dyn Step>,
    next: Timestamp,
}

/// One machine runs rates only.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("the schedule of {function} is no rate: {expression}")]
pub struct NotARate {
    /// Which function.
    pub function: String,
    /// Its schedule.
    pub expression: String,
}

impl Scheduled {
    /// First due one period from now.
    pub fn new(function: &str, when: &Expression, step: Arc<dyn Step>, now: Timestamp) -> Result<Self, NotARate> {
        match when {
            Expression::Every(every) => {
                let next = now + SignedDuration::try_from(*every).unwrap_or_default();
                Ok(Self { function: function.to_owned(), every: *every, step, next })
            }
            Expression::Cron(expression) => {
                Err(NotARate { function: function.to_owned(), expression: expression.clone() })
            }
        }
    }

    /// Whether it is due; if so, the next time is one period on. Periods slept through are not made up for.
    pub fn due(&mut self, now: Timestamp) -> bool {
        if now < self.next {
            return false;
        }
        self.next = now + SignedDuration::try_from(self.every).unwrap_or_default();
        true
    }
}
