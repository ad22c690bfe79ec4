use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Query, State},
};
use heatpay_domain::{AccountNo, bill::amount_due, calendar::civil_date, household::import::read_households};
use heatpay_ports::Clock;
use heatpay_store::bills::Bills;
use serde::Deserialize;
use serde_json::json;

/// A made-up household of the sample file, with the proof a resident would know.
pub(super) struct Sample {
    account_no: AccountNo,
    holder: String,
    phone: Option<String>,
    address: String,
}

/// The households of the sample file. They are made up, so the desk may show what proves them.
pub(super) fn samples(file: &[u8]) -> Vec<Sample> {
    let Ok(rows) = read_households(file) else { return Vec::new() };
    rows.filter_map(Result::ok)
        .map(|row| Sample {
            address: row.household.address(),
            account_no: row.household.account_no,
            holder: row.household.holder,
            phone: row.household.phone,
        })
        .collect()
}

#[derive(Deserialize)]
pub(super) struct Wanted {
    owing: Option<bool>,
    limit: Option<usize>,
}

/// A few households to try, with what they owe.
pub(super) async fn list(State(desk): State<Desk>, Query(wanted): Query<Wanted>) -> Answer {
    let world = desk.world()?;
    let context = world.operator().await.map_err(Trouble::inside)?;
    let bills = Bills::of(&context).map_err(Trouble::inside)?;
    let today = civil_date(world.clock.now());
    let mut households = Vec::new();
    for sample in desk.sample.iter() {
        if households.len() >= wanted.limit.unwrap_or(20).min(100) {
            break;
        }
        let open = bills.of_household(&sample.account_no).await.map_err(Trouble::inside)?;
        let due: i64 = open.iter().map(|bill| amount_due(bill, today).total.0).sum();
        let held = open.iter().any(|bill| bill.open_payment.is_some());
        if wanted.owing == Some(true) && (due == 0 || held || sample.phone.is_none()) {
            continue;
        }
        households.push(json!({
            "account_no": sample.account_no, "holder": sample.holder, "address": sample.address, "due_fen": due,
            "phone": sample.phone, "phone_last4": sample.phone.as_deref().map(|phone| &phone[phone.len() - 4..]),
        }));
    }
    Ok(Json(json!({ "households": households })))
}
