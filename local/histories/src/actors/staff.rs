//! Three of staff: a clerk who may only ask, and two of finance. They ask for refunds, whole, in part, by bill or for too much;
//! they decide about each other's and try to decide about their own; at the desk they see to what the channel did not pay out.

use crate::{
    actors::{
        http::{self, answer},
        processes,
    },
    dice::Dice,
    tables::{Item, number, text},
    world::{Waits, World},
};
use ::http::{Method, StatusCode};
use heatpay_domain::{
    StaffNo,
    staff::{Branches, Role},
};
use heatpay_runtime::staff::{Audience, StaffClaims};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The people: number and roles. Who is of finance may ask, decide and see to the desk.
pub const PEOPLE: [(&str, &[Role]); 3] = [
    ("E0000001", &[Role::Billing, Role::Cashier]),
    ("E0000002", &[Role::Finance]),
    ("E0000003", &[Role::Finance, Role::Cashier]),
];

/// A person remembers what he asked for, so that he can ask again under the same key.
#[derive(Clone, Debug, Default)]
pub struct Person {
    keys: u32,
    last: Option<(String, String)>,
    made: BTreeMap<String, String>,
}

/// How much of what a payment paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Much {
    /// Every bill, whole.
    All,
    /// One bill, whole.
    Bill,
    /// A third of every bill's principal.
    Third,
    /// One bill and a fen more.
    TooMuch,
}

/// What is done at the desk about a refund that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AtDesk {
    /// It goes out again.
    Retry,
    /// The money is kept.
    GiveUp,
    /// It was paid another way.
    SayOtherwise,
    /// A second person has seen that.
    ConfirmOtherwise,
}

/// What staff may do; `who` is the person's place in [`PEOPLE`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Asks for a refund of one of the latest paid payments.
    Ask { who: u8, nth: u8, much: Much, reopen: bool, steps: u8 },
    /// Sends his last request again, under its key.
    AskAgain { who: u8, steps: u8 },
    /// Approves or declines one of the refunds that wait for it; 0 is the oldest.
    Decide { who: u8, nth: u8, agrees: bool, steps: u8 },
    /// Does something about one of the refunds that failed; 0 is the oldest.
    Desk { who: u8, nth: u8, how: AtDesk, steps: u8 },
}

/// What staff thinks of.
pub fn think(dice: &mut Dice) -> Deed {
    let (who, nth, steps) = (dice.small(3), dice.choose(&[(5, 0), (1, 1)]), processes::steps(dice));
    match dice.below(12) {
        0..=3 => Deed::Ask {
            who,
            nth,
            much: dice.choose(&[(4, Much::All), (2, Much::Bill), (3, Much::Third), (1, Much::TooMuch)]),
            reopen: dice.percent(60),
            steps,
        },
        4 => Deed::AskAgain { who, steps },
        5..=9 => Deed::Decide { who, nth, agrees: dice.percent(85), steps },
        _ => {
            let how =
                [(3, AtDesk::Retry), (1, AtDesk::GiveUp), (2, AtDesk::SayOtherwise), (2, AtDesk::ConfirmOtherwise)];
            Deed::Desk { who, nth, how: dice.choose(&how), steps }
        }
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match *self {
            Self::Ask { who, nth, much, reopen, steps } => {
                if let Some(body) = wanted(world, nth, much, reopen) {
                    ask(world, who, body, steps);
                }
            }
            Self::AskAgain { who, steps } => {
                let Some((key, body)) = world.staff[usize::from(who)].last.clone() else { return };
                let name = || format!("Person {who} sends the request {key} again.");
                send(world, who, "/api/staff/refunds", Some(&key), body, name, steps);
            }
            Self::Decide { who, nth, agrees, steps } => {
                if let Some(refund_no) = nth_refund(world, nth, |refund| text(refund, "status") == "requested") {
                    decide(world, who, &refund_no, agrees, steps);
                }
            }
            Self::Desk { who, nth, how, steps } => {
                if let Some(refund_no) = nth_refund(world, nth, |refund| text(refund, "status") == "failed") {
                    at_desk(world, who, &refund_no, how, steps);
                }
            }
        }
    }
}

/// Asks for a refund under a new key, and remembers what he asked for.
pub fn ask(world: &mut World, who: u8, body: String, steps: u8) {
    let person = &mut world.staff[usize::from(who)];
    person.keys += 1;
    let key = format!("person-{who}-{}", person.keys);
    person.last = Some((key.clone(), body.clone()));
    let name = || format!("Person {who} asks for a refund under the key {key}: {body}");
    send(world, who, "/api/staff/refunds", Some(&key), body.clone(), name, steps);
}

/// Approves or declines.
pub fn decide(world: &mut World, who: u8, refund_no: &str, agrees: bool, steps: u8) {
    let (what, body) = if agrees { ("approve", json!({})) } else { ("decline", json!({ "reason": "not signed" })) };
    let name = || format!("Person {who} wants to {what} {refund_no}.");
    send(world, who, &format!("/api/staff/refunds/{refund_no}/{what}"), None, body.to_string(), name, steps);
}

/// Does something about a refund that failed, or is abnormal.
pub fn at_desk(world: &mut World, who: u8, refund_no: &str, how: AtDesk, steps: u8) {
    let (what, body) = match how {
        AtDesk::Retry => ("retry", json!({})),
        AtDesk::GiveUp => ("give-up", json!({ "reason": "the resident agrees" })),
        AtDesk::SayOtherwise => {
            ("paid-otherwise", json!({ "voucher_no": "V-1", "paid_on": "2026-11-23", "note": "by transfer" }))
        }
        AtDesk::ConfirmOtherwise => ("paid-otherwise/confirm", json!({})),
    };
    let name = || format!("Person {who} sees to {refund_no}: {what}.");
    send(world, who, &format!("/api/staff/refunds/{refund_no}/{what}"), None, body.to_string(), name, steps);
}

/// The nth of the refunds for which that holds, by their numbers.
fn nth_refund(world: &World, nth: u8, test: impl Fn(&Item) -> bool) -> Option<String> {
    let state = world.town.state();
    let found = state.tables.items("refunds").filter(|refund| test(refund));
    found.map(|refund| text(refund, "refund_no").to_owned()).nth(usize::from(nth))
}

/// The body of a request for a refund.
fn wanted(world: &World, nth: u8, much: Much, reopen: bool) -> Option<String> {
    let state = world.town.state();
    let mut paid: Vec<&Item> = state.tables.items("payments").filter(|item| text(item, "status") == "paid").collect();
    paid.sort_unstable_by_key(|item| text(item, "payment_no"));
    let payment = paid.into_iter().rev().nth(usize::from(nth))?;
    let parts = payment.get("allocations")?["L"].as_array()?.iter().filter_map(|part| part["M"].as_object());
    let parts: Vec<Value> = parts.map(|part| wanted_part(part, much)).collect();
    if parts.is_empty() {
        return None;
    }
    let parts = match much {
        Much::All | Much::Third => parts,
        Much::Bill | Much::TooMuch => parts.into_iter().rev().take(1).collect(),
    };
    let kind = if reopen { "reopen" } else { "write_down" };
    let payment_no = text(payment, "payment_no");
    Some(json!({ "payment_no": payment_no, "kind": kind, "reason": "billed_too_much", "parts": parts }).to_string())
}

fn wanted_part(part: &Item, much: Much) -> Value {
    let (principal, late_fee) = (number(part, "principal"), number(part, "late_fee"));
    let (principal, late_fee) = match much {
        Much::All | Much::Bill => (principal, late_fee),
        Much::Third => (principal / 3, 0),
        Much::TooMuch => (principal + 1, late_fee),
    };
    json!({ "bill_no": text(part, "bill_no"), "principal_fen": principal, "late_fee_fen": late_fee })
}

/// Sends a person's request.
pub fn send(
    world: &mut World,
    who: u8,
    path: &str,
    key: Option<&str>,
    body: String,
    name: impl FnOnce() -> String,
    steps: u8,
) {
    let request = http::request(Method::POST, path, &token(world, who), key, body);
    let router = world.handlers.refund_admin.clone();
    let waits = Waits::Staff { who, key: key.map(str::to_owned) };
    world.start(name, waits, steps, answer(router, request));
}

/// A person hears an answer: the same key must always be told the same refund.
pub fn hear(world: &mut World, who: u8, key: Option<&str>, status: StatusCode, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    // Done; refused; no till today; changed meanwhile or too much; not now.
    if !matches!(status.as_u16(), 200 | 201 | 403 | 404 | 409 | 422 | 503) {
        world.town.state().wrong(format!("person {who} is told {status}: {body}"));
    }
    let (Some(key), Some(number)) = (key, body["refund_no"].as_str()) else { return };
    let told = world.staff[usize::from(who)].made.entry(key.to_owned()).or_insert_with(|| number.to_owned());
    if told != number {
        let wrong = format!("the key {key} made {told}, and then {number}");
        world.town.state().wrong(wrong);
    }
}

/// An access token as `staff-session` gives it.
pub fn token(world: &World, who: u8) -> String {
    let (staff_no, roles) = PEOPLE[usize::from(who)];
    let claims = StaffNo::parse(staff_no).map(|sub| StaffClaims {
        aud: Audience::Staff,
        sub,
        name: "a person".to_owned(),
        roles: roles.iter().copied().collect(),
        branches: Branches::All,
        sid: staff_no.to_owned(),
        generation: 1,
        exp: world.town.state().now.as_second() + 60,
    });
    claims.map(|claims| world.handlers.staff_tokens.sign(&claims)).unwrap_or_default()
}
