//! The log read in pages, newest first.

use super::{Entry, HEAD, Operations};
use crate::{
    StoreError,
    page::{Cursor, Page, cursor_of, start_within},
    table::s,
};
use heatpay_domain::StaffNo;
use jiff::civil::Date;

/// Which entries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entries {
    /// All of a civil day of China.
    OfDay(Date),
    /// All about one object: `refund#R01K…`.
    OfObject(String),
    /// All of one person.
    OfStaff(StaffNo),
}

impl Operations {
    /// A page of entries, newest first. One Query. `None`: the cursor is not of this listing.
    pub async fn page(
        &self,
        which: &Entries,
        limit: i32,
        after: Option<&Cursor>,
    ) -> Result<Option<Page<Entry>>, StoreError> {
        let (index, name, value) = match which {
            Entries::OfDay(day) => (Some("by_day"), "day", day.to_string()),
            Entries::OfObject(object) => (Some("by_object"), "object", object.clone()),
            Entries::OfStaff(staff_no) => (None, "staff_no", staff_no.to_string()),
        };
        let start = match after {
            None => None,
            Some(cursor) => {
                let own = (name, value.as_str());
                let start = match index {
                    Some(_) => start_within(cursor, own, [name, "at", "staff_no", "entry"]),
                    None => start_within(cursor, own, ["staff_no", "entry"]),
                };
                match start {
                    Some(start) => Some(start),
                    None => return Ok(None),
                }
            }
        };
        let mut query = self.table.client.query().table_name(&self.table.name).set_index_name(index.map(str::to_owned));
        query = match index {
            Some(_) => query.key_condition_expression("#of = :of"),
            // The chain's head stands behind its entries.
            None => query
                .key_condition_expression("#of = :of AND #entry < :head")
                .expression_attribute_names("#entry", "entry")
                .expression_attribute_values(":head", s(HEAD)),
        };
        let answer = query
            .expression_attribute_names("#of", name)
            .expression_attribute_values(":of", s(value))
            .scan_index_forward(false)
            .limit(limit)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let items = answer.items.unwrap_or_default().into_iter().map(|item| self.table.read(item));
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next: cursor_of(answer.last_evaluated_key) }))
    }
}
