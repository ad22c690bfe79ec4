//! A household pays ahead, is billed, and wants back what is left.

use crate::{
    actors::{processes, residents, staff},
    beginning::{self, AHEAD},
    dice::Dice,
    queues::Queue,
    tables::{Item, number, text},
    world::{World, ready},
};
use heatpay_domain::ledger::issue_bill;
use heatpay_store::billing::NewBill;
use serde_json::json;

/// What may happen about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A device pays so many fen ahead.
    Prepay {
        /// On which device.
        device: u8,
        /// How much.
        fen: i64,
        /// How far the handler comes now.
        steps: u8,
    },
    /// The household's next season is billed.
    Bill {
        /// How much is asked for.
        fen: i64,
    },
    /// A device presses pay for the household's bills.
    Press {
        /// On which device.
        device: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// One of staff asks for what was paid ahead with a payment to be paid back.
    Return {
        /// Who.
        who: u8,
        /// Of which payment.
        of: Of,
        /// All of it, or a third.
        all: bool,
        /// How far the handler comes now.
        steps: u8,
    },
}

/// Which advance is asked back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Of {
    /// The latest.
    Latest,
    /// The one before.
    Before,
    /// One that was asked back before.
    Again,
}

/// What happens next about it.
pub fn think(dice: &mut Dice) -> Deed {
    let (device, steps) = (dice.small(2), processes::steps(dice));
    match dice.below(12) {
        0..=3 => Deed::Prepay { device, fen: dice.choose(&[(3, 50_000), (3, 120_000), (1, 900_000), (1, 100)]), steps },
        4..=6 => Deed::Bill { fen: dice.choose(&[(2, 80_000), (2, 120_000), (1, 300_001)]) },
        7 => Deed::Press { device, steps },
        _ => {
            let of = dice.choose(&[(4, Of::Latest), (1, Of::Before), (2, Of::Again)]);
            Deed::Return { who: dice.small(3), of, all: dice.percent(60), steps }
        }
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Prepay { device, fen, steps } => prepay(world, device, fen, steps),
            Self::Bill { fen } => bill(world, fen),
            Self::Press { device, steps } => residents::press(world, device, 2, 0, steps),
            Self::Return { who, of, all, steps } => {
                if let Some(body) = wanted(world, of, all) {
                    staff::ask(world, who, body, steps);
                }
            }
        }
    }
}

/// A device pays ahead.
pub fn prepay(world: &mut World, device: u8, fen: i64, steps: u8) {
    let body = json!({ "account_no": AHEAD, "amount_fen": fen, "channel": "wechatpay", "scene": "native" });
    let name = |key: &str| format!("Device {device} pays {fen} fen ahead under the key {key}.");
    residents::ask(world, device, "/api/prepayments", body.to_string(), name, steps);
}

/// The next season is billed as `bill-generate` does it: bill and postings at once, then the household is to draw. Its queue delivers
/// until both are done.
pub fn bill(world: &World, fen: i64) {
    let (season, at) = {
        let state = world.town.state();
        let billed = state.tables.items("households").filter(|item| text(item, "account_no") == AHEAD);
        let billed = billed.filter(|item| text(item, "item").starts_with("bill#")).count();
        (2026_i16.saturating_add(i16::try_from(billed).unwrap_or(0)), state.now)
    };
    let Ok(bill) = beginning::bill(2, season, fen) else { return };
    world.town.state().tell(|| format!("The season {season} is billed: {fen} fen."));
    let new = NewBill { postings: issue_bill(&bill, at), bill, remind_on: None };
    while ready(world.handlers.new_bills.write(std::slice::from_ref(&new))).is_err() {}
    let mut state = world.town.state();
    let (id, now) = (state.number(), state.now);
    state.queues.send(id, Queue::Prepayment, json!({ "account_no": AHEAD }).to_string(), now);
}

/// The body of a request for a return.
fn wanted(world: &World, of: Of, all: bool) -> Option<String> {
    let state = world.town.state();
    let mut paid: Vec<_> = state
        .tables
        .items("payments")
        .filter(|item| text(item, "status") == "paid" && number(item, "prepaid") > 0)
        .collect();
    paid.sort_unstable_by_key(|item| text(item, "payment_no"));
    let again = |item: &&Item| {
        let no = text(item, "payment_no");
        state.tables.items("refunds").any(|refund| text(refund, "payment_no") == no)
    };
    let mut latest_first = paid.into_iter().rev();
    let payment = match of {
        Of::Latest => latest_first.next(),
        Of::Before => latest_first.nth(1),
        Of::Again => latest_first.find(again),
    }?;
    let fen = number(payment, "prepaid") / if all { 1 } else { 3 };
    let body = json!({ "payment_no": text(payment, "payment_no"), "kind": "prepayment", "reason": "prepayment_return",
        "prepaid_fen": fen });
    Some(body.to_string())
}
