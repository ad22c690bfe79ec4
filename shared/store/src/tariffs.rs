//! Tariffs, versioned by season.

use crate::{
    StoreError,
    table::{Table, s},
};
use heatpay_domain::{Season, tariff::Tariff};
use heatpay_runtime::{Context, settings::SettingError};

/// All tariffs, in the table `TARIFFS_TABLE`.
#[derive(Clone, Debug)]
pub struct Tariffs(Table);

impl Tariffs {
    /// The table in `TARIFFS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "TARIFFS_TABLE")?))
    }

    /// A season's tariffs, one a class. One Query.
    pub async fn of_season(&self, season: Season) -> Result<Vec<Tariff>, StoreError> {
        let answer = self
            .0
            .client
            .query()
            .table_name(&self.0.name)
            .key_condition_expression("season = :season")
            .expression_attribute_values(":season", s(season_key(season)))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        answer.items.unwrap_or_default().into_iter().map(|item| self.read(item)).collect()
    }

    /// Writes a tariff; the one of the same season and class is replaced. One PutItem.
    pub async fn set(&self, tariff: &Tariff) -> Result<(), StoreError> {
        let mut item = self.0.item(tariff)?;
        // The key is text, so that seasons sort.
        item.insert("season".to_owned(), s(season_key(tariff.season)));
        item.insert("season_year".to_owned(), crate::table::n(tariff.season.0));
        self.0
            .client
            .put_item()
            .table_name(&self.0.name)
            .set_item(Some(item))
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        Ok(())
    }

    fn read(&self, mut item: crate::Item) -> Result<Tariff, StoreError> {
        if let Some(year) = item.remove("season_year") {
            item.insert("season".to_owned(), year);
        }
        self.0.read(item)
    }
}

fn season_key(season: Season) -> String {
    format!("{:04}", season.0)
}
