use super::{
    Baiwang, Platform, issue, query, red,
    rejection::{Failure, METHOD, MISSING, SIGNATURE, envelope, rejected},
    token,
};
use axum::{
    extract::{OriginalUri, RawQuery, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, header};
use md5::{Digest, Md5};
use serde_json::Value;
use std::collections::BTreeMap;

pub(super) type Query = BTreeMap<String, String>;

/// One call: which one is in the query string.
pub(super) async fn rest(
    State(Baiwang(platform)): State<Baiwang>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query: Query = url::form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let mounted_at = uri.path().strip_suffix("/router/rest").unwrap_or_default();
    let files = format!("http://{host}{mounted_at}/files");
    let method = query.get("method").map(String::as_str).unwrap_or_default();
    let request_id = query.get("requestId").map(String::as_str).unwrap_or_default();
    let answer = platform.answer(method, &query, &body, &files);
    envelope(method, request_id, answer)
}

impl Platform {
    fn answer(&self, method: &str, query: &Query, body: &[u8], files: &str) -> Result<Value, Failure> {
        if method == "baiwang.oauth.token" {
            return token::grant(self, query, body);
        }
        self.check_gate(query, body)?;
        let body: Value = serde_json::from_slice(body).map_err(|_| rejected(MISSING, "请求报文不是合法的JSON"))?;
        if body["taxNo"] != self.account.tax_no.as_str() {
            return Err(rejected(MISSING, "taxNo 未授权或为空").into());
        }
        match method {
            "baiwang.s.outputinvoice.invoice" => issue::accept(self, &body),
            "baiwang.s.outputinvoice.query" => query::answer(self, &body, files),
            "baiwang.s.outputinvoice.retry" => issue::again(self, &body),
            "baiwang.s.outputinvoice.fastRed" => red::accept(self, &body),
            "baiwang.s.redconfirm.query" => red::confirmation(self, &body),
            _ => Err(rejected(METHOD, format!("方法不存在:{method}")).into()),
        }
    }

    /// Common parameters, the token, then the signature over the very bytes that came.
    fn check_gate(&self, query: &Query, body: &[u8]) -> Result<(), Failure> {
        for name in ["method", "version", "appKey", "format", "timestamp", "token", "type", "requestId", "sign"] {
            if query.get(name).is_none_or(String::is_empty) {
                return Err(rejected(MISSING, format!("缺少公共参数:{name}")).into());
            }
        }
        let fixed =
            [("appKey", self.account.app_key.as_str()), ("version", "6.0"), ("format", "json"), ("type", "sync")];
        for (name, value) in fixed {
            if query[name] != value {
                return Err(rejected(METHOD, format!("公共参数有误:{name}")).into());
            }
        }
        if query["timestamp"].len() != 13 || query["timestamp"].parse::<u64>().is_err() {
            return Err(rejected(METHOD, "公共参数有误:timestamp").into());
        }
        token::check(self, &query["token"])?;
        if !is_compact(body) || self.signature(query, body) != query["sign"] {
            return Err(rejected(SIGNATURE, "签名错误").into());
        }
        Ok(())
    }

    fn signature(&self, query: &Query, body: &[u8]) -> String {
        let secret = &self.account.app_secret;
        let mut md5 = Md5::new();
        md5.update(secret);
        for (key, value) in query.iter().filter(|(key, value)| key.as_str() != "sign" && !value.is_empty()) {
            md5.update(key);
            md5.update(value);
        }
        md5.update(body);
        md5.update(secret);
        hex::encode_upper(md5.finalize())
    }
}

/// No blank and no line break outside strings: the rule signs compact JSON only, whatever the client signed.
fn is_compact(body: &[u8]) -> bool {
    let (mut in_string, mut escaped) = (false, false);
    for &byte in body {
        if !in_string && byte.is_ascii_whitespace() {
            return false;
        }
        if byte == b'"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && byte == b'\\' && !escaped;
    }
    true
}
