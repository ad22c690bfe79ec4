use super::{
    Inner, Wechatpay,
    answers::Refusal,
    rules,
    shown::{find, rfc3339},
};
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Response,
};
use rusqlite::{Connection, OptionalExtension, Row, TransactionBehavior::Immediate, params};
use serde_json::{Value, json};

/// The most refunds of one order.
const MAX_REFUNDS: i64 = 50;

/// A refund.
pub(super) struct Refund {
    pub(super) out_refund_no: String,
    pub(super) refund_id: String,
    pub(super) transaction_id: String,
    pub(super) out_trade_no: String,
    pub(super) body: String,
    pub(super) amount: i64,
    pub(super) total: i64,
    pub(super) notify_url: Option<String>,
    pub(super) status: String,
    pub(super) created_at: i64,
    pub(super) success_at: Option<i64>,
}

/// Between two refunds of one order.
const SECONDS_BETWEEN_REFUNDS: i64 = 60;

/// Orders older than this are not refunded: a year.
const REFUNDABLE_SECONDS: i64 = 365 * 86_400;

fn read(row: &Row<'_>) -> rusqlite::Result<Refund> {
    Ok(Refund {
        out_refund_no: row.get("out_refund_no")?,
        refund_id: row.get("refund_id")?,
        transaction_id: row.get("transaction_id")?,
        out_trade_no: row.get("out_trade_no")?,
        body: row.get("body")?,
        amount: row.get("amount")?,
        total: row.get("total")?,
        notify_url: row.get("notify_url")?,
        status: row.get("status")?,
        created_at: row.get("created_at")?,
        success_at: row.get("success_at")?,
    })
}

pub(super) fn find_refund(database: &Connection, out_refund_no: &str) -> rusqlite::Result<Option<Refund>> {
    let sql = "select * from wechatpay_refunds where out_refund_no = ?1";
    database.query_row(sql, [out_refund_no], read).optional()
}

/// Refunds under way since `before` or longer.
pub(super) fn under_way(database: &Connection, before: i64) -> rusqlite::Result<Vec<Refund>> {
    let sql = "select * from wechatpay_refunds where status = 'PROCESSING' and created_at <= ?1 order by rowid";
    let mut found = database.prepare(sql)?;
    found.query_map([before], read)?.collect()
}

pub(super) async fn create(State(party): State<Wechatpay>, body: Bytes) -> Result<Response, Refusal> {
    let sent: Value = serde_json::from_slice(&body).map_err(|_| Refusal::parameter("请求体不是合法的JSON"))?;
    let inner = &party.0;
    let out_refund_no =
        rules::number("out_refund_no", sent["out_refund_no"].as_str().unwrap_or_default(), 1..=64, b"_-|*@")?;
    let mut database = inner.database();
    let database = database.transaction_with_behavior(Immediate)?;
    if let Some(before) = find_refund(&database, &out_refund_no)? {
        let same = serde_json::from_str::<Value>(&before.body).is_ok_and(|before| before == sent);
        if !same {
            return Err(Refusal::new(400, "INVALID_REQUEST", "商户退款单号重复,请求参数不一致"));
        }
        return Ok(inner.answer(&inner.show_refund(&before)));
    }
    let refund = inner.read_refund(&database, &sent, out_refund_no)?;
    database.execute(
        "insert into wechatpay_refunds values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, null)",
        params![
            refund.out_refund_no,
            refund.refund_id,
            refund.transaction_id,
            refund.out_trade_no,
            refund.body,
            refund.amount,
            refund.total,
            refund.notify_url,
            refund.status,
            refund.created_at
        ],
    )?;
    database
        .execute("update wechatpay_orders set state = 'REFUND' where transaction_id = ?1", [&refund.transaction_id])?;
    database.commit()?;
    Ok(inner.answer(&inner.show_refund(&refund)))
}

pub(super) async fn query(
    State(party): State<Wechatpay>,
    Path(out_refund_no): Path<String>,
) -> Result<Response, Refusal> {
    let refund = find_refund(&party.0.database(), &out_refund_no)?;
    let refund = refund.ok_or_else(|| Refusal::new(404, "RESOURCE_NOT_EXISTS", "退款单不存在"))?;
    Ok(party.0.answer(&party.0.show_refund(&refund)))
}

impl Inner {
    fn read_refund(&self, database: &Connection, sent: &Value, out_refund_no: String) -> Result<Refund, Refusal> {
        let paid = paid_transaction(database, sent)?
            .ok_or_else(|| Refusal::new(404, "RESOURCE_NOT_EXISTS", "订单不存在或未支付"))?;
        if sent["reason"].as_str().is_some_and(|reason| reason.chars().count() > 80) {
            return Err(Refusal::parameter("退款原因超过80个字符"));
        }
        let amount = &sent["amount"];
        let (refund, total) = match (amount["refund"].as_i64(), amount["total"].as_i64(), amount["currency"].as_str()) {
            (Some(refund), Some(total), Some("CNY")) if refund >= 1 => (refund, total),
            _ => return Err(Refusal::parameter("输入源“/body/amount”规则校验失败")),
        };
        if total != paid.total {
            return Err(Refusal::new(400, "INVALID_REQUEST", "订单金额或退款金额与之前请求不一致"));
        }
        let now = self.now();
        if now - paid.at > REFUNDABLE_SECONDS {
            return Err(Refusal::new(400, "INVALID_REQUEST", "订单已超过可退款的最大时间限制"));
        }
        let (count, before, latest): (i64, i64, Option<i64>) = database.query_row(
            "select count(*), coalesce(sum(amount), 0), max(created_at) from wechatpay_refunds where transaction_id = ?1
                and status in ('PROCESSING', 'SUCCESS', 'ABNORMAL')",
            [&paid.transaction_id],
            |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)),
        )?;
        if before + refund > paid.total || count >= MAX_REFUNDS {
            return Err(Refusal::new(400, "INVALID_REQUEST", "退款金额大于支付金额或超过退款次数"));
        }
        if latest.is_some_and(|latest| now - latest < SECONDS_BETWEEN_REFUNDS) {
            return Err(Refusal::new(429, "FREQUENCY_LIMITED", "同一订单的退款请求过于频繁"));
        }
        Ok(Refund {
            refund_id: format!("503{}", self.ids.digits(26)),
            out_refund_no,
            transaction_id: paid.transaction_id,
            out_trade_no: paid.out_trade_no,
            body: sent.to_string(),
            amount: refund,
            total,
            notify_url: sent["notify_url"].as_str().map(rules::notify_url).transpose()?,
            status: "PROCESSING".to_owned(),
            created_at: now,
            success_at: None,
        })
    }

    fn show_refund(&self, refund: &Refund) -> Value {
        let mut shown = json!({
            "refund_id": refund.refund_id, "out_refund_no": refund.out_refund_no,
            "transaction_id": refund.transaction_id, "out_trade_no": refund.out_trade_no, "channel": "ORIGINAL",
            "user_received_account": "支付用户零钱", "create_time": rfc3339(refund.created_at), "status": refund.status,
            "funds_account": "UNSETTLED",
            "amount": {
                "total": refund.total, "refund": refund.amount, "payer_total": refund.total,
                "payer_refund": refund.amount, "settlement_refund": refund.amount, "settlement_total": refund.total,
                "discount_refund": 0, "currency": "CNY",
            },
        });
        if let Some(at) = refund.success_at {
            shown["success_time"] = json!(rfc3339(at));
        }
        shown
    }
}

/// What a refund goes back from.
struct PaidTransaction {
    out_trade_no: String,
    transaction_id: String,
    total: i64,
    at: i64,
}

/// The paid transaction a refund names, by its own number or the order's.
fn paid_transaction(database: &Connection, sent: &Value) -> rusqlite::Result<Option<PaidTransaction>> {
    let order = match (sent["transaction_id"].as_str(), sent["out_trade_no"].as_str()) {
        (Some(transaction), _) => {
            let extra = database
                .query_row(
                    "select out_trade_no, paid_total, success_at from wechatpay_extra_payments where transaction_id = ?1",
                    [transaction],
                    |row| {
                        Ok(PaidTransaction {
                            out_trade_no: row.get(0)?,
                            transaction_id: transaction.to_owned(),
                            total: row.get(1)?,
                            at: row.get(2)?,
                        })
                    },
                )
                .optional()?;
            if extra.is_some() {
                return Ok(extra);
            }
            find(database, "transaction_id", transaction)?
        }
        (None, Some(out_trade_no)) => find(database, "out_trade_no", out_trade_no)?,
        (None, None) => None,
    };
    Ok(order.and_then(|order| {
        Some(PaidTransaction {
            out_trade_no: order.out_trade_no,
            transaction_id: order.transaction_id?,
            total: order.paid_total?,
            at: order.success_at?,
        })
    }))
}
