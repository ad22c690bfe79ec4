//! Orders and refunds as they stand in the state, and as queries and notifications show them.

use super::{Inner, control::Paid};
use heatpay_domain::calendar::civil_time;
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::{Value, json};

/// An order.
#[derive(Clone)]
pub(super) struct Order {
    pub(super) out_trade_no: String,
    pub(super) trade_type: String,
    pub(super) body: String,
    pub(super) description: String,
    pub(super) total: i64,
    pub(super) payer: Option<String>,
    pub(super) notify_url: String,
    pub(super) expires_at: i64,
    pub(super) handle: String,
    pub(super) state: String,
    pub(super) transaction_id: Option<String>,
    pub(super) paid_total: Option<i64>,
    pub(super) success_at: Option<i64>,
    pub(super) created_at: i64,
}

impl Order {
    /// The state at that moment: an order that nobody paid in time is closed.
    pub(super) fn state_at(&self, now: i64) -> &str {
        if self.state == "NOTPAY" && now >= self.expires_at { "CLOSED" } else { &self.state }
    }

    /// The order as it stands after that payment.
    pub(super) fn paid_by(&self, paid: &Paid, now: i64) -> Self {
        Self {
            state: "SUCCESS".to_owned(),
            transaction_id: Some(paid.transaction_id.clone()),
            paid_total: Some(paid.amount),
            success_at: Some(now),
            ..self.clone()
        }
    }

    /// A text of the merchant's that comes back with the transaction.
    fn attach(&self) -> String {
        let body: Value = serde_json::from_str(&self.body).unwrap_or_default();
        body["attach"].as_str().unwrap_or_default().to_owned()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order {
        out_trade_no: row.get("out_trade_no")?,
        trade_type: row.get("trade_type")?,
        body: row.get("body")?,
        description: row.get("description")?,
        total: row.get("total")?,
        payer: row.get("payer")?,
        notify_url: row.get("notify_url")?,
        expires_at: row.get("expires_at")?,
        handle: row.get("handle")?,
        state: row.get("state")?,
        transaction_id: row.get("transaction_id")?,
        paid_total: row.get("paid_total")?,
        success_at: row.get("success_at")?,
        created_at: row.get("created_at")?,
    })
}

/// Finds an order by one of its columns (a name of this module's own, never a caller's text).
pub(super) fn find(database: &Connection, column: &'static str, value: &str) -> rusqlite::Result<Option<Order>> {
    let sql = format!("select * from wechatpay_orders where {column} = ?1");
    database.query_row(&sql, [value], read).optional()
}

/// All orders, newest first.
pub(super) fn all(database: &Connection) -> rusqlite::Result<Vec<Order>> {
    let mut found =
        database.prepare("select * from wechatpay_orders order by created_at desc, rowid desc limit 200")?;
    found.query_map([], read)?.collect()
}

/// `2026-11-23T12:00:00+08:00`.
pub(super) fn rfc3339(at: i64) -> String {
    format!("{}+08:00", civil(at).replace(' ', "T"))
}

/// `2026-11-23 12:00:00`, in China.
pub(super) fn civil(at: i64) -> String {
    civil_time(Timestamp::from_second(at).unwrap_or_default()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// Who pays a code or a page when nobody says who.
pub(super) const SOMEBODY: &str = "oSandboxPayer";

impl Inner {
    /// An order as a query and a notification show it. An unpaid one has no transaction, payer or time.
    pub(super) fn show(&self, order: &Order, now: i64) -> Value {
        let state = order.state_at(now);
        let mut shown = json!({
            "appid": self.keys.appid, "mchid": self.keys.mchid, "out_trade_no": order.out_trade_no,
            "trade_type": order.trade_type, "trade_state": state, "attach": order.attach(), "bank_type": "",
            "trade_state_desc": match state { "SUCCESS" => "支付成功", "NOTPAY" => "订单未支付", "REFUND" => "转入退款", _ => "订单已关闭" },
            "amount": { "total": order.total, "currency": "CNY" }, "promotion_detail": [],
        });
        if let (Some(transaction), Some(paid), Some(at)) = (&order.transaction_id, order.paid_total, order.success_at) {
            shown["transaction_id"] = json!(transaction);
            shown["success_time"] = json!(rfc3339(at));
            shown["bank_type"] = json!("OTHERS");
            shown["payer"] = json!({ "openid": order.payer.as_deref().unwrap_or(SOMEBODY) });
            shown["amount"] = json!({ "total": paid, "payer_total": paid, "currency": "CNY", "payer_currency": "CNY" });
        }
        shown
    }
}
