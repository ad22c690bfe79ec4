//! A payment: one order at one channel for one or several bills of a household.

mod allocate;
mod decide;
mod new;
mod offers;
mod reverse;
mod settle;
mod states;

pub use allocate::{AllocateError, MAX_BILLS, allocate, total};
pub use decide::{Decision, Prepaid, Settlement, decide};
pub use new::{Purpose, Way};
pub use offers::{Client, OFFERS, Offer, Scene, offers_in};
pub use reverse::{Reversal, reverse};
pub use settle::{hold, release};
pub use states::PaymentEvent;

use crate::{AccountNo, BillNo, Channel, Fen, PaymentNo, ResidentId, Season, counter::CounterEntry};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// Written here; whether the channel knows it is not certain yet.
    Submitting,
    /// The channel waits for the payer.
    Pending,
    /// Money received and booked to the bills.
    Paid,
    /// 冲正: recorded at the counter by mistake and taken back the same day.
    Reversed,
    /// We asked the channel to close it and have no answer yet.
    Closing,
    /// The channel confirmed that it can no longer be paid.
    Closed,
    /// The channel refused the order, or its money came with another amount.
    Rejected,
}

/// What a payment pays of one bill, fixed when the payment is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allocation {
    /// The bill.
    pub bill_no: BillNo,
    /// Its season.
    pub season: Season,
    /// Principal that the bill is reduced by (before the discount).
    pub principal: Fen,
    /// Late fee as of the day the payment was made.
    pub late_fee: Fen,
    /// Early-payment discount given; the payer pays `principal + late_fee − discount`.
    pub discount: Fen,
}

impl Allocation {
    /// What the payer pays for this bill, `None` where it does not fit.
    pub fn amount(&self) -> Option<Fen> {
        self.principal.checked_add(self.late_fee)?.checked_sub(self.discount)
    }
}

/// A payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Its number, the order number at the channel.
    pub payment_no: PaymentNo,
    /// The household whose bills it pays.
    pub account_no: AccountNo,
    /// Who started it; nobody of the residents where staff recorded it at the counter.
    pub resident_id: Option<ResidentId>,
    /// What staff recorded at the counter.
    pub counter: Option<CounterEntry>,
    /// The channel.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// How the client pays.
    pub scene: Scene,
    /// The payer's openid, where the scene needs one.
    pub openid: Option<String>,
    /// Where it stands.
    pub status: PaymentStatus,
    /// What the payer is asked for.
    pub amount: Fen,
    /// What of it is paid ahead (预存), for bills to come. Such a payment pays no bill.
    #[serde(default)]
    pub prepaid: Fen,
    /// What it pays; with `prepaid` the parts add up to `amount`. Once paid: what was booked, which is less where a part went back.
    pub allocations: Vec<Allocation>,
    /// The title of the invoice asked for together with the payment, sealed: it names a person.
    pub invoice_title_sealed: Option<String>,
    /// What the channel gave us to hand to the client (prepay_id, h5_url, code_url, tn, or a form).
    pub handle: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on the channel refuses the payer.
    pub expires_at: Timestamp,
    /// When the channel took the money.
    pub paid_at: Option<Timestamp>,
    /// The channel's transaction number, once paid.
    pub channel_txn: Option<String>,
    /// How often the channel was asked about it.
    pub asked: u32,
    /// Counts every write; conditions compare it.
    pub version: u64,
}
