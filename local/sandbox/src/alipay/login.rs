//! Who is in the mini-program: codes of `my.getAuthCode`, good once.

use super::{Alipay, answers::Refusal, gate::Call};
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

/// How long a code is good.
const CODE_SECONDS: i64 = 600;

impl Alipay {
    /// What `my.getAuthCode` gives for a person.
    pub fn mint_login_code(&self, open_id: &str) -> rusqlite::Result<String> {
        let code = self.0.ids.token(32);
        self.0.database().execute(
            "insert into alipay_codes values (?1, ?2, ?3, 0)",
            params![code, open_id, self.0.now() + CODE_SECONDS],
        )?;
        Ok(code)
    }
}

pub(super) fn token(party: &Alipay, call: &Call) -> Result<Value, Refusal> {
    if call.parameter("grant_type").as_deref() != Some("authorization_code") {
        return Err(Refusal::gateway("40002", "isv.grant-type-invalid", "grant_type参数不正确"));
    }
    let code = call.parameter("code").unwrap_or_default();
    let database = party.0.database();
    let open_id: Option<String> = database
        .query_row(
            "update alipay_codes set used = 1 where code = ?1 and used = 0 and until > ?2 returning open_id",
            params![code, party.0.now()],
            |row| row.get(0),
        )
        .optional()?;
    let open_id = open_id.ok_or_else(|| Refusal::gateway("40002", "isv.code-invalid", "授权码code无效"))?;
    Ok(json!({
        "access_token": party.0.ids.token(40), "open_id": open_id, "expires_in": "1296000",
        "refresh_token": party.0.ids.token(40), "re_expires_in": "2592000", "auth_start": "2026-11-23 10:00:00",
    }))
}
