//! What a refusal means for the caller. Branches on the codes only; the texts are for the log.

use crate::ChannelError;
use heatpay_domain::Channel;
use serde::Deserialize;

/// Our keys, our clock or what we are allowed to call: no call gets through.
const CREDENTIALS: [&str; 14] = [
    "invalid-signature",
    "invalid-signature-type",
    "missing-signature",
    "missing-signature-type",
    "missing-signature-config",
    "invalid-app-id",
    "missing-app-id",
    "app-id-not-exist",
    "invalid-timestamp",
    "missing-timestamp",
    "invalid-app-cert-sn",
    "missing-app-cert-sn",
    "invalid-alipay-root-cert-sn",
    "invalid-auth-token",
];

/// The head that every answer of a method has.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Head {
    /// `10000` is done; an OAuth token comes without a code.
    pub(super) code: Option<String>,
    #[serde(default)]
    msg: String,
    #[serde(default)]
    sub_code: String,
    #[serde(default)]
    sub_msg: String,
}

/// An answer that leaves open whether it was done.
#[derive(Debug, thiserror::Error)]
#[error("{code} {sub_code}")]
pub(super) struct Unclear {
    code: String,
    sub_code: String,
}

/// A refusal.
#[derive(Debug)]
pub(super) struct Failure {
    /// Whether Alipay signed it: what nobody signed is never an answer about an order.
    signed: bool,
    code: String,
    sub_code: String,
    message: String,
}

impl Failure {
    pub(super) fn of(head: Head, signed: bool) -> Self {
        let message = if head.sub_msg.is_empty() { head.msg } else { head.sub_msg };
        Self { signed, code: head.code.unwrap_or_default(), sub_code: head.sub_code, message }
    }

    /// The reason without its prefix: some come as `ACQ.…`, some without.
    fn reason(&self) -> &str {
        self.sub_code.rsplit('.').next().unwrap_or_default()
    }

    /// Alipay took the request and says no, for one of these reasons.
    pub(super) fn is(&self, reasons: &[&str]) -> bool {
        self.is_told() && reasons.contains(&self.reason())
    }

    fn is_told(&self) -> bool {
        self.signed && matches!(self.code.as_str(), "40001" | "40002" | "40003" | "40004")
    }

    /// An unknown trade. Of an order to be paid on Alipay's page: nobody has signed in there yet.
    pub(super) fn is_unknown_trade(&self) -> bool {
        self.is(&["TRADE_NOT_EXIST"])
    }

    pub(super) fn into_refused(self) -> ChannelError {
        ChannelError::Refused { channel: Channel::Alipay, code: self.name(), message: self.message }
    }

    pub(super) fn into_error(self) -> ChannelError {
        let channel = Channel::Alipay;
        let told = self.is_told();
        match (self.code.as_str(), self.reason()) {
            ("40005", _) => ChannelError::TryLater { channel, code: self.name() },
            ("20001" | "40006", _) => ChannelError::Misconfigured { channel, code: self.name() },
            ("40001" | "40002" | "40003", reason) if CREDENTIALS.contains(&reason) => {
                ChannelError::Misconfigured { channel, code: self.name() }
            }
            (_, "ACCESS_FORBIDDEN") if told => ChannelError::Misconfigured { channel, code: self.name() },
            // The merchant's balance is too small for a refund: it works after a top-up, under the same number.
            (_, "SELLER_BALANCE_NOT_ENOUGH" | "SYSTEM_RATE_LIMIT" | "USER_RATE_LIMIT") if told => {
                ChannelError::TryLater { channel, code: self.name() }
            }
            (_, "SYSTEM_ERROR") => self.into_unclear(),
            // Said when the same number comes again after it was paid or with other parameters: only a query tells.
            (_, "TRADE_HAS_SUCCESS" | "TRADE_HAS_FINISHED" | "CONTEXT_INCONSISTENT") => self.into_unclear(),
            _ if told => self.into_refused(),
            // 20000 and 10003 are open; the rest is not Alipay speaking.
            _ => self.into_unclear(),
        }
    }

    fn into_unclear(self) -> ChannelError {
        unclear(Unclear { code: self.code, sub_code: self.sub_code })
    }

    fn name(&self) -> String {
        if self.sub_code.is_empty() { self.code.clone() } else { self.sub_code.clone() }
    }
}

/// Alipay may have done it.
pub(super) fn unclear(source: impl std::error::Error + Send + Sync + 'static) -> ChannelError {
    ChannelError::OutcomeUnknown { channel: Channel::Alipay, source: Box::new(source) }
}

/// The answer has not the fields it must have.
pub(super) fn incomplete(what: &str) -> ChannelError {
    unclear(Unclear { code: "10000".to_owned(), sub_code: format!("the answer has no {what}") })
}

/// No answer of the gateway at all.
pub(super) fn no_answer(status: http::StatusCode) -> ChannelError {
    unclear(Unclear { code: format!("HTTP {}", status.as_u16()), sub_code: "no answer of the gateway".to_owned() })
}
