use super::{
    AliyunSms, Provider,
    answers::{Failure, gateway, respond},
    canonical::{canonical_request, sha256_hex},
};
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use ring::hmac;
use rusqlite::{OptionalExtension, params};
use serde_json::Value;
use std::collections::BTreeMap;

/// How far a client's clock may be off.
const SKEW: SignedDuration = SignedDuration::from_mins(15);

pub(super) type Parameters = BTreeMap<String, String>;

pub(super) async fn call(
    State(AliyunSms(provider)): State<AliyunSms>,
    method: Method,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query: Parameters = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let request_id = provider.ids.ulid(provider.clock.now());
    let host = value(&headers, "host").to_owned();
    let answer = provider.answer(&method, query, &headers, &body);
    respond(&request_id, &host, answer)
}

impl Provider {
    fn answer(&self, method: &Method, query: Parameters, headers: &HeaderMap, body: &[u8]) -> Result<Value, Failure> {
        self.check_signature(method, &query, headers, body)?;
        self.check_nonce(value(headers, "x-acs-signature-nonce"))?;
        if let Some(forced) = self.next_answer()? {
            return Err(forced);
        }
        let mut parameters = query;
        if value(headers, header::CONTENT_TYPE.as_str()).starts_with("application/x-www-form-urlencoded") {
            parameters.extend(url::form_urlencoded::parse(body).into_owned());
        }
        match (value(headers, "x-acs-action"), value(headers, "x-acs-version")) {
            ("SendSms", "2017-05-25") => self.send(&parameters),
            ("QuerySendDetails", "2017-05-25") => self.details(&parameters),
            (_, "2017-05-25") => Err(gateway(
                StatusCode::NOT_FOUND,
                "InvalidAction.NotFound",
                "Specified api is not found, please check your url and method.",
            )),
            _ => Err(gateway(StatusCode::BAD_REQUEST, "InvalidVersion", "Specified parameter Version is not valid.")),
        }
    }

    fn check_signature(
        &self,
        method: &Method,
        query: &Parameters,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<(), Failure> {
        let Some(given) = Authorization::read(value(headers, header::AUTHORIZATION.as_str())) else {
            return Err(gateway(
                StatusCode::BAD_REQUEST,
                "IncompleteSignature",
                "The request signature does not conform to Aliyun standards.",
            ));
        };
        if given.key_id != self.account.access_key_id {
            return Err(gateway(
                StatusCode::NOT_FOUND,
                "InvalidAccessKeyId.NotFound",
                "Specified access key is not found.",
            ));
        }
        let date = value(headers, "x-acs-date");
        let dated = date.parse::<Timestamp>().ok().filter(|_| date.len() == 20 && date.ends_with('Z'));
        if dated.is_none_or(|dated| dated.duration_until(self.clock.now()).abs() > SKEW) {
            return Err(gateway(
                StatusCode::BAD_REQUEST,
                "InvalidTimeStamp.Expired",
                "Specified time stamp or date value is expired.",
            ));
        }
        let body_sha256 = sha256_hex(body);
        let canonical = canonical_request(method, "/", query, headers, given.signed_headers, &body_sha256);
        let to_sign = format!("ACS3-HMAC-SHA256\n{}", sha256_hex(canonical.unwrap_or_default().as_bytes()));
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.account.access_key_secret.as_bytes());
        let whole = signs_what_it_must(headers, given.signed_headers)
            && value(headers, "x-acs-content-sha256") == body_sha256
            && hex::decode(given.signature)
                .is_ok_and(|signature| hmac::verify(&key, to_sign.as_bytes(), &signature).is_ok());
        if whole {
            return Ok(());
        }
        let message =
            format!("Specified signature is not matched with our calculation. server string to sign is:{to_sign}");
        Err(gateway(StatusCode::BAD_REQUEST, "SignatureDoesNotMatch", message))
    }

    /// A nonce is good once, for as long as its date could pass.
    fn check_nonce(&self, nonce: &str) -> Result<(), Failure> {
        let now_ms = self.now_ms();
        let database = self.database();
        database.execute(
            "delete from aliyun_nonces where seen_at_ms < ?1",
            [now_ms - i64::try_from(2 * SKEW.as_millis()).unwrap_or(i64::MAX)],
        )?;
        let inserted =
            database.execute("insert or ignore into aliyun_nonces values (?1, ?2)", params![nonce, now_ms])?;
        if inserted == 0 || nonce.is_empty() {
            return Err(gateway(
                StatusCode::BAD_REQUEST,
                "SignatureNonceUsed",
                "Specified signature nonce was used already.",
            ));
        }
        Ok(())
    }

    /// The answer a switch has put in front of the next call.
    fn next_answer(&self) -> Result<Option<Failure>, Failure> {
        let database = self.database();
        let sql = "delete from aliyun_next_answers where id = (select min(id) from aliyun_next_answers)
            returning status, code, message";
        let next = database.query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
        Ok(next.map(|(status, code, message): (u16, String, String)| match StatusCode::from_u16(status) {
            Ok(StatusCode::OK) | Err(_) => Failure::Business { code, message },
            Ok(status) => Failure::Gateway { status, code, message },
        }))
    }
}

struct Authorization<'a> {
    key_id: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    /// `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…`.
    fn read(header: &'a str) -> Option<Self> {
        let mut parts = header.strip_prefix("ACS3-HMAC-SHA256 ")?.split(',');
        let mut part = |name: &str| parts.next()?.trim().strip_prefix(name);
        Some(Self {
            key_id: part("Credential=")?,
            signed_headers: part("SignedHeaders=")?,
            signature: part("Signature=")?,
        })
    }
}

/// `host` and every `x-acs-*` that came must be under the signature.
fn signs_what_it_must(headers: &HeaderMap, signed_headers: &str) -> bool {
    let signed: Vec<_> = signed_headers.split(';').collect();
    let must =
        headers.keys().map(http::HeaderName::as_str).filter(|name| *name == "host" || name.starts_with("x-acs-"));
    signed.is_sorted() && must.into_iter().all(|name| signed.contains(&name))
}

pub(super) fn value<'a>(headers: &'a HeaderMap, name: &str) -> &'a str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
