//! Grants of subscribe messages: each time a resident agrees to a template, WeChat lets us send him one message of it.

use crate::{
    StoreError,
    table::{Item, Table, key, n},
};
use heatpay_domain::ResidentId;
use heatpay_runtime::{Context, settings::SettingError};
use serde::Deserialize;

/// The most grants of one template that are counted: more is not what a person taps.
pub const MAX_GRANTS: u32 = 100;

/// How the sort keys of grants begin.
pub(super) const GRANT: &str = "grant#";

/// The grants of all residents, in the table `RESIDENTS_TABLE`.
#[derive(Clone, Debug)]
pub struct Grants(Table);

#[derive(Deserialize)]
struct Row {
    granted: u32,
}

impl Grants {
    /// The table in `RESIDENTS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "RESIDENTS_TABLE")?))
    }

    /// How many messages of a template may be sent to a resident. One GetItem.
    pub async fn left(&self, resident_id: &ResidentId, template_id: &str) -> Result<u32, StoreError> {
        let row: Option<Row> = self.0.get(grant_key(resident_id, template_id)).await?;
        Ok(row.map_or(0, |row| row.granted))
    }

    /// One grant more, up to [`MAX_GRANTS`]. One UpdateItem.
    pub async fn add(&self, resident_id: &ResidentId, template_id: &str) -> Result<(), StoreError> {
        let full = "attribute_not_exists(#granted) OR #granted < :limit";
        self.change(resident_id, template_id, "ADD #granted :by", full, [(":by", 1), (":limit", MAX_GRANTS.into())])
            .await
            .map(|_| ())
    }

    /// Takes one grant for a message. `false`: there is none. One UpdateItem.
    pub async fn spend(&self, resident_id: &ResidentId, template_id: &str) -> Result<bool, StoreError> {
        self.change(resident_id, template_id, "ADD #granted :by", "#granted > :none", [(":by", -1), (":none", 0)]).await
    }

    /// No grant is left: WeChat said so. One UpdateItem.
    pub async fn forget(&self, resident_id: &ResidentId, template_id: &str) -> Result<(), StoreError> {
        let there = "#granted > :none";
        self.change(resident_id, template_id, "SET #granted = :now", there, [(":now", 0), (":none", 0)])
            .await
            .map(|_| ())
    }

    async fn change(
        &self,
        resident_id: &ResidentId,
        template_id: &str,
        update: &str,
        condition: &str,
        values: [(&str, i64); 2],
    ) -> Result<bool, StoreError> {
        let values = values.into_iter().map(|(name, value)| (name.to_owned(), n(value))).collect();
        let answer = self
            .0
            .client
            .update_item()
            .table_name(&self.0.name)
            .set_key(Some(grant_key(resident_id, template_id)))
            .update_expression(update)
            .condition_expression(condition)
            .expression_attribute_names("#granted", "granted")
            .set_expression_attribute_values(Some(values))
            .send()
            .await;
        match answer {
            Ok(_) => Ok(true),
            Err(e) if e.as_service_error().is_some_and(|e| e.is_conditional_check_failed_exception()) => Ok(false),
            Err(e) => Err(StoreError::unavailable(e)),
        }
    }
}

pub(super) fn grant_key(resident_id: &ResidentId, template_id: &str) -> Item {
    key([("resident_id", resident_id.as_str()), ("item", &format!("{GRANT}{template_id}"))])
}
