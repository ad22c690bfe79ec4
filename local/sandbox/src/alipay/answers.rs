//! Answers: the inner object signed as it is written, slashes escaped; what the gateway refuses before it knows who asks is
//! not signed.

use super::Inner;
use crate::wechatpay::sign;
use axum::{
    http::header,
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use std::borrow::Cow;

/// A refusal.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: Cow<'static, str>,
    pub(super) sub_code: Cow<'static, str>,
    sub_msg: Cow<'static, str>,
    /// The gateway does not know who asks.
    nobody: bool,
    /// The gateway's own, not the method's.
    of_gateway: bool,
}

impl Refusal {
    /// The business says no.
    pub(super) fn business(sub_code: impl Into<Cow<'static, str>>, sub_msg: impl Into<Cow<'static, str>>) -> Self {
        Self::new("40004", sub_code, sub_msg)
    }

    pub(super) fn new(
        code: impl Into<Cow<'static, str>>,
        sub_code: impl Into<Cow<'static, str>>,
        sub_msg: impl Into<Cow<'static, str>>,
    ) -> Self {
        let (code, sub_code, sub_msg) = (code.into(), sub_code.into(), sub_msg.into());
        Self { code, sub_code, sub_msg, nobody: false, of_gateway: false }
    }

    pub(super) fn parameter(sub_msg: impl Into<Cow<'static, str>>) -> Self {
        Self::business("ACQ.INVALID_PARAMETER", sub_msg)
    }

    /// The gateway refuses somebody it does not know, without a signature.
    pub(super) fn nobody(sub_code: &'static str, sub_msg: &'static str) -> Self {
        Self { nobody: true, of_gateway: true, ..Self::new("40002", sub_code, sub_msg) }
    }

    /// The gateway refuses, signed.
    pub(super) fn gateway(code: &'static str, sub_code: &'static str, sub_msg: &'static str) -> Self {
        Self { of_gateway: true, ..Self::new(code, sub_code, sub_msg) }
    }

    fn inner(&self) -> Value {
        let msg = match &*self.code {
            "20000" => "Service Currently Unavailable",
            "40001" => "Missing Required Arguments",
            "40002" => "Invalid Arguments",
            "40005" => "Call Limited",
            "40006" => "Insufficient Permissions",
            _ => "Business Failed",
        };
        json!({ "code": self.code, "msg": msg, "sub_code": self.sub_code, "sub_msg": self.sub_msg })
    }

    /// For a page.
    pub(super) fn text(&self) -> String {
        format!("{} {}", self.sub_code, self.sub_msg)
    }
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::new("20000", "isp.unknow-error", format!("sandbox: {error}"))
    }
}

/// The success of a method.
pub(super) fn done(mut inner: Value) -> Value {
    inner["code"] = json!("10000");
    inner["msg"] = json!("Success");
    inner
}

impl Inner {
    pub(super) fn answer(&self, method: &str, answer: Result<Value, Refusal>) -> Response {
        let own = format!("{}_response", method.replace('.', "_"));
        let (key, inner, signed) = match &answer {
            Ok(inner) => (own.as_str(), inner.clone(), true),
            Err(refusal) if refusal.of_gateway => ("error_response", refusal.inner(), !refusal.nobody),
            Err(refusal) => (own.as_str(), refusal.inner(), true),
        };
        let inner = inner.to_string().replace('/', r"\/");
        let body = if signed {
            let sign = sign(&self.alipay_key, inner.as_bytes());
            match &self.serials {
                None => format!(r#"{{"{key}":{inner},"sign":"{sign}"}}"#),
                Some(serials) => {
                    format!(r#"{{"{key}":{inner},"alipay_cert_sn":"{}","sign":"{sign}"}}"#, serials.alipay)
                }
            }
        } else {
            format!(r#"{{"{key}":{inner}}}"#)
        };
        ([(header::CONTENT_TYPE, "text/html;charset=utf-8")], body).into_response()
    }
}
