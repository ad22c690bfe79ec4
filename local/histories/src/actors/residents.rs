//! Two residents of both households, each with a device: they press pay, repeat what got no answer, and give up.

use crate::{
    actors::http::{self, answer},
    beginning::ACCOUNTS,
    dice::Dice,
    tables::text,
    world::{Waits, World},
};
use ::http::{Method, Request, StatusCode};
use axum::body::Body;
use heatpay_domain::{AccountNo, ResidentId};
use heatpay_runtime::auth::Claims;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A device remembers what it asked for, so that it can ask again under the same key.
#[derive(Clone, Debug, Default)]
pub struct Device {
    keys: u32,
    last: Option<(String, String)>,
    /// The payment each key made, as it was told.
    made: BTreeMap<String, String>,
}

/// What a resident may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Presses pay for some of a household's bills: 0 all, 1 the oldest, 2 the newest.
    Press {
        /// On which device.
        device: u8,
        /// For which household.
        household: u8,
        /// Which bills.
        which: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// Sends the device's last request again, under its key.
    Repeat {
        /// On which device.
        device: u8,
        /// How far the handler comes now.
        steps: u8,
    },
    /// Cancels one of the payments; 0 is the latest.
    Cancel {
        /// On which device.
        device: u8,
        /// Which.
        nth: u8,
        /// How far the handler comes now.
        steps: u8,
    },
}

/// What a resident thinks of.
pub fn think(dice: &mut Dice) -> Deed {
    let device = dice.small(2);
    let steps = super::processes::steps(dice);
    match dice.below(12) {
        0..=6 => Deed::Press {
            device,
            household: u8::from(dice.percent(30)),
            which: dice.choose(&[(6, 0), (2, 1), (1, 2)]),
            steps,
        },
        7..=8 => Deed::Repeat { device, steps },
        _ => Deed::Cancel { device, nth: dice.small(2), steps },
    }
}

impl Deed {
    /// Does it.
    pub fn happen(&self, world: &mut World) {
        match self {
            Self::Press { device, household, which, steps } => press(world, *device, *household, *which, *steps),
            Self::Repeat { device, steps } => {
                if let Some((key, body)) = world.devices[usize::from(*device)].last.clone() {
                    let name = || format!("Device {device} sends the request {key} again.");
                    order(world, *device, key.clone(), body, name, *steps);
                }
            }
            Self::Cancel { device, nth, steps } => {
                let Some(number) = payment(world, *nth) else { return };
                let name = || format!("Device {device} cancels {number}.");
                let path = format!("/api/payments/{number}/cancel");
                let request = request(world, *device, Method::POST, &path, None, "{}".to_owned());
                let router = world.handlers.create.clone();
                world.start(name, Waits::Nobody, *steps, answer(router, request));
            }
        }
    }
}

/// The nth-latest payment there is.
pub fn payment(world: &World, nth: u8) -> Option<String> {
    let state = world.town.state();
    let mut numbers: Vec<_> = state.tables.items("payments").map(|item| text(item, "payment_no").to_owned()).collect();
    numbers.sort_unstable();
    numbers.into_iter().rev().nth(usize::from(nth))
}

fn press(world: &mut World, device: u8, household: u8, which: u8, steps: u8) {
    let account = ACCOUNTS[usize::from(household)];
    let bills: Vec<String> = {
        let state = world.town.state();
        let open = state.tables.items("households").filter(|bill| text(bill, "account_no") == account);
        let open = open.filter(|bill| text(bill, "status") == "issued");
        open.map(|bill| text(bill, "bill_no").to_owned()).collect()
    };
    let chosen = match which {
        0 => bills,
        1 => bills.into_iter().take(1).collect(),
        _ => bills.into_iter().rev().take(1).collect(),
    };
    if chosen.is_empty() {
        return;
    }
    let remembered = &mut world.devices[usize::from(device)];
    remembered.keys += 1;
    let key = format!("device-{device}-{}", remembered.keys);
    let name = || format!("Device {device} presses pay for {} under the key {key}.", chosen.join(" and "));
    let body =
        json!({ "account_no": account, "bill_nos": chosen, "channel": "wechatpay", "scene": "native" }).to_string();
    remembered.last = Some((key.clone(), body.clone()));
    order(world, device, key.clone(), body, name, steps);
}

fn order(world: &mut World, device: u8, key: String, body: String, name: impl FnOnce() -> String, steps: u8) {
    let request = request(world, device, Method::POST, "/api/payments", Some(&key), body);
    let router = world.handlers.create.clone();
    world.start(name, Waits::Device { device, key }, steps, answer(router, request));
}

/// A device hears the answer to its request: the same key must always be told the same payment.
pub fn hear(world: &mut World, device: u8, key: &str, status: StatusCode, body: &[u8]) {
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    // Made; held, paid or changed meanwhile; refused by the channel; no answer now.
    if !matches!(status.as_u16(), 201 | 409 | 422 | 503) {
        world.town.state().wrong(format!("device {device} is told {status}: {body}"));
    }
    let Some(number) = body["payment_no"].as_str() else { return };
    let told = world.devices[usize::from(device)].made.entry(key.to_owned()).or_insert_with(|| number.to_owned());
    if told != number {
        let wrong = format!("the key {key} made {told}, and then {number}");
        world.town.state().wrong(wrong);
    }
}

fn request(world: &World, device: u8, method: Method, path: &str, key: Option<&str>, body: String) -> Request<Body> {
    http::request(method, path, &token(world, device), key, body)
}

/// An access token as `session` gives it.
fn token(world: &World, device: u8) -> String {
    let expires = world.town.state().now.as_second() + 60;
    let resident = ResidentId::parse(format!("U0000000{device}"));
    let accounts = ACCOUNTS.iter().filter_map(|account| AccountNo::parse(*account).ok()).collect();
    let claims = resident.map(|sub| Claims { sub, acc: accounts, oid: None, ali: None, exp: expires });
    claims.map(|claims| world.handlers.tokens.sign(&claims)).unwrap_or_default()
}
