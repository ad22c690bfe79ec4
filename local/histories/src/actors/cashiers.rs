//! Two cashiers take cash at the counter, each with a drawer: what is in it is the truth that the till's records are held against.
//! A cashier who gets no answer asks again with the same voucher; who gets a no hands the money back.

use crate::{
    actors::{
        http::{self, answer},
        processes,
        staff::token,
    },
    beginning::ACCOUNTS,
    dice::Dice,
    tables::text,
    world::{Waits, World},
};
use ::http::{Method, StatusCode};
use serde_json::{Value, json};

/// What the bills ask for until the end of the month, paid whole; who owes something else is sent home with his money.
const PRICES: [(&str, i64); 3] =
    [("B2025S1000000001", 48_000), ("B2026S1000000001", 221_562), ("B2026S1000000002", 178_201)];

/// Where the money of an entry is, as its cashier knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cash {
    /// On the counter: no answer yet.
    Waits,
    /// In the drawer.
    Kept,
    /// In the drawer; it is to be taken back, and no answer yet.
    GoesBack,
    /// Handed back.
    HandedBack,
}

/// Cash that somebody brought.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which of staff.
    pub who: u8,
    /// How much.
    pub amount: i64,
    /// Where it is.
    pub cash: Cash,
    payment_no: String,
    body: String,
}

/// What a cashier may do; `who` is 0 or 1, the first or the second of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Somebody brings cash for some of a household's bills: 0 all, 1 the oldest, 2 the newest.
    Take {
        /// Which cashier.
        who: u8,
        /// For which household.
        household: u8,
        /// Which bills.
        which: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// The latest entry without an answer is recorded again.
    TakeAgain {
        /// How far the handler comes now.
        steps: u8,
    },
    /// One of the latest entries is taken back.
    Reverse {
        /// Which; 0 is the last.
        nth: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// The day is closed with what the drawer holds.
    Close {
        /// Which cashier.
        who: u8,
        /// How far the handler comes now.
        steps: u8,
    },
}

/// What a cashier does next.
pub fn think(dice: &mut Dice) -> Deed {
    let (who, steps) = (dice.small(2), processes::steps(dice));
    match dice.below(10) {
        0..=3 => Deed::Take { who, household: dice.small(2), which: dice.choose(&[(4, 0), (2, 1), (2, 2)]), steps },
        4 => Deed::TakeAgain { steps },
        5..=7 => Deed::Reverse { nth: dice.choose(&[(4, 0), (1, 1)]), steps },
        _ => Deed::Close { who, steps },
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Take { who, household, which, steps } => take(world, who * 2, household, which, steps),
            Self::TakeAgain { steps } => {
                if let Some(at) = world.counter.iter().rposition(|entry| entry.cash == Cash::Waits) {
                    record(world, at, steps);
                }
            }
            Self::Reverse { nth, steps } => {
                let known = world.counter.iter().enumerate().rev().filter(|(_, entry)| !entry.payment_no.is_empty());
                if let Some(at) = known.map(|(at, _)| at).nth(usize::from(nth)) {
                    reverse(world, at, steps);
                }
            }
            Self::Close { who, steps } => close(world, who * 2, steps),
        }
    }
}

fn take(world: &mut World, who: u8, household: u8, which: u8, steps: u8) {
    let account = ACCOUNTS[usize::from(household)];
    let prices = PRICES.iter().filter(|(bill_no, _)| bill_no.ends_with(account));
    let open: Vec<_> = {
        let state = world.town.state();
        let owed = |bill_no: &str| {
            let mut bills = state.tables.items("households").filter(|bill| text(bill, "bill_no") == bill_no);
            bills.any(|bill| text(bill, "status") == "issued")
        };
        prices.filter(|(bill_no, _)| owed(bill_no)).collect()
    };
    let chosen: Vec<_> = match which {
        0 => open,
        1 => open.into_iter().take(1).collect(),
        _ => open.into_iter().rev().take(1).collect(),
    };
    if chosen.is_empty() {
        return;
    }
    let amount = chosen.iter().map(|(_, price)| price).sum();
    let bill_nos: Vec<_> = chosen.iter().map(|(bill_no, _)| bill_no).collect();
    let voucher = format!("V{}", world.counter.len() + 1);
    let body = json!({ "account_no": account, "bill_nos": bill_nos, "channel": "cash", "voucher_no": voucher,
        "amount_fen": amount });
    let entry = Entry { who, amount, cash: Cash::Waits, payment_no: String::new(), body: body.to_string() };
    world.counter.push(entry);
    record(world, world.counter.len() - 1, steps);
}

/// Records an entry, or records it again.
pub fn record(world: &mut World, at: usize, steps: u8) {
    let Entry { who, body, .. } = world.counter[at].clone();
    let name = || format!("Person {who} records at the counter: {body}");
    send(world, who, "payments", body.clone(), name, Waits::Till { entry: at, back: false }, steps);
}

/// Takes an entry back, or tries again.
pub fn reverse(world: &mut World, at: usize, steps: u8) {
    let Entry { who, payment_no, cash, .. } = world.counter[at].clone();
    if cash == Cash::Kept {
        world.counter[at].cash = Cash::GoesBack;
    }
    let name = || format!("Person {who} takes {payment_no} back.");
    let body = json!({ "reason": "wrong household" }).to_string();
    let path = format!("payments/{payment_no}/reversal");
    send(world, who, &path, body, name, Waits::Till { entry: at, back: true }, steps);
}

/// Closes the day with what the drawer holds of it.
pub fn close(world: &mut World, who: u8, steps: u8) {
    let drawer = drawer(world, who);
    let name = || format!("Person {who} closes the day with {drawer} fen in the drawer.");
    let counted = json!({ "cash_fen": drawer, "pos_fen": 0, "cheque_fen": 0, "transfer_fen": 0 });
    let body = json!({ "counted": counted }).to_string();
    send(world, who, "till/close", body, name, Waits::Staff { who, key: None }, steps);
}

/// What is in a drawer.
pub fn drawer(world: &World, who: u8) -> i64 {
    let kept = world.counter.iter().filter(|entry| entry.who == who);
    kept.filter(|entry| matches!(entry.cash, Cash::Kept | Cash::GoesBack)).map(|entry| entry.amount).sum()
}

fn send(world: &mut World, who: u8, path: &str, body: String, name: impl FnOnce() -> String, waits: Waits, steps: u8) {
    let path = format!("/api/staff/counter/{path}");
    let request = http::request(Method::POST, &path, &token(world, who), None, body);
    let router = world.handlers.counter.clone();
    world.start(name, waits, steps, answer(router, request));
}

/// A cashier hears what became of an entry.
pub fn hear(world: &mut World, at: usize, back: bool, status: StatusCode, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let entry = &mut world.counter[at];
    match (status.as_u16(), back) {
        (200 | 201, false) => {
            entry.payment_no = body["payment_no"].as_str().unwrap_or_default().to_owned();
            entry.cash = match entry.cash {
                Cash::Waits => Cash::Kept,
                // Asked twice, refused once, and the other came through after all: what was handed back is taken back here, too.
                Cash::HandedBack => Cash::GoesBack,
                cash @ (Cash::Kept | Cash::GoesBack) => cash,
            };
        }
        (409 | 422, false) if entry.cash == Cash::Waits => entry.cash = Cash::HandedBack,
        (200, true) => entry.cash = Cash::HandedBack,
        (409, true) if entry.cash == Cash::GoesBack => entry.cash = Cash::Kept,
        (503, back) => doubt(entry, back),
        // It was said before.
        (409 | 422, _) => {}
        (status, _) => world.town.state().wrong(format!("a cashier is told {status}: {body}")),
    }
}

/// A request that may have been done was not answered: its entry is asked about again.
pub fn doubt(entry: &mut Entry, back: bool) {
    entry.cash = match (entry.cash, back) {
        (Cash::Kept, true) => Cash::GoesBack,
        (Cash::HandedBack, false) if entry.payment_no.is_empty() => Cash::Waits,
        (cash, _) => cash,
    };
}
