use super::{WEIXIN, Weixin, values::fitted};
use crate::PartnerError;
use jiff::Timestamp;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt};

/// A subscribe message. One grant of the person carries one message; nothing protects against sending twice.
#[derive(Clone, PartialEq, Eq)]
pub struct SubscribeMessage {
    /// The person.
    pub openid: String,
    /// The template.
    pub template_id: String,
    /// The page it opens: `pages/bill?no=B1`.
    pub page: Option<String>,
    /// Values by the template's keys (`thing1`, `amount2`); cut or refused by the rule of the key's kind before they go out.
    pub values: BTreeMap<String, String>,
}

impl fmt::Debug for SubscribeMessage {
    /// The openid and the values are the resident's; logs have no use for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { template_id, page: _, openid: _, values: _ } = self;
        f.debug_struct("SubscribeMessage").field("template_id", template_id).finish_non_exhaustive()
    }
}

/// What came of sending. What every message would meet (token, template, page, quota) is `PartnerError::Misconfigured`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MessageOutcome {
    /// Sent.
    Sent {
        /// WeChat's number, where it gives one.
        msgid: Option<String>,
    },
    /// The person refused or has no grant left: set the grants to nought, use SMS.
    NoGrant,
    /// WeChat knows no such openid here.
    UnknownOpenid,
    /// WeChat has stopped messages to this person or from us, for a time or for good.
    Stopped {
        /// WeChat's code.
        code: String,
    },
    /// A value breaks its rule: mend the template's settings; sending again changes nothing.
    OurData {
        /// Which and why.
        message: String,
    },
}

#[derive(Deserialize)]
struct Answer {
    msgid: Option<serde_json::Value>,
}

impl Weixin {
    /// Sends once.
    pub async fn send_message(
        &self,
        message: &SubscribeMessage,
        now: Timestamp,
    ) -> Result<MessageOutcome, PartnerError> {
        let mut data = serde_json::Map::new();
        for (key, value) in &message.values {
            match fitted(key, value) {
                Ok(value) => data.insert(key.clone(), serde_json::json!({ "value": value })),
                Err(unfit) => return Ok(MessageOutcome::OurData { message: unfit.to_string() }),
            };
        }
        let mut body = serde_json::json!({
            "touser": message.openid,
            "template_id": message.template_id,
            "data": data,
            "miniprogram_state": self.settings.miniprogram_state.as_str(),
            "lang": "zh_CN",
        });
        if let Some(page) = &message.page {
            body["page"] = page.as_str().into();
        }
        let refusal = match self.call::<Answer>("/cgi-bin/message/subscribe/send", &body, now).await? {
            Ok(Answer { msgid }) => {
                let msgid = msgid.map(|id| id.as_str().map_or_else(|| id.to_string(), str::to_owned));
                return Ok(MessageOutcome::Sent { msgid });
            }
            Err(refusal) => refusal,
        };
        let code = refusal.errcode.to_string();
        match refusal.errcode {
            43101 => Ok(MessageOutcome::NoGrant),
            40003 => Ok(MessageOutcome::UnknownOpenid),
            43107 | 43108 => Ok(MessageOutcome::Stopped { code }),
            47003 => Ok(MessageOutcome::OurData { message: refusal.errmsg }),
            40037 | 41030 => Err(PartnerError::Misconfigured { partner: WEIXIN, code }),
            _ => Err(refusal.into_error()),
        }
    }
}
