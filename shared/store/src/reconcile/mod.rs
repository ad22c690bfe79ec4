//! Reconciliations: a day of a channel in one table, its differences in another.

mod cases;
mod days;
mod fees;

pub use cases::ReconcileCases;
pub use days::ReconcileDays;
pub use fees::Fees;

use crate::StoreError;
use heatpay_domain::Channel;
use jiff::civil::Date;

/// The partition of a day's cases: `wechatpay#2026-11-23`.
fn day_key(channel: Channel, day: Date) -> String {
    format!("{}#{day}", channel.name())
}

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
