//! Refresh tokens. A token's first part names its session (one sign-in on one device), all of it is kept only as a hash.
//! Every refresh gives a new token; one that was replaced and comes again was copied, so the session ends for both.

use crate::{
    StoreError,
    table::{Item, Table, key, n, s},
};
use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use heatpay_domain::ResidentId;
use heatpay_ports::Ids;
use heatpay_runtime::{Context, settings::SettingError};
use jiff::{SignedDuration, Timestamp};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use std::fmt;

/// How long a session lives without a refresh.
pub const REFRESH_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// For so long the token just replaced is still taken: its answer may have been lost on the way, and a phone that asks again
/// is no thief.
const GRACE: SignedDuration = SignedDuration::from_secs(30);

const KIND: &str = "session";

const TOKEN_LETTERS: usize = 43;
/// 96 bits: no two sessions meet.
const SESSION_LETTERS: usize = 16;

/// A refresh token: 43 random letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct RefreshToken(String);

impl fmt::Debug for RefreshToken {
    /// Whoever reads it in a log could use it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RefreshToken")
    }
}

impl RefreshToken {
    /// The first one of a new session.
    pub fn new(ids: &dyn Ids) -> Self {
        Self(ids.token(TOKEN_LETTERS))
    }

    /// What a client sent, if it looks like one.
    pub fn parse(text: String) -> Option<Self> {
        let ok = text.len() == TOKEN_LETTERS && text.bytes().all(|b| b.is_ascii_alphanumeric());
        ok.then_some(Self(text))
    }

    /// As the client keeps it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The next one of the same session.
    fn next(&self, ids: &dyn Ids) -> Self {
        Self(format!("{}{}", &self.0[..SESSION_LETTERS], ids.token(TOKEN_LETTERS - SESSION_LETTERS)))
    }

    /// The session it belongs to, which alone opens nothing.
    pub fn session_id(&self) -> &str {
        &self.0[..SESSION_LETTERS]
    }

    /// Where a session of that kind (a resident's, staff's) is kept.
    pub(super) fn key(&self, kind: &str) -> Item {
        key([("key", &format!("{kind}#{}", self.session_id()))])
    }

    pub(super) fn hash(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.0.as_bytes()))
    }
}

/// Who signed in.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct NewSession {
    /// The resident.
    pub resident_id: ResidentId,
    /// His openid, if he signed in through the WeChat mini-program.
    pub openid: Option<String>,
    /// His open_id, if he signed in through the Alipay mini-program.
    #[serde(default)]
    pub alipay_open_id: Option<String>,
}

/// What came of a refresh.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rotated {
    /// The session goes on with a new token.
    On(NewSession, RefreshToken),
    /// There is no such session (any more).
    Ended,
    /// The token was replaced before: it was copied. The session is ended.
    Reused,
}

/// The sessions, in the table `SESSIONS_TABLE`.
#[derive(Clone, Debug)]
pub struct Sessions(Table);

impl Sessions {
    /// The table in `SESSIONS_TABLE`.
    pub fn of(context: &Context) -> Result<Self, SettingError> {
        Ok(Self(Table::of(context, "SESSIONS_TABLE")?))
    }

    /// Starts a session. One PutItem.
    pub async fn start(&self, session: &NewSession, token: &RefreshToken, now: Timestamp) -> Result<(), StoreError> {
        let mut item = token.key(KIND);
        item.insert("resident_id".to_owned(), s(session.resident_id.as_str()));
        if let Some(openid) = &session.openid {
            item.insert("openid".to_owned(), s(openid));
        }
        if let Some(open_id) = &session.alipay_open_id {
            item.insert("alipay_open_id".to_owned(), s(open_id));
        }
        item.insert("current".to_owned(), s(token.hash()));
        item.insert("expires_at".to_owned(), n((now + REFRESH_LIFETIME).as_second()));
        let put = self.0.client.put_item().table_name(&self.0.name).set_item(Some(item));
        let put = put.condition_expression("attribute_not_exists(#key)").expression_attribute_names("#key", "key");
        put.send().await.map_err(StoreError::unavailable)?;
        Ok(())
    }

    /// Replaces a session's token. One UpdateItem; one DeleteItem more for a token that was copied.
    pub async fn rotate(&self, token: &RefreshToken, ids: &dyn Ids, now: Timestamp) -> Result<Rotated, StoreError> {
        match rotate(&self.0, KIND, REFRESH_LIFETIME, token, ids, now).await? {
            Rotation::On(item, next) => Ok(Rotated::On(self.0.read(item)?, next)),
            Rotation::Ended => Ok(Rotated::Ended),
            Rotation::Reused => Ok(Rotated::Reused),
        }
    }

    /// Ends a session, whichever of its tokens is shown. One DeleteItem.
    pub async fn end(&self, token: &RefreshToken) -> Result<(), StoreError> {
        delete(&self.0, KIND, token).await
    }
}

/// What came of a refresh, for any kind of session.
pub(super) enum Rotation {
    On(Item, RefreshToken),
    Ended,
    Reused,
}

/// Replaces a session's token; without another refresh it is over after `lifetime`.
pub(super) async fn rotate(
    table: &Table,
    kind: &str,
    lifetime: SignedDuration,
    token: &RefreshToken,
    ids: &dyn Ids,
    now: Timestamp,
) -> Result<Rotation, StoreError> {
    let next = token.next(ids);
    let answer = table
        .client
        .update_item()
        .table_name(&table.name)
        .set_key(Some(token.key(kind)))
        .update_expression("SET #current = :next, previous = :shown, rotated_at = :now, expires_at = :ends")
        .condition_expression(
            "expires_at > :now AND (#current = :shown OR (previous = :shown AND rotated_at > :grace))",
        )
        .expression_attribute_names("#current", "current")
        .expression_attribute_values(":next", s(next.hash()))
        .expression_attribute_values(":shown", s(token.hash()))
        .expression_attribute_values(":now", n(now.as_second()))
        .expression_attribute_values(":grace", n((now - GRACE).as_second()))
        .expression_attribute_values(":ends", n((now + lifetime).as_second()))
        .return_values(ReturnValue::AllNew)
        .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
        .send()
        .await;
    match answer {
        Ok(answer) => Ok(Rotation::On(answer.attributes.unwrap_or_default(), next)),
        Err(e) => match e.as_service_error() {
            Some(UpdateItemError::ConditionalCheckFailedException(there)) if there.item.is_some() => {
                delete(table, kind, token).await?;
                Ok(Rotation::Reused)
            }
            Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(Rotation::Ended),
            _ => Err(StoreError::unavailable(e)),
        },
    }
}

/// Ends a session, whichever of its tokens is shown.
pub(super) async fn delete(table: &Table, kind: &str, token: &RefreshToken) -> Result<(), StoreError> {
    let delete = table.client.delete_item().table_name(&table.name).set_key(Some(token.key(kind)));
    delete.send().await.map_err(StoreError::unavailable)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{KIND, RefreshToken};
    use heatpay_ports::RandomIds;

    #[test]
    fn a_replaced_token_names_the_same_session_and_is_another() {
        let ids = RandomIds::default();
        let first = RefreshToken::new(&ids);
        let second = first.next(&ids);
        assert_eq!(first.key(KIND), second.key(KIND));
        assert_ne!(first.hash(), second.hash());
        assert_eq!(RefreshToken::parse(second.as_str().to_owned()), Some(second));
    }

    #[test]
    fn a_token_has_43_letters_and_digits_and_is_not_printed() {
        assert_eq!(RefreshToken::parse("short".to_owned()), None);
        assert_eq!(RefreshToken::parse("ä".repeat(43)), None);
        let token = RefreshToken::new(&RandomIds::default());
        assert!(!format!("{token:?}").contains(token.as_str()));
    }
}
