//! Refunds: known by the number of their request, told by `fund_change`.

use super::{
    Alipay, Inner,
    answers::{Refusal, done},
    faults::RefundOutcome,
    gate::Call,
    notify::Event,
    trades::{self, Trade, civil, yuan},
};
use heatpay_domain::Fen;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior::Immediate, params};
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// Trades older than this are not refunded: a year.
const REFUNDABLE_SECONDS: i64 = 365 * 86_400;

struct Refund {
    amount: i64,
    moved_at: Option<i64>,
}

fn find(database: &Connection, trade_no: &str, out_request_no: &str) -> rusqlite::Result<Option<Refund>> {
    let sql = "select amount, moved_at from alipay_refunds where trade_no = ?1 and out_request_no = ?2";
    let read = |row: &rusqlite::Row<'_>| Ok(Refund { amount: row.get(0)?, moved_at: row.get(1)? });
    database.query_row(sql, params![trade_no, out_request_no], read).optional()
}

/// The sum of all refunds of a trade.
fn refunded(database: &Connection, trade_no: &str) -> rusqlite::Result<i64> {
    let sql = "select coalesce(sum(amount), 0) from alipay_refunds where trade_no = ?1";
    database.query_row(sql, [trade_no], |row| row.get(0))
}

fn number(call: &Call, trade: &Trade) -> String {
    call.text("out_request_no").unwrap_or_else(|| trade.out_trade_no.clone())
}

pub(super) fn create(party: &Alipay, call: &Call) -> Answer {
    let inner = &party.0;
    let mut database = inner.database();
    let database = database.transaction_with_behavior(Immediate)?;
    let trade = trades::named(&database, call)?;
    let amount = call.text("refund_amount").and_then(|text| Fen::parse_yuan(&text).ok());
    let amount = amount.filter(|amount| amount.is_positive());
    let amount = amount.ok_or_else(|| Refusal::parameter("参数有误refund_amount格式不正确"))?.0;
    let out_request_no = number(call, &trade);
    let trade_no = trade.trade_no.clone().unwrap_or_default();
    if let Some(before) = find(&database, &trade_no, &out_request_no)? {
        if before.amount != amount {
            return Err(Refusal::business("ACQ.DISCORDANT_REPEAT_REQUEST", "同一笔退款号退款金额不一致"));
        }
        return Ok(inner.show_refund(&database, &trade, before.moved_at, false)?);
    }
    inner.may_refund(&database, &trade, amount)?;
    let outcome = inner.faults(|faults| faults.refund_outcome);
    let moved_at = match outcome {
        RefundOutcome::AtOnce => Some(inner.now()),
        RefundOutcome::Later => None,
        RefundOutcome::BalanceTooSmall => {
            return Err(Refusal::business("ACQ.SELLER_BALANCE_NOT_ENOUGH", "卖家余额不足"));
        }
    };
    database.execute(
        "insert into alipay_refunds values (?1, ?2, ?3, ?4, ?5)",
        params![trade_no, out_request_no, amount, inner.now(), moved_at],
    )?;
    if moved_at.is_some() {
        inner.moved(&database, &trade, &out_request_no)?;
    }
    let shown = inner.show_refund(&database, &trade, moved_at, moved_at.is_some())?;
    database.commit()?;
    Ok(shown)
}

/// Without a status where there is no such refund, or its money has not moved.
pub(super) fn query(party: &Alipay, call: &Call) -> Answer {
    let database = party.0.database();
    let trade = trades::named(&database, call)?;
    let out_request_no = call.text("out_request_no").ok_or_else(|| Refusal::parameter("out_request_no不能为空"))?;
    let trade_no = trade.trade_no.clone().unwrap_or_default();
    let found = find(&database, &trade_no, &out_request_no)?;
    let Some((refund, at)) = found.and_then(|refund| refund.moved_at.map(|at| (refund, at))) else {
        return Ok(done(json!({})));
    };
    let mut shown = json!({
        "trade_no": trade_no, "out_trade_no": trade.out_trade_no, "out_request_no": out_request_no,
        "refund_status": "REFUND_SUCCESS", "refund_amount": yuan(refund.amount),
        "total_amount": yuan(trade.paid_total.unwrap_or(trade.total)),
    });
    let wanted = call.content["query_options"].as_array().cloned().unwrap_or_default();
    if wanted.contains(&json!("gmt_refund_pay")) {
        shown["gmt_refund_pay"] = json!(civil(at));
    }
    Ok(done(shown))
}

impl Inner {
    fn may_refund(&self, database: &Connection, trade: &Trade, amount: i64) -> Result<(), Refusal> {
        let trade_no = trade.trade_no.as_deref().unwrap_or_default();
        match (trade.status.as_str(), trade.paid_at) {
            ("TRADE_SUCCESS", Some(at)) if self.now() - at <= REFUNDABLE_SECONDS => {}
            ("TRADE_SUCCESS" | "TRADE_FINISHED", Some(_)) => {
                return Err(Refusal::business("ACQ.TRADE_HAS_FINISHED", "交易已完结"));
            }
            ("TRADE_CLOSED", _) => {
                return Err(Refusal::business("ACQ.REASON_TRADE_STATUS_INVALID", "交易状态不合法"));
            }
            _ => return Err(Refusal::business("ACQ.TRADE_STATUS_ERROR", "交易状态不合法")),
        }
        let paid = trade.paid_total.unwrap_or(trade.total);
        if refunded(database, trade_no)? + amount > paid {
            return Err(Refusal::business("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL", "退款金额超限"));
        }
        Ok(())
    }

    /// The money of a refund has moved: a trade wholly refunded is closed, and the merchant is told.
    pub(super) fn moved(&self, database: &Connection, trade: &Trade, out_request_no: &str) -> rusqlite::Result<()> {
        let trade_no = trade.trade_no.as_deref().unwrap_or_default();
        let (sum, paid) = (refunded(database, trade_no)?, trade.paid_total.unwrap_or(trade.total));
        let status = if sum >= paid { "TRADE_CLOSED" } else { "TRADE_SUCCESS" };
        database.execute("update alipay_trades set status = ?2 where trade_no = ?1", params![trade_no, status])?;
        let after = Trade { status: status.to_owned(), ..trade.clone() };
        self.queue(database, &Event::of_refund(self, &after, out_request_no, sum))
    }

    fn show_refund(
        &self,
        database: &Connection,
        trade: &Trade,
        moved_at: Option<i64>,
        now: bool,
    ) -> rusqlite::Result<Value> {
        let trade_no = trade.trade_no.as_deref().unwrap_or_default();
        let mut shown = json!({
            "trade_no": trade_no, "out_trade_no": trade.out_trade_no, "buyer_logon_id": "159****0001",
            "fund_change": if now { "Y" } else { "N" }, "refund_fee": yuan(refunded(database, trade_no)?),
            "send_back_fee": "0.00",
        });
        if let Some(at) = moved_at {
            shown["gmt_refund_pay"] = json!(civil(at));
        }
        Ok(done(shown))
    }
}
