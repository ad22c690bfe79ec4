//! Alipay at the desk: its orders, the button to pay, the mini-program's code and payment. Its own pages, which a browser is
//! sent to, it serves itself.

use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Path, State},
};
use heatpay_ports::Clock;
use heatpay_sandbox::alipay::{NotPaid, Paid};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

impl From<NotPaid> for Trouble {
    fn from(error: NotPaid) -> Self {
        match error {
            NotPaid::Unknown => Self::Missing,
            NotPaid::Not(_) => Self::Refused(error.to_string()),
            NotPaid::Database(_) => Self::inside(error),
        }
    }
}

fn paid(paid: &Paid) -> serde_json::Value {
    json!({ "transaction_id": paid.trade_no, "out_trade_no": paid.out_trade_no, "amount_fen": paid.amount })
}

/// The latest orders at Alipay.
pub(super) async fn orders(State(desk): State<Desk>) -> Answer {
    let orders = desk.world()?.parties.alipay.orders().map_err(Trouble::inside)?;
    let orders: Vec<_> = orders
        .iter()
        .map(|order| {
            json!({
                "out_trade_no": order.out_trade_no, "trade_type": order.method, "description": order.subject,
                "amount_fen": order.total, "state": order.status, "created_at": order.created_at.to_string(),
            })
        })
        .collect();
    Ok(Json(json!({ "orders": orders })))
}

#[derive(Deserialize)]
pub(super) struct Pay {
    #[serde(default)]
    wrong_by_fen: i64,
}

/// The payer pays an order at the cashier.
pub(super) async fn pay_order(State(desk): State<Desk>, Path(order_no): Path<String>, Json(pay): Json<Pay>) -> Answer {
    let world = desk.world()?;
    Ok(Json(paid(&world.parties.alipay.pay(&order_no, pay.wrong_by_fen)?)))
}

/// Alipay sends an order's notification once more.
pub(super) async fn notify_again(State(desk): State<Desk>, Path(order_no): Path<String>) -> Answer {
    desk.world()?.parties.alipay.notify_again(&order_no)?;
    Ok(Json(json!({ "queued": order_no })))
}

#[derive(Deserialize)]
pub(super) struct PayInApp {
    client_parameters: BTreeMap<String, String>,
}

/// The payer pays in the Alipay app, with what the mini-program handed to `my.tradePay`.
pub(super) async fn pay_in_app(State(desk): State<Desk>, Json(pay): Json<PayInApp>) -> Answer {
    let world = desk.world()?;
    let trade_no = pay.client_parameters.get("tradeNO").ok_or(Trouble::Missing)?;
    Ok(Json(paid(&world.parties.alipay.pay(trade_no, 0)?)))
}

#[derive(Deserialize)]
pub(super) struct Login {
    open_id: Option<String>,
}

/// What `my.getAuthCode` gives: a code for a person, a new one unless named.
pub(super) async fn login_code(State(desk): State<Desk>, Json(login): Json<Login>) -> Answer {
    let world = desk.world()?;
    let open_id = login.open_id.unwrap_or_else(|| format!("074{}", &world.ids.ulid(world.clock.now())));
    let code = world.parties.alipay.mint_login_code(&open_id).map_err(Trouble::inside)?;
    Ok(Json(json!({ "code": code, "open_id": open_id })))
}
