use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Path, State},
};
use heatpay_domain::{AccountNo, RepairNo, repair::RepairEvent};
use heatpay_ports::Clock;
use heatpay_store::repairs::Repairs;
use serde::Deserialize;
use serde_json::json;

/// What the company does about a fault.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Work {
    account_no: AccountNo,
    event: Event,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Event {
    Dispatched,
    Started,
    Finished,
    TurnedDown,
}

impl Event {
    const fn of_repair(self) -> RepairEvent {
        match self {
            Self::Dispatched => RepairEvent::Dispatched,
            Self::Started => RepairEvent::Started,
            Self::Finished => RepairEvent::Finished,
            Self::TurnedDown => RepairEvent::TurnedDown,
        }
    }
}

/// Plays the company's dispatcher and its worker: moves a reported fault on.
pub(super) async fn work(
    State(desk): State<Desk>,
    Path(repair_no): Path<RepairNo>,
    Json(Work { account_no, event }): Json<Work>,
) -> Answer {
    let world = desk.world()?;
    let context = world.operator().await.map_err(Trouble::inside)?;
    let repairs = Repairs::of(&context).map_err(Trouble::inside)?;
    let found = repairs.find_of_households(&repair_no, &[account_no]).await.map_err(Trouble::inside)?;
    let repair = found.ok_or(Trouble::Missing)?;
    let after =
        repair.on(event.of_repair(), world.clock.now()).map_err(|refused| Trouble::Refused(refused.to_string()))?;
    repairs.keep(&after).await.map_err(Trouble::inside)?;
    Ok(Json(json!({ "status": after.status })))
}
