//! What the merchant's server calls: a `tn` for the app, queries, refunds and undos.

use super::{
    Inner, Unionpay,
    messages::{Fields, of_form},
    transactions::{Transaction, by_query_id, find, settle_day},
};
use crate::database::Broken;
use axum::{body::Bytes, extract::State, response::Response};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior::Immediate};

pub(super) type Answer = Result<Response, Broken>;

pub(super) fn text<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.get(name).map(String::as_str).unwrap_or_default()
}

/// The request, unless the gateway refuses it or was told to.
pub(super) fn read(inner: &Inner, body: &[u8]) -> Result<Fields, Box<Response>> {
    let fields = of_form(body);
    if let Some((code, message)) = inner.refuses(&fields) {
        return Err(Box::new(inner.answer(&fields, code, message, &[])));
    }
    if let Some(code) = inner.faults(|faults| faults.next_codes.pop_front()) {
        return Err(Box::new(inner.answer(&fields, &code, "sandbox", &[])));
    }
    Ok(fields)
}

/// An order that the fields make; the code that refuses them where they do not.
pub(super) fn order(fields: &Fields, now: Timestamp) -> Result<Transaction, (&'static str, &'static str)> {
    let consume = text(fields, "txnType") == "01"
        && text(fields, "txnSubType") == "01"
        && text(fields, "bizType") == "000201"
        && matches!(text(fields, "channelType"), "07" | "08")
        && text(fields, "currencyCode") == "156"
        && text(fields, "accessType") == "0";
    let amount = text(fields, "txnAmt").parse().ok().filter(|amount| *amount > 0);
    let (Some(amount), true) = (amount, consume) else { return Err(("10", "报文格式错误")) };
    if text(fields, "backUrl").is_empty() || text(fields, "payTimeout").len() != 14 {
        return Err(("13", "报文字段缺失"));
    }
    if text(fields, "orderDesc").chars().count() > 32 {
        return Err(("10", "报文格式错误"));
    }
    Ok(Transaction {
        order_id: text(fields, "orderId").to_owned(),
        txn_time: text(fields, "txnTime").to_owned(),
        txn_type: "01".to_owned(),
        channel_type: text(fields, "channelType").to_owned(),
        amount,
        description: text(fields, "orderDesc").to_owned(),
        back_url: text(fields, "backUrl").to_owned(),
        front_url: text(fields, "frontUrl").to_owned(),
        pay_timeout: text(fields, "payTimeout").to_owned(),
        tn: None,
        orig_query_id: String::new(),
        orig_order_id: String::new(),
        code: String::new(),
        query_id: None,
        trace_no: String::new(),
        trace_time: String::new(),
        settle_day: String::new(),
        at: 0,
        created_at: now.as_second(),
    })
}

pub(super) async fn app(State(party): State<Unionpay>, body: Bytes) -> Answer {
    let inner = &party.0;
    let fields = match read(inner, &body) {
        Ok(fields) => fields,
        Err(refusal) => return Ok(*refusal),
    };
    let now = inner.clock.now();
    let mut order = match order(&fields, now) {
        Ok(order) => order,
        Err((code, message)) => return Ok(inner.answer(&fields, code, message, &[])),
    };
    let database = inner.database();
    if find(&database, &order.order_id, &order.txn_time)?.is_some() {
        return Ok(inner.answer(&fields, "12", "重复交易[2600001]", &[]));
    }
    let tn = inner.ids.digits(21);
    order.tn = Some(tn.clone());
    order.keep(&database)?;
    Ok(inner.answer(&fields, "00", "成功[0000000]", &[("tn", &tn)]))
}

pub(super) async fn query(State(party): State<Unionpay>, body: Bytes) -> Answer {
    let inner = &party.0;
    let fields = match read(inner, &body) {
        Ok(fields) => fields,
        Err(refusal) => return Ok(*refusal),
    };
    let found = find(&inner.database(), text(&fields, "orderId"), text(&fields, "txnTime"))?;
    let Some(found) = found.filter(|found| !found.code.is_empty()) else {
        return Ok(inner.answer(&fields, "34", "查无此交易[2600000]", &[]));
    };
    let amount = found.amount.to_string();
    let mut more = vec![
        ("origRespCode", found.code.as_str()),
        ("origRespMsg", if found.is_done() { "成功[0000000]" } else { "交易已受理或失败" }),
        ("txnAmt", &amount),
        ("currencyCode", "156"),
        // What the merchant sent along comes back; it may hold what separates fields.
        ("reqReserved", "{a=1&b=2}"),
    ];
    if let Some(query_id) = found.query_id.as_deref().filter(|_| found.code != "05") {
        more.extend([
            ("queryId", query_id),
            ("traceNo", &found.trace_no),
            ("traceTime", &found.trace_time),
            ("settleDate", &found.settle_day[4..]),
            ("settleAmt", &amount),
            ("settleCurrencyCode", "156"),
        ]);
    }
    Ok(inner.answer(&fields, "00", "成功[0000000]", &more))
}

/// Refunds and undos.
pub(super) async fn back(State(party): State<Unionpay>, body: Bytes) -> Answer {
    let inner = &party.0;
    let fields = match read(inner, &body) {
        Ok(fields) => fields,
        Err(refusal) => return Ok(*refusal),
    };
    let now = inner.clock.now();
    let mut database = inner.database();
    let database = database.transaction_with_behavior(Immediate).map_err(Broken::from)?;
    if find(&database, text(&fields, "orderId"), text(&fields, "txnTime"))?.is_some() {
        return Ok(inner.answer(&fields, "12", "重复交易[2600001]", &[]));
    }
    let mut refund = match refund(&database, &fields, now)? {
        Ok(refund) => refund,
        Err((code, message)) => return Ok(inner.answer(&fields, code, message, &[])),
    };
    refund.trace(&inner.ids.digits(9), now);
    refund.keep(&database)?;
    database.commit().map_err(Broken::from)?;
    let query_id = refund.query_id.unwrap_or_default();
    let amount = refund.amount.to_string();
    let more = [("queryId", query_id.as_str()), ("origQryId", &refund.orig_query_id), ("txnAmt", &amount)];
    Ok(inner.answer(&fields, "00", "成功[0000000]", &more))
}

/// The refund or undo the fields ask for; the code that refuses it.
fn refund(
    database: &Connection,
    fields: &Fields,
    now: Timestamp,
) -> rusqlite::Result<Result<Transaction, (&'static str, &'static str)>> {
    let kind = text(fields, "txnType");
    let amount = text(fields, "txnAmt").parse::<i64>().ok().filter(|amount| *amount > 0);
    let (Some(amount), "04" | "31", "00") = (amount, kind, text(fields, "txnSubType")) else {
        return Ok(Err(("10", "报文格式错误")));
    };
    let Some(original) = by_query_id(database, text(fields, "origQryId"))?.filter(Transaction::is_done) else {
        return Ok(Err(("35", "原交易不存在或状态不正确")));
    };
    let back: i64 = database.query_row(
        "select coalesce(sum(amount), 0) from unionpay_transactions
            where orig_query_id = ?1 and code in ('00', '05', 'A6')",
        [text(fields, "origQryId")],
        |row| row.get(0),
    )?;
    if back > 0 && back == original.amount {
        return Ok(Err(("45", "已被成功退货或已被成功撤销")));
    }
    let same_day = original.settle_day == settle_day(now);
    if kind == "31" && (back > 0 || amount != original.amount || !same_day) {
        return Ok(Err(("35", "原交易不存在或状态不正确")));
    }
    if back + amount > original.amount {
        return Ok(Err(("36", "与原交易信息不符")));
    }
    Ok(Ok(Transaction {
        order_id: text(fields, "orderId").to_owned(),
        txn_time: text(fields, "txnTime").to_owned(),
        txn_type: kind.to_owned(),
        channel_type: text(fields, "channelType").to_owned(),
        amount,
        back_url: text(fields, "backUrl").to_owned(),
        front_url: String::new(),
        tn: None,
        query_id: None,
        orig_query_id: original.query_id.clone().unwrap_or_default(),
        orig_order_id: original.order_id.clone(),
        code: "05".to_owned(),
        created_at: now.as_second(),
        ..original
    }))
}
