use super::put_failed;
use crate::{
    StoreError,
    settle::posting_item,
    table::{Table, s},
};
use heatpay_domain::{
    Channel,
    ledger::{Book, Posting},
};
use heatpay_runtime::{Context, settings::SettingError};
use jiff::civil::Date;

/// The postings of what channels keep, a book a channel and day.
#[derive(Clone, Debug)]
pub struct Fees(Table);

impl Fees {
    /// The table in `POSTINGS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "POSTINGS_TABLE")?))
    }

    /// What was posted for a day. One Query.
    pub async fn of_day(&self, channel: Channel, day: Date) -> Result<Vec<Posting>, StoreError> {
        let query = self.0.client.query().table_name(&self.0.name).consistent_read(true);
        let answer = query
            .key_condition_expression("book = :book")
            .expression_attribute_values(":book", s(Book::Fees(channel, day).to_string()))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.0.read(item)).collect()
    }

    /// Adds a posting. [`StoreError::Raced`]: another run was first; read again. One PutItem.
    pub async fn post(&self, posting: &Posting) -> Result<(), StoreError> {
        let item = posting_item(&self.0, posting)?;
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        put.condition_expression("attribute_not_exists(book)").send().await.map(|_| ()).map_err(put_failed)
    }
}
