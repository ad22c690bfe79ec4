//! WeChat Pay's page for a phone's browser, at the address an `h5` order answers with: the payer pays or leaves, and the page
//! goes back to the merchant's `redirect_url`.

use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Query, State},
};
use heatpay_sandbox::wechatpay::OrderCard;
use serde::Deserialize;
use serde_json::json;

/// Where the page is, as at WeChat Pay.
pub(super) const PATH: &str = "/cgi-bin/mmpayweb-bin/checkmweb";

/// What the payer opened (`h5_url`) or scanned (`code_url`).
#[derive(Deserialize)]
pub(super) struct Opened {
    url: String,
}

fn order(card: &OrderCard) -> serde_json::Value {
    json!({ "description": card.description, "amount_fen": card.total, "state": card.state })
}

/// The order behind what was opened.
pub(super) async fn show(State(desk): State<Desk>, Query(opened): Query<Opened>) -> Answer {
    let card = desk.world()?.parties.wechatpay.order(&opened.url).map_err(Trouble::from)?;
    Ok(Json(order(&card)))
}

/// The payer pays it.
pub(super) async fn pay(State(desk): State<Desk>, Json(opened): Json<Opened>) -> Answer {
    let wechatpay = &desk.world()?.parties.wechatpay;
    wechatpay.pay(&opened.url, 0)?;
    Ok(Json(order(&wechatpay.order(&opened.url)?)))
}
