use super::ALIYUN_SMS;
use crate::{PartnerError, Unreadable, sms::SmsOutcome};
use http::StatusCode;
use serde::Deserialize;
use std::time::Duration;

/// The head of every answer, good or bad.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Verdict {
    pub(super) code: String,
    pub(super) message: String,
}

/// What a code asks of us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeClass {
    /// Done.
    Ok,
    /// Flow control of the minute: wait.
    Delay,
    /// Flow control of the hour or the day: this message is over.
    GiveUp,
    /// The number cannot get messages.
    BadNumber,
    /// Our template, signature or values.
    OurData,
    /// The content; a person must look.
    NeedsPerson,
    /// Account, money or credentials: alert, stop the queue.
    Alert,
    /// Too many calls a second: nothing was done.
    Throttled,
    /// The provider failed inside: it may have been sent.
    ProviderFailed,
    /// Not in the table.
    NotKnown,
}

/// The class of a code. The text of a flow-control refusal tells which limit was met: `触发分钟级流控Permits:1`.
pub fn classify(code: &str, message: &str) -> CodeClass {
    match code {
        "OK" => CodeClass::Ok,
        "isv.BUSINESS_LIMIT_CONTROL" if message.contains("分钟级") => CodeClass::Delay,
        "isv.BUSINESS_LIMIT_CONTROL" => CodeClass::GiveUp,
        "isv.MOBILE_NUMBER_ILLEGAL" => CodeClass::BadNumber,
        "isv.SMS_TEMPLATE_ILLEGAL"
        | "isv.SMS_SIGNATURE_ILLEGAL"
        | "isv.SMS_SIGN_ILLEGAL"
        | "isv.TEMPLATE_MISSING_PARAMETERS"
        | "isv.INVALID_PARAMETERS"
        | "isv.INVALID_JSON_PARAM"
        | "isv.PARAM_LENGTH_LIMIT"
        | "isv.PARAM_NOT_SUPPORT_URL"
        | "isv.MOBILE_COUNT_OVER_LIMIT" => CodeClass::OurData,
        "isv.BLACK_KEY_CONTROL_LIMIT" | "isv.SMS_CONTENT_ILLEGAL" => CodeClass::NeedsPerson,
        "isv.DAY_LIMIT_CONTROL"
        | "isv.MONTH_LIMIT_CONTROL"
        | "isv.AMOUNT_NOT_ENOUGH"
        | "isv.OUT_OF_SERVICE"
        | "isv.PRODUCT_UN_SUBSCRIPT"
        | "isv.ACCOUNT_NOT_EXISTS"
        | "isv.ACCOUNT_ABNORMAL"
        | "isp.RAM_PERMISSION_DENY"
        | "InvalidAccessKeyId.NotFound"
        | "SignatureDoesNotMatch"
        | "InvalidTimeStamp.Expired" => CodeClass::Alert,
        "isp.SYSTEM_ERROR" | "ServiceUnavailable" | "InternalError" => CodeClass::ProviderFailed,
        code if code.starts_with("Throttling") => CodeClass::Throttled,
        code if code.starts_with("Forbidden") => CodeClass::Alert,
        _ => CodeClass::NotKnown,
    }
}

impl Verdict {
    /// The failures that would meet every call; `None` for what concerns this call alone.
    pub(super) fn general_failure(&self, status: StatusCode) -> Option<PartnerError> {
        let partner = ALIYUN_SMS;
        let code = self.code.clone();
        match classify(&self.code, &self.message) {
            CodeClass::Alert => Some(PartnerError::Misconfigured { partner, code }),
            CodeClass::Throttled => Some(PartnerError::TryLater { partner, code }),
            CodeClass::ProviderFailed => Some(unknown(status)),
            CodeClass::NotKnown if status.is_server_error() || code.is_empty() => Some(unknown(status)),
            CodeClass::NotKnown if status.is_client_error() => Some(PartnerError::Misconfigured { partner, code }),
            CodeClass::Ok
            | CodeClass::Delay
            | CodeClass::GiveUp
            | CodeClass::BadNumber
            | CodeClass::OurData
            | CodeClass::NeedsPerson
            | CodeClass::NotKnown => None,
        }
    }

    /// What a refusal of this one message means.
    pub(super) fn into_outcome(self) -> SmsOutcome {
        let Self { code, message } = self;
        match classify(&code, &message) {
            CodeClass::Delay => SmsOutcome::Delay { at_least: Duration::from_secs(60), code },
            CodeClass::GiveUp => SmsOutcome::GiveUp { code, message },
            CodeClass::BadNumber => SmsOutcome::BadNumber { code },
            CodeClass::OurData => SmsOutcome::OurData { code, message },
            // A code outside the table: not sent, and nobody knows why.
            CodeClass::NeedsPerson
            | CodeClass::NotKnown
            | CodeClass::Ok
            | CodeClass::Alert
            | CodeClass::Throttled
            | CodeClass::ProviderFailed => SmsOutcome::NeedsPerson { code, message },
        }
    }
}

fn unknown(status: StatusCode) -> PartnerError {
    PartnerError::OutcomeUnknown { partner: ALIYUN_SMS, source: Box::new(Unreadable { status, source: None }) }
}
