//! A listing in pages. Where a page ended goes to the client as opaque text, and comes back as whatever the client likes.

use crate::{
    StoreError,
    table::{Item, Table, s},
};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
pub use heatpay_runtime::paging::Cursor;
use std::collections::{BTreeMap, HashMap};

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How to get the next one, if there is one.
    pub next: Option<Cursor>,
}

/// A listing: the items of one partition.
pub(crate) struct Listing<'a, const N: usize> {
    /// The index it is read from; none: the table itself, consistently.
    pub(crate) index: Option<&'a str>,
    /// The key attributes, the partition's first.
    pub(crate) keys: [&'a str; N],
    /// The partition.
    pub(crate) own: &'a str,
    /// The other way round than they are sorted.
    pub(crate) newest_first: bool,
}

impl<const N: usize> Listing<'_, N> {
    /// A page of it. One Query. `None`: the cursor is not of this listing.
    pub(crate) async fn page<T>(
        &self,
        table: &Table,
        limit: i32,
        after: Option<&Cursor>,
        read: impl Fn(Item) -> Result<T, StoreError>,
    ) -> Result<Option<Page<T>>, StoreError> {
        let own = self.keys.first().copied().unwrap_or_default();
        let start = match after.map(|cursor| start_within(cursor, (own, self.own), self.keys)) {
            Some(None) => return Ok(None),
            start => start.flatten(),
        };
        let answer = table
            .client
            .query()
            .table_name(&table.name)
            .set_index_name(self.index.map(str::to_owned))
            .key_condition_expression("#own = :own")
            .expression_attribute_names("#own", own)
            .expression_attribute_values(":own", s(self.own))
            .consistent_read(self.index.is_none())
            .scan_index_forward(!self.newest_first)
            .limit(limit)
            .set_exclusive_start_key(start)
            .send()
            .await
            .map_err(StoreError::unavailable)?;
        let items = answer.items.unwrap_or_default().into_iter().map(read);
        Ok(Some(Page { items: items.collect::<Result<_, _>>()?, next: cursor_of(answer.last_evaluated_key) }))
    }
}

/// Where a page ended, as the client sees it.
pub(crate) fn cursor_of(last: Option<Item>) -> Option<Cursor> {
    let parts: BTreeMap<String, String> = last?
        .into_iter()
        .filter_map(|(name, value)| match value {
            AttributeValue::S(text) => Some((name, text)),
            _ => None,
        })
        .collect();
    serde_json::to_vec(&parts).ok().map(|json| Cursor(URL_SAFE_NO_PAD.encode(json)))
}

/// The start key in a client's cursor; `None` when it is not one of this listing: the key attributes of its index and no others,
/// none of them empty (DynamoDB refuses the query), and the listing's own partition, so that a cursor made for one household (or
/// day) cannot read another's.
pub(crate) fn start_within<const N: usize>(cursor: &Cursor, own: (&str, &str), keys: [&str; N]) -> Option<Item> {
    let json = URL_SAFE_NO_PAD.decode(&cursor.0).ok()?;
    let parts: HashMap<String, String> = serde_json::from_slice(&json).ok()?;
    let whole = parts.len() == N && keys.iter().all(|key| parts.get(*key).is_some_and(|text| !text.is_empty()));
    let (name, value) = own;
    let own = parts.get(name).map(String::as_str) == Some(value);
    (whole && own).then(|| parts.into_iter().map(|(name, text)| (name, s(text))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::key;

    const KEYS: [&str; 3] = ["account_no", "created_at", "payment_no"];

    const OWN: (&str, &str) = ("account_no", "1000000001");

    fn start(json: &str) -> Option<Item> {
        start_within(&Cursor(URL_SAFE_NO_PAD.encode(json)), OWN, KEYS)
    }

    #[test]
    fn the_end_of_one_page_is_the_start_of_the_next() {
        let last = key([
            ("account_no", "1000000001"),
            ("created_at", "2026-11-23T02:00:00.000Z"),
            ("payment_no", "P01KB1Q2Z3A"),
        ]);
        let cursor = cursor_of(Some(last.clone())).unwrap();
        assert_eq!(start_within(&cursor, OWN, KEYS), Some(last));
    }

    #[test]
    fn a_cursor_of_another_household_is_none() {
        assert_eq!(start(r#"{"account_no":"1000000002","created_at":"2026","payment_no":"P1"}"#), None);
    }

    #[test]
    fn a_cursor_with_other_keys_is_none() {
        assert_eq!(start(r#"{"account_no":"1000000001"}"#), None);
        assert_eq!(start(r#"{"account_no":"1000000001","created_at":"2026"}"#), None);
        assert_eq!(start(r#"{"account_no":"1000000001","requested_at":"2026","invoice_no":"I1"}"#), None);
        assert_eq!(
            start(r#"{"account_no":"1000000001","created_at":"2026","payment_no":"P1","item":"household"}"#),
            None
        );
    }

    #[test]
    fn a_cursor_with_an_empty_key_is_none() {
        assert_eq!(start(r#"{"account_no":"1000000001","created_at":"","payment_no":"P1"}"#), None);
    }

    #[test]
    fn what_is_no_cursor_at_all_is_none() {
        assert_eq!(start("[]"), None);
        assert_eq!(start_within(&Cursor("%%%".to_owned()), OWN, KEYS), None);
    }
}
