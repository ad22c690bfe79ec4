//! What an error answer means for the caller. Branches on the code only; 4xx and 5xx answers are not signed.

use crate::ChannelError;
use heatpay_domain::Channel;
use heatpay_ports::OutboundResponse;
use serde::Deserialize;

#[derive(Debug, Default, Deserialize)]
struct Body {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
}

/// An answer that leaves open whether it was done.
#[derive(Debug, thiserror::Error)]
#[error("HTTP {status} {code}")]
pub(super) struct Unclear {
    pub(super) status: u16,
    pub(super) code: String,
}

/// An error answer, classified.
pub(super) struct Failure {
    status: u16,
    code: String,
    message: String,
}

impl Failure {
    pub(super) fn of(answer: &OutboundResponse) -> Self {
        let body: Body = serde_json::from_slice(&answer.body).unwrap_or_default();
        Self { status: answer.status.as_u16(), code: body.code, message: body.message }
    }

    /// The code; empty where it is not WeChat that speaks.
    pub(super) fn code(&self) -> &str {
        if self.is_told() { &self.code } else { "" }
    }

    /// The order or refund is not known there.
    pub(super) fn is_unknown_order(&self) -> bool {
        self.is_told() && matches!(self.code.as_str(), "ORDER_NOT_EXIST" | "RESOURCE_NOT_EXISTS" | "ORDERNOTEXIST")
    }

    /// The order was paid; the exact code is not documented for every call.
    pub(super) fn is_already_paid(&self) -> bool {
        self.is_told() && matches!(self.code.as_str(), "ORDERPAID" | "ORDER_PAID" | "TRADE_ERROR")
    }

    /// The order was closed before.
    pub(super) fn is_closed(&self) -> bool {
        self.is_told() && matches!(self.code.as_str(), "ORDER_CLOSED" | "ORDERCLOSED")
    }

    /// WeChat took the request and says no, as against a machine on the way or one that broke.
    fn is_told(&self) -> bool {
        (400..=499).contains(&self.status) && !self.code.is_empty()
    }

    pub(super) fn into_error(self) -> ChannelError {
        let channel = Channel::Wechatpay;
        let told = self.is_told();
        let Self { status, code, message } = self;
        match (status, code.as_str()) {
            (401, _) => ChannelError::Misconfigured { channel, code },
            (429, _) => ChannelError::TryLater { channel, code },
            (_, "SIGN_ERROR" | "NO_AUTH" | "APPID_MCHID_NOT_MATCH" | "MCH_NOT_EXISTS") if told => {
                ChannelError::Misconfigured { channel, code }
            }
            // The merchant's balance is too small for a refund: it works after a top-up, under the same number.
            (_, "NOT_ENOUGH" | "FREQUENCY_LIMITED" | "FREQUENCY_LIMIT_EXCEED" | "RATELIMIT_EXCEEDED") if told => {
                ChannelError::TryLater { channel, code }
            }
            // Said when the same number comes again after it was paid or with other parameters: only a query tells.
            (_, "OUT_TRADE_NO_USED" | "ORDERPAID" | "ORDER_PAID" | "TRADE_ERROR") => unclear(status, code),
            _ if told => ChannelError::Refused { channel, code, message },
            // 202 is accepted and not done; 5xx is anything; no code is not WeChat speaking.
            _ => unclear(status, code),
        }
    }
}

fn unclear(status: u16, code: String) -> ChannelError {
    ChannelError::OutcomeUnknown { channel: Channel::Wechatpay, source: Box::new(Unclear { status, code }) }
}
