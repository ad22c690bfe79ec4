use super::{ALIYUN_SMS, AliyunSms, codes::Verdict};
use crate::{
    PartnerError,
    sms::{Sms, SmsOutcome},
};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendAnswer {
    #[serde(flatten)]
    verdict: Verdict,
    biz_id: Option<String>,
}

impl AliyunSms {
    pub(super) async fn send_sms(&self, sms: &Sms, now: Timestamp) -> Result<SmsOutcome, PartnerError> {
        let params = serde_json::to_string(&sms.params)
            .map_err(|error| PartnerError::refused(ALIYUN_SMS, "unwritable_params", error.to_string()))?;
        let query = BTreeMap::from([
            ("PhoneNumbers", sms.phone.clone()),
            ("SignName", self.settings.sign_name.clone()),
            ("TemplateCode", sms.template_code.clone()),
            ("TemplateParam", params),
            ("OutId", sms.out_id.clone()),
        ]);
        let answer = self.call("SendSms", &query, now).await?;
        let read: SendAnswer = serde_json::from_slice(&answer.body)
            .map_err(|error| PartnerError::unreadable(ALIYUN_SMS, &answer, Some(error)))?;
        if let Some(failure) = read.verdict.general_failure(answer.status) {
            return Err(failure);
        }
        match (read.verdict.code.as_str(), read.biz_id) {
            ("OK", Some(biz_id)) => Ok(SmsOutcome::Accepted { biz_id }),
            // Taken, but without the number its receipts carry.
            ("OK", None) => Err(PartnerError::unreadable(ALIYUN_SMS, &answer, None)),
            _ => Ok(read.verdict.into_outcome()),
        }
    }
}
