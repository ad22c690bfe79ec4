//! Money that goes back to where it came from.

mod claim;
mod given_back;
mod measured;
mod paid_out;
mod reason;
mod states;

pub use claim::{InvoiceStage, OtherPayout, RefundClaim, RefundKind, RefundPart};
pub use given_back::{BillBack, CannotGiveBack, GivenBack, Sums, Wanted};
pub use measured::{CannotCompute, Computed, MeasuredDay, low_temperature, standby};
pub use paid_out::{CannotBook, PaidOut, paid_out};
pub use reason::{RefundReason, StaffReason};
pub use states::{RefundEvent, RefundStatus};

use crate::{
    AccountNo, Channel, Fen, PaymentNo, ReceiptNo, RefundNo, payment::Payment, receipt::Receipt, states::Refused,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The most steps a refund remembers; one that goes back and forth for weeks forgets the middle.
const MAX_STEPS: usize = 40;

/// A refund came to stand somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundStep {
    /// Where.
    pub status: RefundStatus,
    /// When.
    pub at: Timestamp,
}

/// A refund of a receipt, whole or in part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    /// Its number.
    pub refund_no: RefundNo,
    /// The receipt whose money goes back.
    pub receipt_no: ReceiptNo,
    /// The channel it came by.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// The channel's transaction it came by.
    pub channel_txn: String,
    /// The payment of ours it came for.
    pub payment_no: Option<PaymentNo>,
    /// That payment's household.
    pub account_no: Option<AccountNo>,
    /// What goes back.
    pub amount: Fen,
    /// What the payer had been charged for the whole order.
    pub order_amount: Fen,
    /// When the channel had taken it.
    pub paid_at: Timestamp,
    /// Why.
    pub reason: RefundReason,
    /// Where it stands.
    pub status: RefundStatus,
    /// How many numbers it has had at the channel, from 1: see [`Refund::number_at_channel`].
    pub attempt: u32,
    /// When the number of this attempt was fixed; UnionPay knows a refund by its number and this time.
    pub numbered_at: Timestamp,
    /// The channel's number, once it named one.
    pub channel_refund_no: Option<String>,
    /// The channel's last words where it did not go through.
    pub error: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When the payer had the money.
    pub refunded_at: Option<Timestamp>,
    /// How often the channel was asked about it.
    pub asked: u32,
    /// What staff asked for. `None`: a rule sends back money that had no place.
    #[serde(default)]
    pub claim: Option<RefundClaim>,
    /// How else the payer got the money, said by one person and not yet, or then, confirmed by a second.
    #[serde(default)]
    pub otherwise: Option<OtherPayout>,
    /// Where it has stood, oldest first.
    #[serde(default)]
    pub steps: Vec<RefundStep>,
    /// Counts every write; conditions compare it.
    pub version: u64,
}

impl Refund {
    /// The refund of what a receipt could not book, approved by rule.
    pub(crate) fn of_receipt(receipt: &Receipt, amount: Fen, reason: RefundReason) -> Self {
        Self {
            refund_no: RefundNo::of_receipt(&receipt.receipt_no),
            receipt_no: receipt.receipt_no.clone(),
            channel: receipt.channel,
            merchant: receipt.merchant.clone(),
            channel_txn: receipt.channel_txn.clone(),
            payment_no: receipt.payment_no.clone(),
            account_no: receipt.account_no.clone(),
            amount,
            order_amount: receipt.amount,
            paid_at: receipt.paid_at,
            reason,
            status: RefundStatus::Approved,
            attempt: 1,
            numbered_at: receipt.received_at,
            channel_refund_no: None,
            error: None,
            created_at: receipt.received_at,
            refunded_at: None,
            asked: 0,
            claim: None,
            otherwise: None,
            steps: vec![RefundStep { status: RefundStatus::Approved, at: receipt.received_at }],
            version: 1,
        }
    }

    /// What staff asks for of a paid payment, to be approved by a second person. `None`: the payment is not paid, or the sum
    /// does not fit.
    pub fn of_payment(
        refund_no: RefundNo,
        payment: &Payment,
        reason: StaffReason,
        claim: RefundClaim,
        now: Timestamp,
    ) -> Option<Self> {
        let channel_txn = payment.channel_txn.clone()?;
        let amount = claim.parts.iter().try_fold(claim.prepaid, |sum, part| sum.checked_add(part.amount()?))?;
        Some(Self {
            refund_no,
            receipt_no: ReceiptNo::of(payment.channel, &channel_txn),
            channel: payment.channel,
            merchant: payment.merchant.clone(),
            channel_txn,
            payment_no: Some(payment.payment_no.clone()),
            account_no: Some(payment.account_no.clone()),
            amount,
            order_amount: payment.amount,
            paid_at: payment.paid_at?,
            reason: RefundReason::Staff(reason),
            status: RefundStatus::Requested,
            attempt: 1,
            numbered_at: now,
            channel_refund_no: None,
            error: None,
            created_at: now,
            refunded_at: None,
            asked: 0,
            claim: Some(claim),
            otherwise: None,
            steps: vec![RefundStep { status: RefundStatus::Requested, at: now }],
            version: 1,
        })
    }

    /// The refund after an event, version one up.
    pub fn after(&self, event: RefundEvent, at: Timestamp) -> Result<Self, Refused> {
        let status = self.status.on(event)?;
        let mut after = Self { status, version: self.version + 1, ..self.clone() };
        if status != self.status {
            if after.steps.len() >= MAX_STEPS {
                after.steps.remove(MAX_STEPS / 2);
            }
            after.steps.push(RefundStep { status, at });
        }
        Ok(after)
    }

    /// What staff sends out again: another number at the channel, dated now, and the channel is asked from the beginning.
    pub fn retried(&self, now: Timestamp) -> Result<Self, Refused> {
        let after = self.after(RefundEvent::RetryAsked, now)?;
        Ok(Self { attempt: self.attempt + 1, numbered_at: now, asked: 0, error: None, otherwise: None, ..after })
    }

    /// How far the payment's invoice has come, where staff asked for the refund.
    pub fn invoice_stage(&self) -> Option<InvoiceStage> {
        self.claim.as_ref().map(|claim| claim.invoice)
    }

    /// The refund with its payment's invoice that far.
    #[must_use]
    pub fn with_invoice(mut self, stage: InvoiceStage) -> Self {
        if let Some(claim) = &mut self.claim {
            claim.invoice = stage;
        }
        self
    }

    /// Something is still to be done about it without a person: the channel is to be told or asked, or the invoice brought in
    /// line.
    pub fn has_work(&self) -> bool {
        let invoice_open = self.invoice_stage() == Some(InvoiceStage::Cleared);
        match self.status {
            RefundStatus::Approved | RefundStatus::Processing => true,
            RefundStatus::Succeeded | RefundStatus::PaidOtherwise | RefundStatus::Declined => invoice_open,
            RefundStatus::Requested | RefundStatus::Failed | RefundStatus::Abnormal => false,
        }
    }

    /// The number this refund has at the channel now (`out_refund_no`); `RefundNo::of_attempt` leads back.
    pub fn number_at_channel(&self) -> RefundNo {
        self.refund_no.attempt(self.attempt).unwrap_or_else(|_| self.refund_no.clone())
    }
}
