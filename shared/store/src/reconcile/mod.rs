//! Reconciliations: a day of a channel in one table, its differences in another.

mod cases;
mod days;
mod fees;

pub use cases::ReconcileCases;
pub use days::ReconcileDays;
pub use fees::Fees;

use crate::{
    StoreError,
    page::{Cursor, start_within},
    table::Item,
};
use heatpay_domain::Channel;
use jiff::civil::Date;

/// The partition of a day's cases: `wechatpay#2026-11-23`.
fn day_key(channel: Channel, day: Date) -> String {
    format!("{}#{day}", channel.name())
}

/// Where a listing goes on: `Err` with a cursor that is not of it.
fn start<const N: usize>(after: Option<&Cursor>, own: (&str, &str), keys: [&str; N]) -> Result<Option<Item>, NotOfIt> {
    match after {
        None => Ok(None),
        Some(cursor) => start_within(cursor, own, keys).map(Some).ok_or(NotOfIt),
    }
}

struct NotOfIt;

/// What stopped a conditional write of one item.
fn put_failed<R>(
    error: aws_sdk_dynamodb::error::SdkError<aws_sdk_dynamodb::operation::put_item::PutItemError, R>,
) -> StoreError
where
    R: std::fmt::Debug + Send + Sync + 'static,
{
    match error.as_service_error() {
        Some(service) if service.is_conditional_check_failed_exception() => StoreError::Raced,
        _ => StoreError::Unavailable(Box::new(error)),
    }
}
