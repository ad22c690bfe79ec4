use super::{ALIYUN_SMS, AliyunSms, codes::Verdict};
use crate::{
    PartnerError,
    sms::{SentSms, SmsReceipt},
};
use jiff::{Timestamp, civil::Date};
use serde::Deserialize;
use std::collections::BTreeMap;

const PAGE_SIZE: u32 = 50;
/// Flow control lets a number have about 50 messages a day, so two pages hold them all.
const MOST_PAGES: u32 = 4;

#[derive(Deserialize)]
struct DetailsAnswer {
    #[serde(flatten)]
    verdict: Verdict,
    #[serde(rename = "SmsSendDetailDTOs", default)]
    details: Details,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(rename = "SmsSendDetailDTO", default)]
    list: Vec<Detail>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Detail {
    send_status: i64,
    #[serde(default)]
    err_code: String,
    #[serde(default)]
    out_id: String,
}

impl AliyunSms {
    pub(super) async fn query_details(
        &self,
        phone: &str,
        date: Date,
        out_id: &str,
        now: Timestamp,
    ) -> Result<Option<SentSms>, PartnerError> {
        for page in 1..=MOST_PAGES {
            let details = self.page_of_details(phone, date, page, now).await?;
            let full = details.len() >= PAGE_SIZE as usize;
            if let Some(found) = details.into_iter().find(|detail| detail.out_id == out_id) {
                return found.into_sent().map(Some);
            }
            if !full {
                break;
            }
        }
        Ok(None)
    }

    async fn page_of_details(
        &self,
        phone: &str,
        date: Date,
        page: u32,
        now: Timestamp,
    ) -> Result<Vec<Detail>, PartnerError> {
        let query = BTreeMap::from([
            ("PhoneNumber", phone.to_owned()),
            ("SendDate", date.strftime("%Y%m%d").to_string()),
            ("PageSize", PAGE_SIZE.to_string()),
            ("CurrentPage", page.to_string()),
        ]);
        let answer = self.call("QuerySendDetails", &query, now).await?;
        let read: DetailsAnswer = serde_json::from_slice(&answer.body)
            .map_err(|error| PartnerError::unreadable(ALIYUN_SMS, &answer, Some(error)))?;
        if let Some(failure) = read.verdict.general_failure(answer.status) {
            return Err(failure);
        }
        if read.verdict.code != "OK" {
            return Err(PartnerError::refused(ALIYUN_SMS, &read.verdict.code, read.verdict.message));
        }
        Ok(read.details.list)
    }
}

impl Detail {
    fn into_sent(self) -> Result<SentSms, PartnerError> {
        let receipt = match self.send_status {
            1 => SmsReceipt::Waiting,
            2 => SmsReceipt::Failed { code: self.err_code },
            3 => SmsReceipt::Delivered,
            other => {
                let source = format!("send status {other}").into();
                return Err(PartnerError::OutcomeUnknown { partner: ALIYUN_SMS, source });
            }
        };
        Ok(SentSms { out_id: self.out_id, receipt })
    }
}
