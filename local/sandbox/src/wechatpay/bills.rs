//! Statements: asked for by day, then fetched, unsigned, from an address that is good for five minutes.

use super::{Inner, Wechatpay, answers::Refusal, statements};
use crate::switches::Statements;
use axum::{
    extract::{Query, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use flate2::{Compression, write::GzEncoder};
use heatpay_domain::calendar::{civil_time, moment};
use jiff::{Timestamp, ToSpan, civil::Date};
use ring::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use serde_json::json;
use std::{collections::HashMap, io::Write, ops::Range, sync::PoisonError};

/// How long a file can be fetched.
const FETCHABLE_SECONDS: i64 = 300;

/// Yesterday's statement is made by this hour.
const READY_AT: i8 = 9;

/// A file that waits to be fetched.
pub(super) struct Waiting {
    until: i64,
    bytes: Vec<u8>,
}

type Parameters = Query<HashMap<String, String>>;

pub(super) async fn trade(
    State(party): State<Wechatpay>,
    query: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let kind = query.get("bill_type").map_or("ALL", String::as_str);
    let columns = statements::trade_columns(kind).ok_or_else(|| Refusal::parameter("bill_type无效"))?;
    let day = party.0.day(&query)?;
    let entries = statements::entries(&party.0.database(), &day)?;
    let told = |rows| party.0.switches.read().statements.rows(rows, party.0.ids.as_ref());
    let text = statements::trade(&party.0.keys, kind, columns, &entries, told);
    party.0.offer(text, &query, &headers)
}

pub(super) async fn fund_flow(
    State(party): State<Wechatpay>,
    query: Parameters,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let account = query.get("account_type").map_or("BASIC", String::as_str);
    if !["BASIC", "OPERATION", "FEES"].contains(&account) {
        return Err(Refusal::parameter("account_type无效"));
    }
    let day = party.0.day(&query)?;
    // All that is played here moves on the basic account; its balance needs the days before.
    let entries =
        if account == "BASIC" { statements::entries(&party.0.database(), &(0..day.end))? } else { Vec::new() };
    party.0.offer(statements::fund_flow(&entries, &day), &query, &headers)
}

pub(super) async fn download(State(party): State<Wechatpay>, query: Parameters) -> Result<Response, Refusal> {
    let now = party.0.now();
    let files = party.0.files.lock().unwrap_or_else(PoisonError::into_inner);
    let token = query.get("token").map(String::as_str).unwrap_or_default();
    let file = files.get(token).filter(|file| now < file.until);
    let file = file.ok_or_else(|| Refusal::new(400, "INVALID_REQUEST", "下载地址已失效"))?;
    Ok(([(header::CONTENT_TYPE, "application/octet-stream")], file.bytes.clone()).into_response())
}

impl Inner {
    /// The day asked for, in Unix seconds: a day that is over, within three months, and made up by now.
    fn day(&self, query: &HashMap<String, String>) -> Result<Range<i64>, Refusal> {
        let wrong = || Refusal::parameter("bill_date无效");
        let date: Date = query.get("bill_date").and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        let now = civil_time(Timestamp::from_second(self.now()).unwrap_or_default());
        if date >= now.date() || date < now.date().saturating_sub(3.months()) {
            return Err(wrong());
        }
        let is_yesterday = now.date().yesterday().is_ok_and(|yesterday| yesterday == date);
        if is_yesterday && now.hour() < READY_AT {
            return Err(Refusal::new(400, "STATEMENT_CREATING", "账单生成中"));
        }
        let start = moment(date.at(0, 0, 0, 0)).ok_or_else(wrong)?.as_second();
        Ok(start..start + 86_400)
    }

    /// Keeps the statement to be fetched. Its hash is that of the text, whatever it is packed in.
    fn offer(
        &self,
        text: Option<String>,
        query: &HashMap<String, String>,
        headers: &HeaderMap,
    ) -> Result<Response, Refusal> {
        let mut text = text.ok_or_else(|| Refusal::new(400, "NO_STATEMENT_EXIST", "账单不存在"))?.into_bytes();
        let told = self.switches.read().statements;
        text.truncate(told.length(text.len()));
        let hashed: &[u8] = if told == Statements::WrongHash { b"another file" } else { &text };
        let hash = hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, hashed));
        let bytes = match query.get("tar_type").map(String::as_str) {
            None => text,
            Some("GZIP") => gzip(&text).map_err(|e| Refusal::new(500, "SYSTEM_ERROR", e.to_string()))?,
            Some(_) => return Err(Refusal::parameter("tar_type无效")),
        };
        let (token, now) = (self.ids.token(40), self.now());
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        files.retain(|_, file| now < file.until);
        files.insert(token.clone(), Waiting { until: now + FETCHABLE_SECONDS, bytes });
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let url = format!("http://{host}/v3/billdownload/file?token={token}");
        Ok(self.answer(&json!({ "hash_type": "SHA1", "hash_value": hash, "download_url": url })))
    }
}

fn gzip(text: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text)?;
    packed.finish()
}
