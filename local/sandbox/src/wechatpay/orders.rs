use super::{
    Wechatpay,
    answers::Refusal,
    rules,
    shown::{Order, find},
};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    response::Response,
};
use rusqlite::params;
use serde_json::{Value, json};
use std::collections::HashMap;

type Answer = Result<Response, Refusal>;

pub(super) async fn place(State(party): State<Wechatpay>, Path(kind): Path<String>, body: Bytes) -> Answer {
    let trade_type = match kind.as_str() {
        "jsapi" => "JSAPI",
        "h5" => "MWEB",
        "native" => "NATIVE",
        _ => return Err(Refusal::new(404, "RESOURCE_NOT_EXISTS", "无此接口")),
    };
    let sent: Value = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("请求体不是合法的JSON"))?;
    let inner = &party.0;
    let now = inner.now();
    let database = inner.database();
    let same = |order: &Order| serde_json::from_str::<Value>(&order.body).is_ok_and(|before| before == sent);
    let number = sent["out_trade_no"].as_str().unwrap_or_default();
    if let Some(order) = find(&database, "out_trade_no", number)? {
        return match order.state.as_str() {
            "SUCCESS" | "REFUND" => Err(Refusal::new(400, "ORDERPAID", "该订单已支付")),
            "CLOSED" => Err(Refusal::new(400, "ORDER_CLOSED", "该订单已关闭")),
            _ if !same(&order) => Err(Refusal::new(403, "OUT_TRADE_NO_USED", "商户订单号重复")),
            _ if trade_type != order.trade_type => Err(Refusal::new(403, "OUT_TRADE_NO_USED", "商户订单号重复")),
            _ if now >= order.expires_at => Err(Refusal::new(400, "ORDER_CLOSED", "该订单已过期")),
            _ => Ok(inner.answer(&handle(&kind, &order.handle))),
        };
    }
    let order = rules::read(&kind, &sent, &inner.keys.mchid, &inner.keys.appid, now)?;
    let own_url = inner.own_url.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let id = inner.ids.token(28);
    let made = match kind.as_str() {
        "jsapi" => format!("wx{}", inner.ids.token(34).to_lowercase()),
        // As the real one but for its host; the merchant appends `&redirect_url=…`.
        "h5" => format!("{own_url}/cgi-bin/mmpayweb-bin/checkmweb?prepay_id=wx{id}&package={now}"),
        _ => format!("weixin://wxpay/bizpayurl?pr={id}"),
    };
    database.execute(
        "insert into wechatpay_orders(out_trade_no, trade_type, body, description, total, payer, notify_url, expires_at,
            handle, state, created_at) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'NOTPAY', ?10)",
        params![
            order.out_trade_no,
            trade_type,
            sent.to_string(),
            order.description,
            order.total,
            order.payer,
            order.notify_url,
            order.expires_at,
            made,
            now
        ],
    )?;
    Ok(inner.answer(&handle(&kind, &made)))
}

fn handle(kind: &str, handle: &str) -> Value {
    match kind {
        "jsapi" => json!({ "prepay_id": handle }),
        "h5" => json!({ "h5_url": handle }),
        _ => json!({ "code_url": handle }),
    }
}

pub(super) async fn query(
    state: State<Wechatpay>,
    Path(out_trade_no): Path<String>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    ask(&state, "out_trade_no", &out_trade_no, &query)
}

pub(super) async fn query_by_id(
    state: State<Wechatpay>,
    Path(transaction_id): Path<String>,
    query: Query<HashMap<String, String>>,
) -> Answer {
    ask(&state, "transaction_id", &transaction_id, &query)
}

fn ask(party: &Wechatpay, column: &'static str, value: &str, query: &HashMap<String, String>) -> Answer {
    party.check_merchant(query.get("mchid").map(String::as_str))?;
    let order = find(&party.0.database(), column, value)?;
    let order = order.ok_or_else(|| Refusal::new(404, "ORDER_NOT_EXIST", "订单不存在"))?;
    Ok(party.0.answer(&party.0.show(&order, party.0.now())))
}

pub(super) async fn close(State(party): State<Wechatpay>, Path(out_trade_no): Path<String>, body: Bytes) -> Answer {
    let sent: Value = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("请求体不是合法的JSON"))?;
    party.check_merchant(sent["mchid"].as_str())?;
    let database = party.0.database();
    let order = find(&database, "out_trade_no", &out_trade_no)?;
    let order = order.ok_or_else(|| Refusal::new(404, "ORDER_NOT_EXIST", "订单不存在"))?;
    match order.state.as_str() {
        "SUCCESS" | "REFUND" => return Err(Refusal::new(400, "ORDERPAID", "该订单已支付")),
        _ => {
            database.execute("update wechatpay_orders set state = 'CLOSED' where out_trade_no = ?1", [&out_trade_no])?
        }
    };
    Ok(party.0.answer_empty())
}

impl Wechatpay {
    fn check_merchant(&self, mchid: Option<&str>) -> Result<(), Refusal> {
        if mchid == Some(self.0.keys.mchid.as_str()) {
            Ok(())
        } else {
            Err(Refusal::new(400, "INVALID_REQUEST", "mchid与签名的商户号不一致"))
        }
    }
}
