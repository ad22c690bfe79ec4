use super::{
    Desk,
    answers::{Answer, Trouble},
};
use crate::audit::audit as audit_books;
use axum::{
    Json,
    extract::{Path, State},
};
use heatpay_domain::calendar::{civil_time, moment};
use heatpay_ports::Clock;
use heatpay_store::books::Books;
use jiff::{SignedDuration, ToSpan};
use serde::Deserialize;
use serde_json::json;

/// The clock, the queues, the bills.
pub(super) async fn state(State(desk): State<Desk>) -> Answer {
    let world = desk.world()?;
    let counts = world.engines.queues.counts().await.map_err(Trouble::inside)?;
    let queues: Vec<_> = counts
        .iter()
        .filter(|queue| queue.dead_letter_queue.is_some())
        .map(|queue| {
            json!({
                "name": queue.name, "waiting": queue.visible, "delayed": queue.delayed,
                "in_flight": queue.in_flight, "dead": queue.dead,
            })
        })
        .collect();
    let books = read_books(&desk).await?;
    let issued: Vec<_> = books.bills.iter().filter(|bill| bill.season == desk.season).collect();
    Ok(Json(json!({
        "now": world.clock.now().to_string(),
        "ahead_seconds": world.clock.ahead().as_secs(),
        "season": desk.season.to_string(),
        "run": { "bills": issued.len(), "amount_fen": issued.iter().map(|bill| bill.total.0).sum::<i64>() },
        "queues": queues,
    })))
}

#[derive(Deserialize)]
pub(super) struct Move {
    advance_seconds: Option<i64>,
    to_hour: Option<i8>,
}

/// Moves the clock forward: by seconds, or to the next time it is that hour in China.
pub(super) async fn move_clock(State(desk): State<Desk>, Json(wanted): Json<Move>) -> Answer {
    let world = desk.world()?;
    let by = match wanted {
        Move { advance_seconds: Some(seconds), .. } => SignedDuration::from_secs(seconds.clamp(0, 366 * 86_400)),
        Move { to_hour: Some(hour), .. } => until_hour(world.clock.now(), hour).ok_or(Trouble::Missing)?,
        Move { .. } => SignedDuration::ZERO,
    };
    world.clock.advance(by).map_err(Trouble::inside)?;
    world.engines.queues.wake();
    Ok(Json(json!({ "now": world.clock.now().to_string() })))
}

fn until_hour(now: jiff::Timestamp, hour: i8) -> Option<SignedDuration> {
    let civil = civil_time(now);
    if civil.hour() == hour {
        return Some(SignedDuration::ZERO);
    }
    let today = civil.with().hour(hour).minute(0).second(0).subsec_nanosecond(0).build().ok()?;
    let next = if today > civil { today } else { today.checked_add(1.day()).ok()? };
    Some(moment(next)?.duration_since(now))
}

/// Runs a function's schedule now.
pub(super) async fn run_schedule(State(desk): State<Desk>, Path(function): Path<String>) -> Answer {
    let world = desk.world()?;
    match world.run_schedule(&function).await {
        Ok(true) => Ok(Json(json!({ "ran": function }))),
        Ok(false) => Err(Trouble::Missing),
        Err(error) => Err(Trouble::inside(error)),
    }
}

/// Goes through the books, and compares them with the money the third party says it holds.
pub(super) async fn audit(State(desk): State<Desk>) -> Answer {
    let world = desk.world()?;
    let audit = audit_books(&read_books(&desk).await?);
    let provider_fen = world.parties.money_held().map_err(Trouble::inside)?;
    let mut answer = serde_json::to_value(&audit).map_err(Trouble::inside)?;
    answer["provider_fen"] = json!(provider_fen);
    Ok(Json(answer))
}

async fn read_books(desk: &Desk) -> Result<heatpay_store::books::Everything, Trouble> {
    let world = desk.world()?;
    let context = world.operator().await.map_err(Trouble::inside)?;
    let books = Books::of(&context).map_err(Trouble::inside)?;
    books.read().await.map_err(Trouble::inside)
}
