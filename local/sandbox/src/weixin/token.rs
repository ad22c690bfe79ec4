use super::{
    Platform, Weixin,
    answers::{Failure, errcode},
};
use axum::{Json, extract::State, response::Response};
use rusqlite::{OptionalExtension, params};
use serde::Deserialize;
use serde_json::{Value, json};

const LIFETIME_MS: i64 = 7200 * 1000;
/// In its last five minutes a token has a successor and both are good.
const OVERLAP_MS: i64 = 5 * 60_000;
const FORCED_APART_MS: i64 = 30_000;
const FORCED_A_DAY: u32 = 20;
const DAY_MS: i64 = 24 * 3600 * 1000;

#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub(super) struct Given {
    grant_type: String,
    appid: String,
    secret: String,
    force_refresh: bool,
}

/// The `access_token` of a call's query.
#[derive(Deserialize)]
pub(super) struct Tokened {
    #[serde(default)]
    pub(super) access_token: String,
}

pub(super) async fn stable_token(State(Weixin(platform)): State<Weixin>, Json(given): Json<Given>) -> Response {
    platform.answer("/cgi-bin/stable_token", || platform.token(&given))
}

impl Platform {
    fn token(&self, given: &Given) -> Result<Value, Failure> {
        self.check_account(&given.appid, &given.secret)?;
        if given.grant_type != "client_credential" {
            return Err(errcode(40002, "invalid grant_type"));
        }
        if given.force_refresh {
            self.kill_tokens()?;
        }
        let now_ms = self.now_ms();
        let current = "select token, expires_at_ms from weixin_tokens where expires_at_ms > ?1
            order by expires_at_ms desc limit 1";
        let current: Option<(String, i64)> = self
            .database()
            .query_row(current, [now_ms + OVERLAP_MS], |row| Ok((row.get(0)?, row.get(1)?)))
            .optional()?;
        let (token, expires_at_ms) = match current {
            Some(current) => current,
            None => self.new_token(given.force_refresh)?,
        };
        Ok(json!({ "access_token": token, "expires_in": (expires_at_ms - now_ms) / 1000 }))
    }

    fn new_token(&self, forced: bool) -> rusqlite::Result<(String, i64)> {
        // As long as the real ones, which need 512 characters of room.
        let (token, expires_at_ms) = (self.ids.token(136), self.now_ms() + LIFETIME_MS);
        self.database().execute(
            "insert into weixin_tokens(token, fetched_at_ms, expires_at_ms, forced) values (?1, ?2, ?3, ?4)",
            params![token, self.now_ms(), expires_at_ms, forced],
        )?;
        Ok((token, expires_at_ms))
    }

    /// `force_refresh`: the old ones die at once; thirty seconds apart, twenty a day.
    fn kill_tokens(&self) -> Result<(), Failure> {
        let forced_since = |since_ms: i64| {
            let sql = "select count(*) from weixin_tokens where forced = 1 and fetched_at_ms > ?1";
            self.database().query_row(sql, [since_ms], |row| row.get::<_, u32>(0))
        };
        if forced_since(self.now_ms() - FORCED_APART_MS)? > 0 {
            return Err(errcode(45011, "api minute-quota reach limit"));
        }
        if forced_since(self.now_ms() - DAY_MS)? >= FORCED_A_DAY {
            return Err(errcode(45009, "reach max api daily quota limit"));
        }
        self.database().execute("update weixin_tokens set expires_at_ms = 0", [])?;
        Ok(())
    }

    pub(super) fn check_token(&self, token: &str) -> Result<(), Failure> {
        let sql = "select expires_at_ms from weixin_tokens where token = ?1";
        let expires_at_ms: Option<i64> = self.database().query_row(sql, [token], |row| row.get(0)).optional()?;
        match expires_at_ms {
            None | Some(0) => Err(errcode(40001, "invalid credential, access_token is invalid or not latest")),
            Some(at) if at <= self.now_ms() => Err(errcode(42001, "access_token expired")),
            Some(_) => Ok(()),
        }
    }
}
