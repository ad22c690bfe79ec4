//! A listing in pages. Where a page ended goes to the client as opaque text, and comes back as whatever the client likes.

use crate::table::{Item, s};
use aws_sdk_dynamodb::types::AttributeValue;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use heatpay_domain::AccountNo;
use std::collections::{BTreeMap, HashMap};

/// Where a page ended; a client hands it back to go on. Opaque text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor(pub String);

/// One page of a listing.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it.
    pub items: Vec<T>,
    /// How to get the next one, if there is one.
    pub next: Option<Cursor>,
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

/// The start key in a client's cursor; `None` when it is not one of this household's listing.
pub(crate) fn start_of<const N: usize>(cursor: &Cursor, account_no: &AccountNo, keys: [&str; N]) -> Option<Item> {
    start_within(cursor, ("account_no", account_no.as_str()), keys)
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

    fn account() -> AccountNo {
        AccountNo::parse("1000000001").unwrap()
    }

    fn start(json: &str) -> Option<Item> {
        start_of(&Cursor(URL_SAFE_NO_PAD.encode(json)), &account(), KEYS)
    }

    #[test]
    fn the_end_of_one_page_is_the_start_of_the_next() {
        let last = key([
            ("account_no", "1000000001"),
            ("created_at", "2026-11-23T02:00:00.000Z"),
            ("payment_no", "P01KB1Q2Z3A"),
        ]);
        let cursor = cursor_of(Some(last.clone())).unwrap();
        assert_eq!(start_of(&cursor, &account(), KEYS), Some(last));
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
        assert_eq!(start_of(&Cursor("%%%".to_owned()), &account(), KEYS), None);
    }
}
