use super::{
    InboxMessage, Provider, Receipt,
    answers::{Failure, business},
    gate::Parameters,
    send::bare,
};
use heatpay_domain::calendar::{civil_date, civil_time};
use jiff::{SignedDuration, Timestamp, civil::Date};
use serde_json::{Value, json};

impl Provider {
    /// What was sent to a number on a day within the last thirty, newest first, by pages.
    pub(super) fn details(&self, parameters: &Parameters) -> Result<Value, Failure> {
        let given = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let bad = |name: &str| business("isv.INVALID_PARAMETERS", format!("参数异常:{name}"));
        let date = Date::strptime("%Y%m%d", given("SendDate")).map_err(|_| bad("SendDate"))?;
        let today = civil_date(self.clock.now());
        let age = date.duration_until(today);
        if age.is_negative() || age > SignedDuration::from_hours(30 * 24) {
            return Err(bad("SendDate"));
        }
        let page_size = within(given("PageSize"), 50).ok_or_else(|| bad("PageSize"))?;
        let page = within(given("CurrentPage"), usize::MAX).ok_or_else(|| bad("CurrentPage"))?;
        let (phone, biz_id) = (bare(given("PhoneNumber")), given("BizId"));
        let sent: Vec<_> = self
            .messages()?
            .into_iter()
            .filter(|message| message.phone == phone && civil_date(message.sent_at) == date)
            .filter(|message| biz_id.is_empty() || message.biz_id == biz_id)
            .collect();
        let total = sent.len();
        let shown = sent.into_iter().skip((page - 1).saturating_mul(page_size)).take(page_size);
        let shown: Vec<_> = shown.map(|message| self.detail(&message)).collect();
        Ok(json!({ "TotalCount": total, "SmsSendDetailDTOs": { "SmsSendDetailDTO": shown } }))
    }

    fn detail(&self, message: &InboxMessage) -> Value {
        let (status, err_code) = match &message.receipt {
            Receipt::Waiting => (1, ""),
            Receipt::Failed { code } => (2, code.as_str()),
            Receipt::Delivered => (3, "DELIVERED"),
        };
        let mut detail = json!({
            "PhoneNum": message.phone,
            "SendStatus": status,
            "ErrCode": err_code,
            "TemplateCode": message.template_code,
            "Content": message.text,
            "SendDate": written(message.sent_at),
            "OutId": message.out_id,
        });
        if message.receipt != Receipt::Waiting {
            detail["ReceiveDate"] = written(self.receipt_at(message)).into();
        }
        detail
    }

    /// When the carrier told.
    pub(super) fn receipt_at(&self, message: &InboxMessage) -> Timestamp {
        message.sent_at + SignedDuration::from_secs(self.account.receipt_after_seconds)
    }
}

/// A number from 1 to `most`.
fn within(text: &str, most: usize) -> Option<usize> {
    text.parse().ok().filter(|number| (1..=most).contains(number))
}

/// Civil time in China.
pub(super) fn written(at: Timestamp) -> String {
    civil_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
