//! Trades as they stand in the state.

use super::answers::Refusal;
use heatpay_domain::{Fen, calendar::civil_time};
use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row};

/// A trade, or an order that is none yet because nobody has signed in to pay it.
#[derive(Clone)]
pub(super) struct Trade {
    pub(super) out_trade_no: String,
    pub(super) method: String,
    pub(super) content: String,
    pub(super) subject: String,
    pub(super) total: i64,
    pub(super) buyer: Option<String>,
    pub(super) notify_url: Option<String>,
    pub(super) return_url: Option<String>,
    pub(super) expires_at: i64,
    pub(super) qr_code: Option<String>,
    pub(super) trade_no: Option<String>,
    pub(super) status: String,
    pub(super) paid_total: Option<i64>,
    pub(super) paid_at: Option<i64>,
    pub(super) created_at: i64,
}

impl Trade {
    /// The status at that moment: what nobody paid in time is closed.
    pub(super) fn status_at(&self, now: i64) -> &str {
        if self.status == "WAIT_BUYER_PAY" && now >= self.expires_at { "TRADE_CLOSED" } else { &self.status }
    }

    pub(super) fn is_paid(&self) -> bool {
        self.paid_at.is_some()
    }
}

fn read(row: &Row<'_>) -> rusqlite::Result<Trade> {
    Ok(Trade {
        out_trade_no: row.get("out_trade_no")?,
        method: row.get("method")?,
        content: row.get("content")?,
        subject: row.get("subject")?,
        total: row.get("total")?,
        buyer: row.get("buyer")?,
        notify_url: row.get("notify_url")?,
        return_url: row.get("return_url")?,
        expires_at: row.get("expires_at")?,
        qr_code: row.get("qr_code")?,
        trade_no: row.get("trade_no")?,
        status: row.get("status")?,
        paid_total: row.get("paid_total")?,
        paid_at: row.get("paid_at")?,
        created_at: row.get("created_at")?,
    })
}

/// Finds one by a column (a name of this module's own, never a caller's text).
pub(super) fn find(database: &Connection, column: &'static str, value: &str) -> rusqlite::Result<Option<Trade>> {
    let sql = format!("select * from alipay_trades where {column} = ?1");
    database.query_row(&sql, [value], read).optional()
}

/// The trade that a call names. An order that nobody has signed in for is no trade yet.
pub(super) fn named(database: &Connection, call: &super::gate::Call) -> Result<Trade, Refusal> {
    let found = match (call.text("trade_no"), call.text("out_trade_no")) {
        (Some(trade_no), _) => find(database, "trade_no", &trade_no)?,
        (None, Some(out_trade_no)) => find(database, "out_trade_no", &out_trade_no)?,
        (None, None) => return Err(Refusal::parameter("out_trade_no和trade_no不能同时为空")),
    };
    found.filter(|trade| trade.trade_no.is_some()).ok_or_else(unknown)
}

pub(super) fn unknown() -> Refusal {
    Refusal::business("ACQ.TRADE_NOT_EXIST", "交易不存在")
}

/// All, newest first.
pub(super) fn all(database: &Connection) -> rusqlite::Result<Vec<Trade>> {
    let mut found = database.prepare("select * from alipay_trades order by created_at desc, rowid desc limit 200")?;
    found.query_map([], read)?.collect()
}

pub(super) fn put(database: &Connection, trade: &Trade) -> rusqlite::Result<()> {
    database.execute(
        "insert into alipay_trades(out_trade_no, method, content, subject, total, buyer, notify_url, return_url,
            expires_at, qr_code, trade_no, status, created_at)
            values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
        rusqlite::params![
            trade.out_trade_no,
            trade.method,
            trade.content,
            trade.subject,
            trade.total,
            trade.buyer,
            trade.notify_url,
            trade.return_url,
            trade.expires_at,
            trade.qr_code,
            trade.trade_no,
            trade.status,
            trade.created_at
        ],
    )?;
    Ok(())
}

/// `2026-11-23 12:00:00`, in China.
pub(super) fn civil(at: i64) -> String {
    civil_time(Timestamp::from_second(at).unwrap_or_default()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn yuan(fen: i64) -> String {
    Fen(fen).yuan()
}

/// Who pays when nobody says who.
pub(super) const SOMEBODY: &str = "0740sandboxPayer";
