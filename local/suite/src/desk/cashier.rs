use super::{
    Desk,
    answers::{Answer, Trouble},
};
use axum::{
    Json,
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};
use heatpay_domain::Fen;
use heatpay_ports::Clock;
use heatpay_sandbox::wechatpay::{NotPaid, Paid};
use serde::Deserialize;
use serde_json::json;
use std::collections::BTreeMap;

impl From<NotPaid> for Trouble {
    fn from(error: NotPaid) -> Self {
        match error {
            NotPaid::Unknown => Self::Missing,
            NotPaid::Not(_) | NotPaid::Signature => Self::Refused(error.to_string()),
            NotPaid::Database(_) => Self::inside(error),
        }
    }
}

fn paid(paid: &Paid) -> serde_json::Value {
    json!({ "transaction_id": paid.transaction_id, "out_trade_no": paid.out_trade_no, "amount_fen": paid.amount })
}

/// The latest orders at WeChat Pay.
pub(super) async fn orders(State(desk): State<Desk>) -> Answer {
    let orders = desk.world()?.parties.wechatpay.orders().map_err(Trouble::inside)?;
    let orders: Vec<_> = orders
        .iter()
        .map(|order| {
            json!({
                "out_trade_no": order.out_trade_no, "trade_type": order.trade_type, "description": order.description,
                "amount_fen": order.total, "state": order.state, "created_at": order.created_at.to_string(),
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
    Ok(Json(paid(&world.parties.wechatpay.pay(&order_no, pay.wrong_by_fen)?)))
}

/// WeChat Pay sends an order's notification once more.
pub(super) async fn notify_again(State(desk): State<Desk>, Path(order_no): Path<String>) -> Answer {
    desk.world()?.parties.wechatpay.notify_again(&order_no)?;
    Ok(Json(json!({ "queued": order_no })))
}

#[derive(Deserialize)]
pub(super) struct PayInApp {
    client_parameters: BTreeMap<String, String>,
}

/// The payer pays in the WeChat app, with what the mini-program handed to it.
pub(super) async fn pay_in_app(State(desk): State<Desk>, Json(pay): Json<PayInApp>) -> Answer {
    let world = desk.world()?;
    Ok(Json(paid(&world.parties.wechatpay.pay_with_client_parameters(&pay.client_parameters)?)))
}

#[derive(Deserialize)]
pub(super) struct Login {
    openid: Option<String>,
}

/// What `wx.login` gives: a code for a person, a new one unless named.
pub(super) async fn login_code(State(desk): State<Desk>, Json(login): Json<Login>) -> Answer {
    let world = desk.world()?;
    let openid = login.openid.unwrap_or_else(|| format!("o{}", &world.ids.ulid(world.clock.now())));
    let code = world.parties.weixin.mint_login_code(&openid).map_err(Trouble::inside)?;
    Ok(Json(json!({ "code": code, "openid": openid })))
}

/// All messages sent to residents, newest first.
pub(super) async fn inbox(State(desk): State<Desk>) -> Answer {
    let world = desk.world()?;
    let mut messages = Vec::new();
    for sms in world.parties.aliyun_sms.inbox().map_err(Trouble::inside)? {
        messages.push(json!({ "kind": "sms", "to": sms.phone, "text": sms.text, "at": sms.sent_at.to_string() }));
    }
    for card in world.parties.weixin.inbox().map_err(Trouble::inside)? {
        let lines: Vec<_> = card.lines.iter().map(|(caption, value)| format!("{caption}:{value}")).collect();
        let text = format!("【{}】{}", card.title, lines.join(";"));
        messages.push(json!({ "kind": "subscribe", "to": card.openid, "text": text, "at": card.sent_at.to_string() }));
    }
    messages.sort_by(|a, b| b["at"].as_str().cmp(&a["at"].as_str()));
    Ok(Json(json!({ "messages": messages })))
}

/// All invoices at the platform, newest first.
pub(super) async fn invoices(State(desk): State<Desk>) -> Answer {
    let world = desk.world()?;
    let invoices = world.parties.baiwang.invoices().map_err(Trouble::inside)?;
    let invoices: Vec<_> = invoices
        .iter()
        .map(|invoice| {
            let issued = invoice.status == "01";
            let text = match invoice.status.as_str() {
                "01" => "已开具",
                "02" => "开具失败",
                "03" => "已红冲",
                _ => "开具中",
            };
            json!({
                "order_no": invoice.order_no, "number": invoice.digit_invoice_no, "buyer": invoice.buyer_name,
                "amount_fen": Fen::parse_yuan(&invoice.amount_yuan).map_or(0, |fen| fen.0),
                "status": if issued { "issued" } else { "other" }, "status_text": text,
                "at": invoice.issued_at.map(|at| at.to_string()),
                "pdf_url": issued.then(|| format!("/sandbox/api/invoices/{}/pdf", invoice.serial_no)),
            })
        })
        .collect();
    Ok(Json(json!({ "invoices": invoices })))
}

/// An invoice's rendering.
pub(super) async fn invoice_pdf(State(desk): State<Desk>, Path(serial_no): Path<String>) -> Result<Response, Trouble> {
    let pdf = desk.world()?.parties.baiwang.pdf(&serial_no).map_err(Trouble::inside)?.ok_or(Trouble::Missing)?;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response())
}
