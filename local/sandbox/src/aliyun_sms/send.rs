use super::{
    Provider,
    answers::{Failure, business},
    gate::Parameters,
};
use rusqlite::params;
use serde_json::{Value, json};

const MOST_NUMBERS: usize = 1000;

impl Provider {
    pub(super) fn send(&self, parameters: &Parameters) -> Result<Value, Failure> {
        let given = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let phones = phones(given("PhoneNumbers"))?;
        let sign_name = given("SignName");
        if !self.account.sign_names.iter().any(|approved| approved == sign_name) {
            return Err(business("isv.SMS_SIGNATURE_ILLEGAL", "该账号下找不到对应签名"));
        }
        let template = self.template(given("TemplateCode"))?;
        let text = format!("【{sign_name}】{}", template.rendered(given("TemplateParam"))?);
        if given("OutId").len() > 256 {
            return Err(business("isv.INVALID_PARAMETERS", "参数异常:OutId"));
        }
        for phone in &phones {
            self.check_flow(phone, sign_name, template.kind)?;
        }
        let biz_id = format!("{}^0", self.ids.digits(18));
        for phone in &phones {
            self.database().execute(
                "insert into aliyun_messages(biz_id, phone, sign_name, template_code, kind, text, out_id, sent_at_ms)
                    values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    biz_id,
                    phone,
                    sign_name,
                    template.code,
                    template.kind.as_str(),
                    text,
                    given("OutId"),
                    self.now_ms()
                ],
            )?;
        }
        Ok(json!({ "BizId": biz_id }))
    }
}

/// Mainland mobile numbers, with or without the country's prefix.
fn phones(list: &str) -> Result<Vec<String>, Failure> {
    let phones: Vec<_> = list.split(',').map(bare).map(str::to_owned).collect();
    if phones.len() > MOST_NUMBERS {
        return Err(business("isv.MOBILE_COUNT_OVER_LIMIT", "手机号码数量超过限制"));
    }
    match phones.iter().find(|phone| !is_mobile(phone)) {
        Some(phone) => Err(business("isv.MOBILE_NUMBER_ILLEGAL", format!("{phone}invalid mobile number"))),
        None => Ok(phones),
    }
}

pub(super) fn bare(phone: &str) -> &str {
    let prefixed = ["+86", "0086", "86"].into_iter().find_map(|prefix| phone.strip_prefix(prefix));
    prefixed.filter(|bare| bare.len() == 11).unwrap_or(phone)
}

fn is_mobile(phone: &str) -> bool {
    let second = phone.as_bytes().get(1).copied().unwrap_or_default();
    phone.len() == 11
        && phone.bytes().all(|b| b.is_ascii_digit())
        && phone.starts_with('1')
        && (b'3'..=b'9').contains(&second)
}
