use super::{
    Platform, Weixin,
    answers::{Failure, errcode},
};
use axum::{
    extract::{Query, State},
    response::Response,
};
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

/// A code lives five minutes.
const LIFETIME_MS: i64 = 5 * 60_000;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Given {
    appid: String,
    secret: String,
    js_code: String,
    grant_type: String,
}

pub(super) async fn code_to_session(State(Weixin(platform)): State<Weixin>, Query(given): Query<Given>) -> Response {
    platform.answer("/sns/jscode2session", || platform.session(&given))
}

impl Platform {
    fn session(&self, given: &Given) -> Result<Value, Failure> {
        self.check_account(&given.appid, &given.secret)?;
        if given.grant_type != "authorization_code" {
            return Err(errcode(40002, "invalid grant_type"));
        }
        let openid = self.redeem("login", &given.js_code)?;
        Ok(json!({ "openid": openid, "session_key": format!("{}==", self.ids.token(22)) }))
    }

    pub(super) fn check_account(&self, appid: &str, secret: &str) -> Result<(), Failure> {
        if appid != self.account.appid {
            return Err(errcode(40013, "invalid appid"));
        }
        if secret != self.account.secret {
            return Err(errcode(40125, "invalid appsecret"));
        }
        Ok(())
    }

    /// What a single-use code stands for.
    pub(super) fn redeem(&self, kind: &str, code: &str) -> Result<String, Failure> {
        let database = self.database();
        let sql = "select stands_for, minted_at_ms, used from weixin_codes where code = ?1 and kind = ?2";
        let found = database
            .query_row(sql, params![code, kind], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
            .optional()?;
        let Some((stands_for, minted_at_ms, used)): Option<(String, i64, bool)> = found else {
            return Err(errcode(40029, "invalid code"));
        };
        if used {
            return Err(errcode(40163, "code been used"));
        }
        if self.now_ms() - minted_at_ms > LIFETIME_MS {
            return Err(errcode(40029, "invalid code"));
        }
        database.execute("update weixin_codes set used = 1 where code = ?1", [code])?;
        Ok(stands_for)
    }
}
