use super::{
    Provider,
    answers::{Failure, business},
};
use serde_json::{Map, Value};

/// An approved template.
#[derive(Clone, Debug)]
pub struct SmsTemplate {
    /// `SMS_…`.
    pub code: String,
    /// What it is for; flow control differs.
    pub kind: SmsKind,
    /// The text, with `${variables}`.
    pub text: String,
}

/// What a message is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmsKind {
    /// 验证码.
    Verification,
    /// 通知.
    Notice,
}

impl SmsKind {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Verification => "verification",
            Self::Notice => "notice",
        }
    }
}

const MOST_CHARS: usize = 35;

impl Provider {
    pub(super) fn template(&self, code: &str) -> Result<&SmsTemplate, Failure> {
        let found = self.account.templates.iter().find(|template| template.code == code);
        found.ok_or_else(|| business("isv.SMS_TEMPLATE_ILLEGAL", "该账号下找不到对应模板"))
    }
}

impl SmsTemplate {
    /// The text with its variables filled in; values that the template does not name are ignored.
    pub(super) fn rendered(&self, params: &str) -> Result<String, Failure> {
        let params: Map<String, Value> = if params.is_empty() {
            Map::new()
        } else {
            serde_json::from_str(params)
                .map_err(|_| business("isv.INVALID_JSON_PARAM", "参数格式错误,请使用JSON字符串"))?
        };
        let mut text = String::new();
        let mut rest = self.text.as_str();
        while let Some((before, after)) = rest.split_once("${") {
            let (name, after) = after.split_once('}').unwrap_or((after, ""));
            text.push_str(before);
            text.push_str(checked(name, params.get(name))?);
            rest = after;
        }
        text.push_str(rest);
        Ok(text)
    }
}

fn checked<'a>(name: &str, value: Option<&'a Value>) -> Result<&'a str, Failure> {
    let value = match value {
        None => return Err(business("isv.TEMPLATE_MISSING_PARAMETERS", format!("模板变量缺少对应参数值:{name}"))),
        Some(Value::String(value)) => value,
        Some(_) => return Err(business("isv.INVALID_JSON_PARAM", format!("变量值必须是字符串:{name}"))),
    };
    if value.is_empty() {
        return Err(business("isv.TEMPLATE_MISSING_PARAMETERS", format!("模板变量缺少对应参数值:{name}")));
    }
    if value.chars().count() > MOST_CHARS {
        return Err(business("isv.PARAM_LENGTH_LIMIT", format!("参数超过长度限制:{name}")));
    }
    if value.contains("http://") || value.contains("https://") {
        return Err(business("isv.PARAM_NOT_SUPPORT_URL", format!("变量不支持传入URL:{name}")));
    }
    Ok(value)
}
