use super::{
    Platform,
    gate::Query,
    rejection::{CREDENTIALS, Failure, MISSING, TOKEN_EXPIRED, TOKEN_UNKNOWN, rejected},
};
use md5::{Digest, Md5};
use ring::digest;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

const LIFETIME_SECONDS: i64 = 7 * 3600;

/// The unsigned token call: by password (hashed as the version says) or by refresh token.
pub(super) fn grant(platform: &Platform, query: &Query, body: &[u8]) -> Result<Value, Failure> {
    let account = &platform.account;
    let given = |name: &str| query.get(name).map(String::as_str).unwrap_or_default();
    let body: Value = serde_json::from_slice(body).map_err(|_| rejected(MISSING, "请求报文不是合法的JSON"))?;
    if given("client_id") != account.app_key || body["client_secret"] != account.app_secret.as_str() {
        return Err(rejected(CREDENTIALS, "appKey或appSecret错误").into());
    }
    match given("grant_type") {
        "password" => {
            let Some(hash) = password_hash(platform, given("version")) else {
                return Err(rejected(MISSING, "version 只支持 6.0、7.0").into());
            };
            if body["username"] != account.username.as_str() || body["password"] != hash.as_str() {
                return Err(rejected(CREDENTIALS, "用户名或密码错误").into());
            }
        }
        "refresh_token" => {
            let token = body["refresh_token"].as_str().unwrap_or(given("refresh_token"));
            let known = "select 1 from baiwang_tokens where refresh_token = ?1";
            if platform.database().query_row(known, [token], |_| Ok(())).optional()?.is_none() {
                return Err(rejected(CREDENTIALS, "refresh_token无效").into());
            }
        }
        _ => return Err(rejected(MISSING, "grant_type 有误").into()),
    }
    let (token, refresh_token) = (platform.ids.token(36), platform.ids.token(36));
    platform.database().execute(
        "insert into baiwang_tokens values (?1, ?2, ?3)",
        params![token, refresh_token, platform.now_ms() + LIFETIME_SECONDS * 1000],
    )?;
    Ok(json!({ "access_token": token, "refresh_token": refresh_token, "expires_in": LIFETIME_SECONDS }))
}

/// The token exists and has not expired.
pub(super) fn check(platform: &Platform, token: &str) -> Result<(), Failure> {
    let expiry = "select expires_at_ms from baiwang_tokens where token = ?1";
    let expires_at_ms: Option<i64> = platform.database().query_row(expiry, [token], |row| row.get(0)).optional()?;
    match expires_at_ms {
        None => Err(rejected(TOKEN_UNKNOWN, "token无效").into()),
        Some(at) if at <= platform.now_ms() => Err(rejected(TOKEN_EXPIRED, "token已过期").into()),
        Some(_) => Ok(()),
    }
}

fn password_hash(platform: &Platform, version: &str) -> Option<String> {
    let salted = format!("{}{}", platform.account.password, platform.account.salt);
    match version {
        "7.0" => Some(hex::encode(digest::digest(&digest::SHA256, salted.as_bytes()))),
        "6.0" => {
            let inner = hex::encode(Md5::digest(salted));
            Some(hex::encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, inner.as_bytes())))
        }
        _ => None,
    }
}
