use super::{WEIXIN, Weixin};
use crate::PartnerError;
use jiff::Timestamp;
use serde::Deserialize;

/// The phone number a code stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhoneLookup {
    /// Verified by WeChat. Every success is billed: keep it.
    Verified {
        /// Without the country code.
        number: String,
        /// `86`.
        country_code: String,
    },
    /// Unknown, older than five minutes, or used before: the client must ask the button again.
    BadCode,
    /// Too often in the last minute.
    TooOften,
}

#[derive(Deserialize)]
struct Answer {
    phone_info: PhoneInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PhoneInfo {
    pure_phone_number: String,
    country_code: String,
    watermark: Watermark,
}

#[derive(Deserialize)]
struct Watermark {
    appid: String,
}

impl Weixin {
    /// Trades the code of the `getPhoneNumber` button (single use, five minutes, not the login code) for the number.
    pub async fn phone_number(&self, code: &str, openid: &str, now: Timestamp) -> Result<PhoneLookup, PartnerError> {
        let body = serde_json::json!({ "code": code, "openid": openid });
        match self.call::<Answer>("/wxa/business/getuserphonenumber", &body, now).await? {
            Ok(Answer { phone_info }) if phone_info.watermark.appid == self.settings.appid => {
                Ok(PhoneLookup::Verified {
                    number: phone_info.pure_phone_number,
                    country_code: phone_info.country_code,
                })
            }
            Ok(_) => Err(PartnerError::refused(WEIXIN, "watermark", "the number was given to another mini-program")),
            Err(refusal) => match refusal.errcode {
                40029 | 40163 => Ok(PhoneLookup::BadCode),
                45011 => Ok(PhoneLookup::TooOften),
                _ => Err(refusal.into_error()),
            },
        }
    }
}
