use super::{
    Platform, Weixin,
    answers::{Failure, errcode},
    token::Tokened,
};
use axum::{
    Json,
    extract::{Query, State},
    response::Response,
};
use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};
use serde_json::{Value, json};

type Tokens = Query<Tokened>;

pub(super) async fn is_trade_managed(
    State(Weixin(platform)): State<Weixin>,
    Query(token): Tokens,
    Json(body): Json<Value>,
) -> Response {
    platform.answer("/wxa/sec/order/is_trade_managed", || {
        platform.check_token(&token.access_token)?;
        if body["appid"] != platform.account.appid.as_str() {
            return Err(errcode(40013, "invalid appid"));
        }
        Ok(json!({ "errcode": 0, "errmsg": "ok", "is_trade_managed": platform.account.trade_managed }))
    })
}

pub(super) async fn upload(
    State(Weixin(platform)): State<Weixin>,
    Query(token): Tokens,
    Json(body): Json<Value>,
) -> Response {
    platform.answer("/wxa/sec/order/upload_shipping_info", || {
        platform.check_token(&token.access_token)?;
        platform.ship(&body)
    })
}

pub(super) async fn get_order(
    State(Weixin(platform)): State<Weixin>,
    Query(token): Tokens,
    Json(body): Json<Value>,
) -> Response {
    platform.answer("/wxa/sec/order/get_order", || {
        platform.check_token(&token.access_token)?;
        let transaction_id = body["transaction_id"].as_str().unwrap_or_default();
        let (openid, refunded) = platform.payment(transaction_id)?;
        let state = match platform.shipped(transaction_id)? {
            _ if refunded => 5,
            Some(_) => 2,
            None => 1,
        };
        let order = json!({ "transaction_id": transaction_id, "openid": openid, "order_state": state });
        Ok(json!({ "errcode": 0, "errmsg": "ok", "order": order }))
    })
}

impl Platform {
    fn ship(&self, body: &Value) -> Result<Value, Failure> {
        let upload_time_ms = check_form(body)?;
        let transaction_id = body["order_key"]["transaction_id"].as_str().unwrap_or_default();
        let (payer, refunded) = self.payment(transaction_id)?;
        if body["payer"]["openid"] != payer.as_str() {
            return Err(errcode(10_060_031, "payer openid is not the payer of the order"));
        }
        if refunded {
            return Err(errcode(10_060_004, "the order is not shippable"));
        }
        let mut content = body.clone();
        content["upload_time"] = Value::Null;
        let content = content.to_string();
        match self.shipped(transaction_id)? {
            Some((_, before, _)) if before == content => return Err(errcode(10_060_023, "shipping info not updated")),
            Some((_, _, times)) if times > 1 => return Err(errcode(10_060_003, "re-shipping chance used up")),
            Some((at_ms, _, _)) if at_ms >= upload_time_ms => return Err(errcode(268_485_216, "upload_time invalid")),
            Some(_) | None => {}
        }
        self.database().execute(
            "insert into weixin_shippings values (?1, ?2, ?3, 1) on conflict(transaction_id) do update
                set upload_time_ms = excluded.upload_time_ms, content = excluded.content, times = times + 1",
            params![transaction_id, upload_time_ms, content],
        )?;
        Ok(json!({ "errcode": 0, "errmsg": "ok" }))
    }

    /// Who paid, and whether it went back.
    fn payment(&self, transaction_id: &str) -> Result<(String, bool), Failure> {
        let sql = "select openid, refunded from weixin_payments where transaction_id = ?1";
        let found =
            self.database().query_row(sql, [transaction_id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        found.ok_or_else(|| errcode(10_060_001, "pay order not found"))
    }

    /// The last upload: when, what, how often.
    fn shipped(&self, transaction_id: &str) -> rusqlite::Result<Option<(i64, String, i64)>> {
        let sql = "select upload_time_ms, content, times from weixin_shippings where transaction_id = ?1";
        let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        self.database().query_row(sql, [transaction_id], row).optional()
    }
}

/// What must hold of every upload; answers its `upload_time`.
fn check_form(body: &Value) -> Result<i64, Failure> {
    let key = &body["order_key"];
    if key["order_number_type"] != 2 || !key["transaction_id"].is_string() {
        return Err(errcode(268_485_224, "order_key invalid (the sandbox knows orders by transaction_id)"));
    }
    if !(1..=4).contains(&body["logistics_type"].as_i64().unwrap_or(0)) {
        return Err(errcode(10_060_005, "logistics_type invalid"));
    }
    let list = body["shipping_list"].as_array().map(Vec::as_slice).unwrap_or_default();
    let unified = body["delivery_mode"] == 1;
    if (unified && list.len() != 1) || !(1..=15).contains(&list.len()) {
        return Err(errcode(10_060_007, "shipping_list invalid"));
    }
    for item in list {
        let chars = item["item_desc"].as_str().unwrap_or_default().chars().count();
        if !(1..=120).contains(&chars) {
            return Err(errcode(10_060_014, "item_desc invalid"));
        }
    }
    let written = body["upload_time"].as_str().unwrap_or_default();
    // RFC 3339 with milliseconds: 2026-01-01T08:01:30.120+08:00.
    let with_milliseconds = written.len() == 29 && written.as_bytes().get(19) == Some(&b'.');
    match written.parse::<Timestamp>() {
        Ok(at) if with_milliseconds => Ok(at.as_millisecond()),
        Ok(_) | Err(_) => Err(errcode(268_485_216, "upload_time invalid")),
    }
}
