//! What the desk and the tests make WeChat Pay do on purpose.

use super::{
    Inner, Wechatpay,
    answers::{Refusal, Signer},
    certificates::Renewed,
    control::NotPaid,
    notify::Event,
};
use axum::http::HeaderMap;
use std::sync::{Arc, PoisonError};

/// How refunds end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is back.
    #[default]
    Success,
    /// Given up; the money stays with the merchant.
    Closed,
    /// The payer's card cannot take it.
    Abnormal,
}

impl RefundOutcome {
    pub(super) fn status(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Closed => "CLOSED",
            Self::Abnormal => "ABNORMAL",
        }
    }
}

/// How a notification is sent by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// As it should be.
    Proper,
    /// Signed with the platform certificate.
    PlatformCertificate,
    /// Signed six minutes ago.
    Stale,
    /// The probe by which WeChat finds out whether signatures are checked: it must not be believed.
    SignTest,
    /// Changed after it was signed.
    Altered,
}

/// What is set by hand, until it is set again or the process ends.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) refund_outcome: RefundOutcome,
    pub(super) signer: Signer,
    pub(super) renewed: Option<Arc<Renewed>>,
    next_answers: std::collections::VecDeque<(u16, String)>,
}

impl Inner {
    pub(super) fn faults<T>(&self, with: impl FnOnce(&mut Faults) -> T) -> T {
        with(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wechatpay {
    /// How refunds end from now on.
    pub fn set_refund_outcome(&self, outcome: RefundOutcome) {
        self.0.faults(|faults| faults.refund_outcome = outcome);
    }

    /// Which key signs answers and notifications from now on.
    pub fn set_signer(&self, signer: Signer) {
        self.0.faults(|faults| faults.signer = signer);
    }

    /// The next call that is properly signed is answered with this error, and nothing is done.
    pub fn answer_next(&self, status: u16, code: &str) {
        self.0.faults(|faults| faults.next_answers.push_back((status, code.to_owned())));
    }

    pub(super) fn next_answer(&self) -> Option<Refusal> {
        let (status, code) = self.0.faults(|faults| faults.next_answers.pop_front())?;
        Some(Refusal::new(status, code, "sandbox"))
    }

    /// Posts a paid order's notification now, outside the queue; answers the status it got, if it got one.
    pub async fn post_notification(&self, order: &str, sending: Sending) -> Result<Option<u16>, NotPaid> {
        let url = self.paid_order(order)?.notify_url;
        let (headers, body) = self.notification(order, sending)?;
        Ok(self.0.post(&url, headers, body).await)
    }

    /// The signed headers and the body of a paid order's notification.
    pub fn notification(&self, order: &str, sending: Sending) -> Result<(HeaderMap, String), NotPaid> {
        let order = self.paid_order(order)?;
        let inner = &self.0;
        let (_, mut body) = inner.envelope(&Event::of_payment(&inner.show(&order, inner.now())));
        let (signer, at) = match sending {
            Sending::PlatformCertificate => (Signer::PlatformCertificate, inner.now()),
            Sending::Stale => (Signer::PublicKey, inner.now() - 360),
            Sending::Proper | Sending::SignTest | Sending::Altered => (Signer::PublicKey, inner.now()),
        };
        let mut headers = inner.signed(&body, at, signer);
        match sending {
            Sending::SignTest => {
                let signature =
                    headers.get("wechatpay-signature").and_then(|value| value.to_str().ok()).unwrap_or_default();
                let probe = format!("WECHATPAY/SIGNTEST/{}", signature.get(19..).unwrap_or_default());
                if let Ok(probe) = probe.parse() {
                    headers.insert("wechatpay-signature", probe);
                }
            }
            Sending::Altered => body = body.replace("支付成功", "支付失败"),
            Sending::Proper | Sending::PlatformCertificate | Sending::Stale => {}
        }
        Ok((headers, body))
    }
}
