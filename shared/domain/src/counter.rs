//! 柜台收款: cash, POS, cheque and transfer that staff records with a voucher, and the cashier's close of the day.

use crate::{Channel, Evidence, EvidenceSource, Fen, StaffNo, VoucherNo, payment::Payment};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What staff recorded at the counter; it is the proof of the payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterEntry {
    /// Who recorded it.
    pub cashier: StaffNo,
    /// The household's branch.
    pub branch: String,
    /// Its voucher.
    pub voucher_no: VoucherNo,
    /// The day of the cashier's till it belongs to.
    pub day: Date,
}

impl CounterEntry {
    /// What stands for the channel's transaction number: a branch's voucher is used once.
    pub fn transaction(&self) -> String {
        format!("{}-{}", self.branch, self.voucher_no)
    }
}

/// The evidence of a payment recorded at the counter; always the same one. `None` for a payment by an online channel.
pub fn evidence(payment: &Payment) -> Option<Evidence> {
    let entry = payment.counter.as_ref()?;
    Some(Evidence {
        channel: payment.channel,
        merchant: payment.merchant.clone(),
        payment_no: payment.payment_no.to_string(),
        channel_txn: entry.transaction(),
        amount: payment.amount,
        paid_at: payment.created_at,
        payer: None,
        source: EvidenceSource::Counter,
        raw: format!(
            "cashier={} branch={} voucher={} day={}",
            entry.cashier, entry.branch, entry.voucher_no, entry.day
        ),
    })
}

/// What a cashier took in on one day, by tender, less what was taken back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Till(BTreeMap<Channel, Fen>);

/// A tender whose money is not what was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TillDifference {
    /// The tender.
    pub channel: Channel,
    /// By the records.
    pub recorded: Fen,
    /// As counted.
    pub counted: Fen,
}

impl Till {
    /// These sums; tenders left out are nothing.
    pub fn new(sums: impl IntoIterator<Item = (Channel, Fen)>) -> Self {
        Self(sums.into_iter().filter(|(channel, _)| channel.is_counter()).collect())
    }

    /// The sum of a tender.
    pub fn of(&self, channel: Channel) -> Fen {
        self.0.get(&channel).copied().unwrap_or(Fen::ZERO)
    }

    /// Every tender whose counted money is not what was recorded; a till that balances has none.
    pub fn differences(&self, counted: &Self) -> Vec<TillDifference> {
        let pairs = Channel::COUNTER.into_iter().map(|channel| (channel, self.of(channel), counted.of(channel)));
        pairs
            .filter(|(_, recorded, counted)| recorded != counted)
            .map(|(channel, recorded, counted)| TillDifference { channel, recorded, counted })
            .collect()
    }
}
