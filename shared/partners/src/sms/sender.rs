use crate::PartnerError;
use async_trait::async_trait;
use jiff::{Timestamp, civil::Date};
use std::{collections::BTreeMap, fmt, time::Duration};

/// A message to one number.
#[derive(Clone, PartialEq, Eq)]
pub struct Sms {
    /// A mainland mobile number, 11 digits.
    pub phone: String,
    /// The approved template.
    pub template_code: String,
    /// The template's variables.
    pub params: BTreeMap<String, String>,
    /// Our notice's number; receipts carry it back. There is no protection against sending twice.
    pub out_id: String,
}

impl fmt::Debug for Sms {
    /// The number and the values are the resident's; logs have no use for them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { template_code, out_id, phone: _, params: _ } = self;
        f.debug_struct("Sms").field("template_code", template_code).field("out_id", out_id).finish_non_exhaustive()
    }
}

/// What came of sending. What every message would meet (account, credentials, no money) is `PartnerError::Misconfigured`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsOutcome {
    /// The provider took it; the receipt tells whether it arrived.
    Accepted {
        /// The provider's number.
        biz_id: String,
    },
    /// Not sent: the number had a message just now. Send it after this long.
    Delay {
        /// How long to wait at least.
        at_least: Duration,
        /// The provider's code.
        code: String,
    },
    /// Not sent: the number had its fill for the hour or the day. Do not send this message any more.
    GiveUp {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// Not sent: this is not a number messages can go to. Mark it.
    BadNumber {
        /// The provider's code.
        code: String,
    },
    /// Not sent: our template, signature or values are wrong. Mend them; sending again changes nothing.
    OurData {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
    /// Not sent: the provider objects to the content. A person must look.
    NeedsPerson {
        /// The provider's code.
        code: String,
        /// The provider's words.
        message: String,
    },
}

/// A message the provider knows of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentSms {
    /// Our notice's number.
    pub out_id: String,
    /// Whether it arrived.
    pub receipt: SmsReceipt,
}

/// Whether a message arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SmsReceipt {
    /// The carrier has not said.
    Waiting,
    /// It did.
    Delivered,
    /// It did not.
    Failed {
        /// The carrier's code: `MK:0001`, `REJECTED`, `BLACK` …
        code: String,
    },
}

/// What an SMS provider can do.
#[async_trait]
pub trait SmsSender: Send + Sync {
    /// Sends once. After `OutcomeUnknown` the message may be on its way: look with `find_sent` a minute later.
    async fn send(&self, sms: &Sms, now: Timestamp) -> Result<SmsOutcome, PartnerError>;

    /// The message with our number among those sent to `phone` on `date` (the date in China, within 30 days).
    async fn find_sent(
        &self,
        phone: &str,
        date: Date,
        out_id: &str,
        now: Timestamp,
    ) -> Result<Option<SentSms>, PartnerError>;
}
