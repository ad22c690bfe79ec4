//! What the gateway knows: every order, refund and undo is a transaction, named by its number and the time it was sent.

use heatpay_domain::calendar::{civil_date, civil_time};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

pub(super) const SCHEMA: &str = "
create table if not exists unionpay_transactions(
    order_id text not null, txn_time text not null, txn_type text not null, channel_type text not null,
    amount integer not null, description text not null, back_url text not null, front_url text not null,
    pay_timeout text not null, tn text unique, orig_query_id text not null, orig_order_id text not null,
    code text not null, query_id text unique, trace_no text not null, trace_time text not null, settle_day text not null,
    at integer not null, created_at integer not null, primary key(order_id, txn_time)) strict;
create table if not exists unionpay_notices(
    id integer primary key, url text not null, order_id text not null, txn_time text not null, due_at integer not null,
    attempts integer not null, done integer not null) strict;
";

/// A transaction. `code` is empty while nobody tried to pay.
#[derive(Clone, Debug)]
pub(super) struct Transaction {
    pub(super) order_id: String,
    pub(super) txn_time: String,
    /// `01`, `04`, `31`
    pub(super) txn_type: String,
    pub(super) channel_type: String,
    pub(super) amount: i64,
    pub(super) description: String,
    pub(super) back_url: String,
    pub(super) front_url: String,
    pub(super) pay_timeout: String,
    pub(super) tn: Option<String>,
    pub(super) orig_query_id: String,
    pub(super) orig_order_id: String,
    pub(super) code: String,
    pub(super) query_id: Option<String>,
    pub(super) trace_no: String,
    /// `MMDDhhmmss`
    pub(super) trace_time: String,
    /// `YYYYMMDD`
    pub(super) settle_day: String,
    pub(super) at: i64,
    pub(super) created_at: i64,
}

impl Transaction {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            order_id: row.get("order_id")?,
            txn_time: row.get("txn_time")?,
            txn_type: row.get("txn_type")?,
            channel_type: row.get("channel_type")?,
            amount: row.get("amount")?,
            description: row.get("description")?,
            back_url: row.get("back_url")?,
            front_url: row.get("front_url")?,
            pay_timeout: row.get("pay_timeout")?,
            tn: row.get("tn")?,
            orig_query_id: row.get("orig_query_id")?,
            orig_order_id: row.get("orig_order_id")?,
            code: row.get("code")?,
            query_id: row.get("query_id")?,
            trace_no: row.get("trace_no")?,
            trace_time: row.get("trace_time")?,
            settle_day: row.get("settle_day")?,
            at: row.get("at")?,
            created_at: row.get("created_at")?,
        })
    }

    /// Writes it as it is now.
    pub(super) fn keep(&self, database: &Connection) -> rusqlite::Result<()> {
        database.execute(
            "insert or replace into unionpay_transactions(order_id, txn_time, txn_type, channel_type, amount, description,
                back_url, front_url, pay_timeout, tn, orig_query_id, orig_order_id, code, query_id, trace_no, trace_time,
                settle_day, at, created_at)
                values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)",
            params![
                self.order_id,
                self.txn_time,
                self.txn_type,
                self.channel_type,
                self.amount,
                self.description,
                self.back_url,
                self.front_url,
                self.pay_timeout,
                self.tn,
                self.orig_query_id,
                self.orig_order_id,
                self.code,
                self.query_id,
                self.trace_no,
                self.trace_time,
                self.settle_day,
                self.at,
                self.created_at
            ],
        )?;
        Ok(())
    }

    /// Money moved.
    pub(super) fn is_done(&self) -> bool {
        matches!(self.code.as_str(), "00" | "A6" | "42")
    }

    /// Gives it the gateway's numbers, as of now.
    pub(super) fn trace(&mut self, digits: &str, now: Timestamp) {
        let time = civil_time(now);
        self.trace_no = digits.get(..6).unwrap_or(digits).to_owned();
        self.trace_time = time.strftime("%m%d%H%M%S").to_string();
        self.query_id = Some(format!("{}{}", time.strftime("%y%m%d%H%M%S"), digits.get(..9).unwrap_or(digits)));
        self.settle_day = settle_day(now);
        self.at = now.as_second();
    }
}

/// The day a moment is settled on: from 23:00 the next.
pub(super) fn settle_day(at: Timestamp) -> String {
    civil_date(at + SignedDuration::from_hours(1)).strftime("%Y%m%d").to_string()
}

/// `20260101080000`.
pub(super) fn digits(at: Timestamp) -> String {
    civil_time(at).strftime("%Y%m%d%H%M%S").to_string()
}

pub(super) fn find(database: &Connection, order_id: &str, txn_time: &str) -> rusqlite::Result<Option<Transaction>> {
    one(database, "order_id = ?1 and txn_time = ?2", params![order_id, txn_time])
}

/// The latest of that number, or that of a `tn`.
pub(super) fn named(database: &Connection, name: &str) -> rusqlite::Result<Option<Transaction>> {
    one(database, "(order_id = ?1 or tn = ?1) order by created_at desc limit 1", params![name])
}

pub(super) fn by_query_id(database: &Connection, query_id: &str) -> rusqlite::Result<Option<Transaction>> {
    one(database, "query_id = ?1", params![query_id])
}

pub(super) fn one(
    database: &Connection,
    which: &str,
    values: impl rusqlite::Params,
) -> rusqlite::Result<Option<Transaction>> {
    let sql = format!("select * from unionpay_transactions where {which}");
    database.query_row(&sql, values, Transaction::read).optional()
}

pub(super) fn all(
    database: &Connection,
    which: &str,
    values: impl rusqlite::Params,
) -> rusqlite::Result<Vec<Transaction>> {
    let mut found = database.prepare(&format!("select * from unionpay_transactions where {which}"))?;
    found.query_map(values, Transaction::read)?.collect()
}
