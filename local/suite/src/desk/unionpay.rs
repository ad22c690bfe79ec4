//! UnionPay's cashier.

use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Path, State},
};
use heatpay_sandbox::unionpay::{NotPaid, Paid};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

impl From<NotPaid> for Trouble {
    fn from(error: NotPaid) -> Self {
        match error {
            NotPaid::Unknown => Self::Missing,
            NotPaid::Not(_) | NotPaid::Refused(..) => Self::Refused(error.to_string()),
            NotPaid::Database(_) => Self::inside(error),
        }
    }
}

fn paid(paid: &Paid) -> serde_json::Value {
    json!({ "transaction_id": paid.query_id, "out_trade_no": paid.order_id, "amount_fen": paid.amount })
}

/// The latest orders, as the desk shows every channel's.
pub(super) async fn orders(State(desk): State<Desk>) -> Answer {
    let orders = desk.world()?.parties.unionpay.orders().map_err(Trouble::inside)?;
    let orders: Vec<_> = orders
        .iter()
        .map(|order| {
            let state = match order.code.as_str() {
                "" => "NOTPAY",
                "00" | "A6" | "42" => "SUCCESS",
                "05" => "USERPAYING",
                _ => "CLOSED",
            };
            json!({
                "out_trade_no": order.order_id, "trade_type": order.channel_type, "description": order.description,
                "amount_fen": order.amount, "state": state, "created_at": order.created_at.to_string(),
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
    Ok(Json(paid(&desk.world()?.parties.unionpay.pay(&order_no, pay.wrong_by_fen)?)))
}

/// UnionPay sends an order's notification once more.
pub(super) async fn notify_again(State(desk): State<Desk>, Path(order_no): Path<String>) -> Answer {
    desk.world()?.parties.unionpay.notify_again(&order_no)?;
    Ok(Json(json!({ "queued": order_no })))
}

#[derive(Deserialize)]
pub(super) struct PayWith {
    client_parameters: BTreeMap<String, String>,
}

/// The payer pays with what the client was handed: the form that a browser posts, or the `tn` of the app.
pub(super) async fn pay(State(desk): State<Desk>, Json(pay): Json<PayWith>) -> Answer {
    Ok(Json(paid(&desk.world()?.parties.unionpay.pay_with_client_parameters(&pay.client_parameters)?)))
}
