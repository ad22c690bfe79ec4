//! Morning after morning the days before are reconciled, until every day is closed or all that is open on it is known.

use super::settle_down;
use crate::{
    actors::time::{day_to_match, morning},
    beginning::MOMENT,
    provider::MERCHANT,
    tables::{Item, number, text},
    town::State,
    world::World,
};
use heatpay_domain::calendar::civil_date;
use jiff::{ToSpan, civil::Date};

/// More than evidence, its refund, and the statement of that need.
const MORNINGS: usize = 5;

/// Reconciles.
pub(super) fn reconcile(world: &mut World) {
    for _ in 0..MORNINGS {
        morning(world);
        let days = days_before(&world.town.state());
        for day in days {
            if stands(&world.town.state(), day).is_none_or(|day| text(day, "state") != "closed") {
                day_to_match(world, day);
            }
        }
        settle_down(world);
        let state = world.town.state();
        let moved_today = state.provider.moved_on(civil_date(state.now));
        if !moved_today && days_before(&state).into_iter().all(|day| why_open(&state, day).is_none()) {
            break;
        }
    }
    let mut state = world.town.state();
    for day in days_before(&state) {
        if let Some(why) = why_open(&state, day) {
            state.wrong(format!("the day {day} is not closed: {why}"));
        }
    }
}

/// The days that are over and on which something happened at the provider, or on the day before: what our books have and a day's
/// statement has not is held until the next is there.
fn days_before(state: &State) -> Vec<Date> {
    let today = civil_date(state.now);
    let moved = |day: Date| state.provider.moved_on(day);
    let days = civil_date(MOMENT).series(1.day()).take_while(|day| *day < today);
    days.filter(|day| moved(*day) || day.yesterday().is_ok_and(moved) || stands(state, *day).is_some()).collect()
}

fn stands(state: &State, day: Date) -> Option<&Item> {
    let day = day.to_string();
    state.tables.items("reconcile_days").find(|item| text(item, "day") == day)
}

/// Why a day is open, where nobody knows it. Our own statement tells nothing of another merchant's money, which our books have as a
/// stray, and of its way back.
fn why_open(state: &State, day: Date) -> Option<String> {
    let Some(stands) = stands(state, day) else { return Some("it was never taken up".to_owned()) };
    if text(stands, "state") == "closed" {
        return None;
    }
    let of_day = day.to_string();
    let cases = state.tables.items("reconcile_cases").filter(|case| text(case, "day") == of_day);
    let mut open = cases.filter(|case| text(case, "state") == "open").peekable();
    if open.peek().is_none() {
        let of = |name| number(stands, name);
        return Some(format!("nothing but {} held and {} to settle", of("held"), of("to_settle")));
    }
    let unknown = open.find(|case| {
        let difference = case.get("difference").and_then(|difference| difference["M"].as_object());
        difference.is_none_or(|difference| {
            let txn = text(difference, "channel_txn");
            let others = state.provider.txns.iter().any(|known| known.txn == txn && known.merchant != MERCHANT);
            !(others && text(difference, "class") == "ours_only")
        })
    });
    unknown.map(|case| serde_json::Value::Object(case.clone()).to_string())
}
