//! A payment as it is first written, before anybody was asked for the money.

use super::{Allocation, Payment, PaymentStatus, Scene, total};
use crate::{AccountNo, Channel, Fen, PaymentNo};
use jiff::{SignedDuration, Timestamp};

/// How long a payment stands whose money is with us already: nothing closes it.
const NEVER_EXPIRES: SignedDuration = SignedDuration::from_hours(24 * 365);

/// How it is paid.
#[derive(Clone, Debug)]
pub struct Way {
    /// The channel.
    pub channel: Channel,
    /// Our merchant number there.
    pub merchant: String,
    /// How the client pays.
    pub scene: Scene,
}

/// What it is for.
#[derive(Clone, Debug)]
pub enum Purpose {
    /// Bills.
    Bills(Vec<Allocation>),
    /// 预存: bills to come.
    BillsToCome(Fen),
}

impl Payment {
    /// A payment of nobody in particular and without a title; after `lifetime` the channel refuses the payer, without one nothing
    /// closes it. `None`: its parts add up to more than can be paid.
    pub fn new(
        payment_no: PaymentNo,
        account_no: AccountNo,
        way: Way,
        purpose: Purpose,
        now: Timestamp,
        lifetime: Option<SignedDuration>,
    ) -> Option<Self> {
        let (amount, prepaid, allocations) = match purpose {
            Purpose::Bills(allocations) => (total(&allocations)?, Fen::ZERO, allocations),
            Purpose::BillsToCome(amount) => (amount, amount, Vec::new()),
        };
        Some(Self {
            payment_no,
            account_no,
            resident_id: None,
            counter: None,
            channel: way.channel,
            merchant: way.merchant,
            scene: way.scene,
            openid: None,
            status: PaymentStatus::Submitting,
            amount,
            prepaid,
            allocations,
            invoice_title_sealed: None,
            handle: None,
            created_at: now,
            expires_at: now + lifetime.unwrap_or(NEVER_EXPIRES),
            paid_at: None,
            channel_txn: None,
            asked: 0,
            version: 1,
        })
    }
}
