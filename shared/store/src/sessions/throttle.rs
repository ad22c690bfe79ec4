//! Limits on how often something may be done. A counter for each window, written before the thing is done.

use crate::{
    StoreError,
    error::{Stop, stops},
    table::{Item, Table, key, n},
};
use aws_sdk_dynamodb::types::{ReturnValuesOnConditionCheckFailure, TransactWriteItem, Update};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::Timestamp;
use serde::Deserialize;

/// China's day begins eight hours before that of UTC.
const CHINA_SECONDS: i64 = 8 * 3600;

/// A limit on what one key may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So often within each window of so many seconds by China's clock (3,600: each hour, 86,400: each day).
    Within {
        /// What is limited, for whom.
        key: String,
        /// The window.
        seconds: i64,
        /// How often.
        times: u32,
    },
    /// So many seconds from one to the next.
    Pause {
        /// What is limited, for whom.
        key: String,
        /// How long.
        seconds: i64,
    },
}

/// Whether something may be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It may, and is counted.
    Yes,
    /// It may not; nothing is counted.
    TooOften {
        /// Seconds until it may.
        wait: u64,
    },
}

/// The counters, in the table `SESSIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct Throttles(pub(super) Table);

#[derive(Deserialize)]
struct Paused {
    until: i64,
}

impl Throttles {
    /// The table in `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "SESSIONS_TABLE")?))
    }

    /// Counts against one limit. One UpdateItem: for keys that many requests share, where transactions would collide.
    pub async fn take(&self, limit: &Limit, now: Timestamp) -> Result<Taken, StoreError> {
        let change = Change::of(limit, now);
        let answer = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(change.key))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .expression_attribute_names("#is", change.attribute)
            .expression_attribute_names("#ends", "expires_at")
            .set_expression_attribute_values(Some(change.values))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(Taken::Yes),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => {
                Ok(Taken::TooOften { wait: wait(limit, None, now) })
            }
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }

    /// Counts against all limits or none, together with other writes. One transaction.
    pub async fn take_all(
        &self,
        limits: &[Limit],
        now: Timestamp,
        with: Vec<TransactWriteItem>,
    ) -> Result<Taken, StoreError> {
        let mut transaction = self.0.client.transact_write_items();
        for limit in limits {
            transaction = transaction.transact_items(self.part(limit, now));
        }
        for part in with {
            transaction = transaction.transact_items(part);
        }
        let Err(error) = transaction.send().await else { return Ok(Taken::Yes) };
        let stops = match stops(error) {
            Ok(stops) => stops,
            // The same key asks twice at the same moment: one of the two is enough.
            Err(StoreError::Raced) => return Ok(Taken::TooOften { wait: 1 }),
            Err(error) => return Err(error),
        };
        let waits = limits.iter().zip(stops).filter_map(|(limit, stop)| match stop {
            Stop::Condition(item) => {
                let until = item.and_then(|item| self.0.read::<Paused>(item).ok()).map(|paused| paused.until);
                Some(wait(limit, until, now))
            }
            Stop::None => None,
        });
        Ok(Taken::TooOften { wait: waits.max().unwrap_or(1) })
    }

    fn part(&self, limit: &Limit, now: Timestamp) -> TransactWriteItem {
        let change = Change::of(limit, now);
        let update = Update::builder()
            .table_name(&self.0.name)
            .set_key(Some(change.key))
            .update_expression(change.update)
            .condition_expression(change.condition)
            .expression_attribute_names("#is", change.attribute)
            .expression_attribute_names("#ends", "expires_at")
            .set_expression_attribute_values(Some(change.values))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
            .expect("table, key and update are given");
        TransactWriteItem::builder().update(update).build()
    }
}

/// One limit's write: allowed only while the limit is not reached.
struct Change {
    key: Item,
    attribute: &'static str,
    update: &'static str,
    condition: &'static str,
    values: Item,
}

impl Change {
    fn of(limit: &Limit, now: Timestamp) -> Self {
        match limit {
            Limit::Within { key: what, seconds, times } => {
                let window = window(*seconds, now);
                Self {
                    key: key([("key", &format!("throttle#{what}#{seconds}#{window}"))]),
                    attribute: "count",
                    update: "SET #ends = :ends ADD #is :one",
                    condition: "attribute_not_exists(#is) OR #is < :times",
                    values: Item::from([
                        (":one".to_owned(), n(1)),
                        (":times".to_owned(), n(times)),
                        (":ends".to_owned(), n(window_end(*seconds, now))),
                    ]),
                }
            }
            Limit::Pause { key: what, seconds } => Self {
                key: key([("key", &format!("throttle#{what}#pause"))]),
                attribute: "until",
                update: "SET #is = :ends, #ends = :ends",
                condition: "attribute_not_exists(#is) OR #is <= :now",
                values: Item::from([
                    (":now".to_owned(), n(now.as_second())),
                    (":ends".to_owned(), n(now.as_second() + seconds)),
                ]),
            },
        }
    }
}

fn window(seconds: i64, now: Timestamp) -> i64 {
    (now.as_second() + CHINA_SECONDS).div_euclid(seconds)
}

/// The second the window ends, Unix time.
fn window_end(seconds: i64, now: Timestamp) -> i64 {
    (window(seconds, now) + 1) * seconds - CHINA_SECONDS
}

/// How long to wait for a limit that is reached: at least a second.
fn wait(limit: &Limit, until: Option<i64>, now: Timestamp) -> u64 {
    let ends = match limit {
        Limit::Within { seconds, .. } => window_end(*seconds, now),
        Limit::Pause { seconds, .. } => until.unwrap_or(now.as_second() + seconds),
    };
    u64::try_from(ends - now.as_second()).unwrap_or(0).max(1)
}

#[cfg(test)]
mod tests {
    use super::{Limit, wait, window_end};

    #[test]
    fn a_day_ends_at_midnight_in_china() {
        let evening = "2026-11-25T15:59:50Z".parse().unwrap();
        assert_eq!(window_end(86_400, evening), "2026-11-25T16:00:00Z".parse::<jiff::Timestamp>().unwrap().as_second());
        let limit = Limit::Within { key: "sms".to_owned(), seconds: 86_400, times: 10 };
        assert_eq!(wait(&limit, None, evening), 10);
    }

    #[test]
    fn a_pause_that_is_known_is_waited_out_and_no_longer() {
        let now: jiff::Timestamp = "2026-11-25T02:00:00Z".parse().unwrap();
        let limit = Limit::Pause { key: "sms".to_owned(), seconds: 60 };
        assert_eq!(wait(&limit, Some(now.as_second() + 17), now), 17);
        assert_eq!(wait(&limit, None, now), 60);
    }
}
