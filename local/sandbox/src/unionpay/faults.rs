//! What the desk and the tests make UnionPay do on purpose.

use super::{Inner, Unionpay, control::NotPaid};
use std::{collections::VecDeque, sync::PoisonError};

/// How refunds and undos end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The money is back.
    #[default]
    Success,
    /// It failed; the money stays with the merchant.
    Failed,
    /// The payer's card cannot take it.
    Card,
}

impl RefundOutcome {
    pub(super) fn code(self) -> &'static str {
        match self {
            Self::Success => "00",
            Self::Failed => "01",
            Self::Card => "61",
        }
    }
}

/// How notifications are sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// As they should be.
    #[default]
    Proper,
    /// With a certificate of the right authority and another name.
    AnotherName,
    /// With another amount, put in after signing.
    Altered,
}

/// What is set by hand, until it is set again or the process ends.
#[derive(Default)]
pub(super) struct Faults {
    pub(super) refund_outcome: RefundOutcome,
    pub(super) sending: Sending,
    /// Answers come with a certificate of another name.
    pub(super) another_name: bool,
    /// A payment is under way for a while before it is there.
    pub(super) slow: bool,
    pub(super) next_codes: VecDeque<String>,
}

impl Inner {
    pub(super) fn faults<T>(&self, with: impl FnOnce(&mut Faults) -> T) -> T {
        with(&mut self.faults.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Unionpay {
    /// How refunds end from now on.
    pub fn set_refund_outcome(&self, outcome: RefundOutcome) {
        self.0.faults(|faults| faults.refund_outcome = outcome);
    }

    /// How notifications are sent from now on.
    pub fn set_sending(&self, sending: Sending) {
        self.0.faults(|faults| faults.sending = sending);
    }

    /// Whether answers come with a certificate of another name.
    pub fn set_another_name(&self, another_name: bool) {
        self.0.faults(|faults| faults.another_name = another_name);
    }

    /// Whether payments stay under way (05) until [`Unionpay::act`] lets them through.
    pub fn set_slow(&self, slow: bool) {
        self.0.faults(|faults| faults.slow = slow);
    }

    /// The next call that is properly signed is answered with this code, and nothing is done.
    pub fn answer_next(&self, code: &str) {
        self.0.faults(|faults| faults.next_codes.push_back(code.to_owned()));
    }

    /// The form of a paid order's notification.
    pub fn notification(&self, order: &str, sending: Sending) -> Result<String, NotPaid> {
        Ok(self.0.form(&self.paid_order(order)?, sending))
    }

    /// Posts a paid order's notification now, outside the queue; answers the status it got, if it got one.
    pub async fn post_notification(&self, order: &str, sending: Sending) -> Result<Option<u16>, NotPaid> {
        let order = self.paid_order(order)?;
        Ok(self.0.post(&order, &order.back_url, sending).await)
    }
}
