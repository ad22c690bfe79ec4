//! What the desk and the tests make Alipay do on purpose.

use super::{Alipay, Inner, answers::Refusal, control::NotPaid, notify::Event};
use std::{collections::VecDeque, sync::PoisonError};

/// How refunds go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money moves with the call: `fund_change` is `Y`.
    #[default]
    AtOnce,
    /// It moves later: `fund_change` is `N`.
    Later,
    /// The merchant's balance is too small.
    BalanceTooSmall,
}

/// How a notification is sent by hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sending {
    /// As it should be.
    Proper,
    /// With a parameter that is empty, and signed along.
    EmptyValue,
    /// Signed, but for another merchant.
    WrongSeller,
    /// Changed after it was signed.
    Altered,
}

/// What is set by hand, until it is set again or the process ends.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) refund_outcome: RefundOutcome,
    next_answers: VecDeque<(String, String)>,
    lost_answers: u32,
}

impl Inner {
    pub(super) fn faults<T>(&self, with: impl FnOnce(&mut Faults) -> T) -> T {
        with(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Alipay {
    /// How refunds go from now on.
    pub fn set_refund_outcome(&self, outcome: RefundOutcome) {
        self.0.faults(|faults| faults.refund_outcome = outcome);
    }

    /// The next call that is properly signed is answered with this refusal, and nothing is done.
    pub fn answer_next(&self, code: &str, sub_code: &str) {
        self.0.faults(|faults| faults.next_answers.push_back((code.to_owned(), sub_code.to_owned())));
    }

    /// The next calls are done, and answered with 20000: nobody knows whether.
    pub fn lose_answers(&self, calls: u32) {
        self.0.faults(|faults| faults.lost_answers = calls);
    }

    pub(super) fn next_answer(&self) -> Option<Refusal> {
        let (code, sub_code) = self.0.faults(|faults| faults.next_answers.pop_front())?;
        Some(Refusal::new(code, sub_code, "sandbox"))
    }

    pub(super) fn lost_answer(&self) -> Option<Refusal> {
        let lost = self.0.faults(|faults| {
            let lost = faults.lost_answers > 0;
            faults.lost_answers = faults.lost_answers.saturating_sub(1);
            lost
        });
        lost.then(|| Refusal::new("20000", "ACQ.SYSTEM_ERROR", "系统异常"))
    }

    /// Posts a paid order's notification now, outside the queue; answers the status and the text it got, if it got any.
    pub async fn post_notification(&self, order: &str, sending: Sending) -> Result<Option<(u16, String)>, NotPaid> {
        let (form, url) = self.notification(order, sending)?;
        Ok(self.0.post(&url, form).await)
    }

    /// The form of a paid order's notification, and where it goes.
    pub fn notification(&self, order: &str, sending: Sending) -> Result<(String, String), NotPaid> {
        let trade = self.paid_order(order)?;
        let inner = &self.0;
        let mut event = Event::of_payment(inner, &trade);
        match sending {
            Sending::EmptyValue => {
                event.parameters.insert("body".to_owned(), String::new());
            }
            Sending::WrongSeller => {
                event.parameters.insert("seller_id".to_owned(), "2088000000000000".to_owned());
            }
            Sending::Proper | Sending::Altered => {}
        }
        let form = inner.form(&event.parameters);
        let form = match sending {
            Sending::Altered => form.replace("total_amount=", "total_amount=1"),
            Sending::Proper | Sending::EmptyValue | Sending::WrongSeller => form,
        };
        Ok((form, trade.notify_url.unwrap_or_default()))
    }
}
