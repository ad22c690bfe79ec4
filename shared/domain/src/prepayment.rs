//! 预存: money that a household pays before anything is owed. It is not the company's income but what it owes the household
//! (预收), until a bill draws on it or it goes back to where it came from.
//!
//! A draw is a payment of its own, by the channel `prepayment`: it holds the bill, its evidence goes through the settlement queue
//! like everybody's, it has a receipt, an invoice can be made of it, and it can be given back, which is to say to the balance.

use crate::{
    AccountNo, BillNo, Channel, Evidence, EvidenceSource, Fen, PaymentNo,
    bill::{AmountDue, Bill, amount_due},
    payment::{Allocation, MAX_BILLS, Payment, Purpose, Scene, Way},
};
use jiff::{Timestamp, civil::Date};

/// What stands for the merchant number of a draw.
const MERCHANT: &str = "prepayment";

/// Why a household cannot pay ahead.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannotPrepay {
    /// Less than 1 yuan, or more than one payment may come to.
    #[error("an advance is 1 to {} yuan", Fen::PAYMENT_LIMIT.yuan())]
    Amount,
    /// A bill is owed: that is paid first.
    #[error("bill {0} is owed")]
    Owes(BillNo),
    /// With it more would be paid ahead than the company takes.
    #[error("at most {} yuan are taken in advance, {} are there", .limit.yuan(), .balance.yuan())]
    OverLimit {
        /// The most a household may have.
        limit: Fen,
        /// What it has.
        balance: Fen,
    },
}

/// Whether a household with these bills and this balance may pay `amount` ahead. Who owes pays what he owes; and nobody parks money
/// with the company.
pub fn check(bills: &[Bill], balance: Fen, amount: Fen, limit: Fen) -> Result<(), CannotPrepay> {
    if amount < Fen(100) || amount > Fen::PAYMENT_LIMIT {
        return Err(CannotPrepay::Amount);
    }
    if let Some(owed) = bills.iter().find(|bill| bill.open_principal().is_positive()) {
        return Err(CannotPrepay::Owes(owed.bill_no.clone()));
    }
    match balance.checked_add(amount) {
        Some(after) if after <= limit => Ok(()),
        Some(_) | None => Err(CannotPrepay::OverLimit { limit, balance }),
    }
}

/// What a balance pays of a household's bills today: the oldest season first, each as far as the balance goes, with its late fee and
/// its discount like any payment. A bill that a payment holds stops it: a later season is not paid before.
pub fn draw(bills: &[Bill], balance: Fen, today: Date) -> Vec<Allocation> {
    let mut owed: Vec<&Bill> = bills.iter().filter(|bill| bill.open_principal().is_positive()).collect();
    owed.sort_by(|a, b| (a.season, &a.bill_no).cmp(&(b.season, &b.bill_no)));
    let mut left = balance;
    let mut drawn = Vec::new();
    for bill in owed.into_iter().take(MAX_BILLS) {
        if bill.open_payment.is_some() {
            break;
        }
        let due = amount_due(bill, today);
        let Some(part) = fitting(bill, due, left) else { break };
        left = left.less(part.amount().unwrap_or(left));
        let whole = part.principal == due.principal;
        drawn.push(part);
        if !whole {
            break;
        }
    }
    drawn
}

/// Something of the balance is left, and a bill is owed that a payment holds: once that is paid or closed, there may be more to draw.
pub fn is_held_up(bills: &[Bill], drawn: &[Allocation], balance: Fen) -> bool {
    let left = crate::payment::total(drawn).map_or(Fen::ZERO, |money| balance.less(money));
    left.is_positive() && bills.iter().any(|bill| bill.open_principal().is_positive() && bill.open_payment.is_some())
}

/// The most of a bill that `money` pays. A part takes its share of late fee and discount along, like in [`Payment`]'s settling.
fn fitting(bill: &Bill, due: AmountDue, money: Fen) -> Option<Allocation> {
    let part = |principal: Fen| {
        let share = |whole: Fen| whole.share(i128::from(principal.0), i128::from(due.principal.0));
        let (late_fee, discount) = (share(due.late_fee)?, share(due.discount)?);
        Some(Allocation { bill_no: bill.bill_no.clone(), season: bill.season, principal, late_fee, discount })
    };
    let fits = |part: &Allocation| part.amount().is_some_and(|amount| amount <= money);
    if let Some(whole) = part(due.principal).filter(fits) {
        return Some(whole);
    }
    // What a part costs grows with its principal: the largest that fits is between one that does and one that does not.
    let (mut does, mut does_not) = (0, due.principal.0);
    while does_not - does > 1 {
        let middle = does + (does_not - does) / 2;
        if part(Fen(middle)).as_ref().is_some_and(fits) { does = middle } else { does_not = middle }
    }
    part(Fen(does)).filter(|part| part.amount().is_some_and(Fen::is_positive))
}

/// The payment that draws on the balance. `None`: nothing is drawn, or it does not fit.
pub fn payment(
    payment_no: PaymentNo,
    account_no: &AccountNo,
    allocations: Vec<Allocation>,
    now: Timestamp,
) -> Option<Payment> {
    let way = Way { channel: Channel::Prepayment, merchant: MERCHANT.to_owned(), scene: Scene::Balance };
    Payment::new(payment_no, account_no.clone(), way, Purpose::Bills(allocations), now, None)
        .filter(|payment| payment.amount.is_positive())
}

/// The evidence of a draw: the money was taken out of the balance when the payment was written. Always the same one. `None` for a
/// payment by a channel or at the counter.
pub fn evidence(payment: &Payment) -> Option<Evidence> {
    (payment.channel == Channel::Prepayment).then(|| Evidence {
        channel: payment.channel,
        merchant: payment.merchant.clone(),
        payment_no: payment.payment_no.to_string(),
        channel_txn: payment.payment_no.to_string(),
        amount: payment.amount,
        paid_at: payment.created_at,
        payer: None,
        source: EvidenceSource::Prepayment,
        raw: format!("household={}", payment.account_no),
    })
}
