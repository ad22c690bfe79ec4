//! The text of statements: UTF-8 with a byte order mark, CRLF, every cell of a row behind a back-quote, sums in yuan.

use super::{Keys, shown::civil};
use heatpay_domain::Fen;
use rusqlite::{Connection, Row, params};
use serde_json::Value;
use std::ops::Range;

/// The fee: 0.60 %.
const FEE_PER_10_000: i64 = 60;
const FEE_RATE: &str = "0.60%";

/// Columns of the trade statement: before, within and after what only refunds have.
const ORDER: &str = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额";
const REFUND_TIMES: &str = "退款申请时间,退款成功时间";
const REFUND: &str = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态";
const GOODS: &str = "商品名称,商户数据包,手续费,费率,订单金额";
const ASKED: &str = "申请退款金额";
const REMARK: &str = "费率备注";
const TRADE_SUMMARY: &str =
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额";

const FLOW: &str = "记账时间,微信支付业务单号,资金流水单号,业务名称,业务类型,收支类型,收支金额(元),账户结余(元),资金变更提交申请人,备注,业务凭证号";
const FLOW_SUMMARY: &str = "资金流水总笔数,收入笔数,收入金额,支出笔数,支出金额";

/// Money that moved: a payment, or a refund of one.
pub(super) struct Entry {
    at: i64,
    transaction_id: String,
    out_trade_no: String,
    payer: String,
    trade_type: String,
    description: String,
    attach: String,
    amount: i64,
    refund: Option<Back>,
}

struct Back {
    refund_id: String,
    out_refund_no: String,
    asked_at: i64,
}

/// All money that moved in that time, in order.
pub(super) fn entries(database: &Connection, time: &Range<i64>) -> rusqlite::Result<Vec<Entry>> {
    let mut found = database.prepare(
        "with payments as (
            select transaction_id, out_trade_no, paid_total, success_at from wechatpay_orders where success_at is not null
            union all select transaction_id, out_trade_no, paid_total, success_at from wechatpay_extra_payments),
        moves as (
            select success_at as at, transaction_id, out_trade_no, paid_total as amount,
                null as refund_id, null as out_refund_no, 0 as asked_at from payments
            union all select success_at, transaction_id, out_trade_no, amount, refund_id, out_refund_no, created_at
                from wechatpay_refunds where status = 'SUCCESS')
        select m.*, o.payer, o.trade_type, o.description, o.body
            from moves m join wechatpay_orders o on o.out_trade_no = m.out_trade_no
            where m.at >= ?1 and m.at < ?2 order by m.at, m.refund_id, m.transaction_id",
    )?;
    found.query_map(params![time.start, time.end], read)?.collect()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let body: Value = serde_json::from_str(&row.get::<_, String>("body")?).unwrap_or_default();
    let refund = match row.get::<_, Option<String>>("refund_id")? {
        Some(refund_id) => {
            Some(Back { refund_id, out_refund_no: row.get("out_refund_no")?, asked_at: row.get("asked_at")? })
        }
        None => None,
    };
    Ok(Entry {
        at: row.get("at")?,
        transaction_id: row.get("transaction_id")?,
        out_trade_no: row.get("out_trade_no")?,
        payer: row.get::<_, Option<String>>("payer")?.unwrap_or_else(|| super::shown::SOMEBODY.to_owned()),
        trade_type: row.get("trade_type")?,
        description: row.get("description")?,
        attach: body["attach"].as_str().unwrap_or_default().to_owned(),
        amount: row.get("amount")?,
        refund,
    })
}

impl Entry {
    /// Charged for a payment, given back for a refund, in fen.
    fn fee(&self) -> i64 {
        let fee = (self.amount * FEE_PER_10_000 + 5_000) / 10_000;
        if self.refund.is_some() { -fee } else { fee }
    }

    fn paid(&self) -> i64 {
        if self.refund.is_some() { 0 } else { self.amount }
    }

    fn refunded(&self) -> i64 {
        self.amount - self.paid()
    }

    fn cell(&self, column: &str, keys: &Keys) -> String {
        let refund = self.refund.as_ref();
        let of_refund = |text: fn(&Back) -> String, without: &str| refund.map_or_else(|| without.to_owned(), text);
        match column {
            "交易时间" => civil(self.at),
            "公众账号ID" => keys.appid.clone(),
            "商户号" => keys.mchid.clone(),
            "特约商户号" => "0".to_owned(),
            "微信订单号" => self.transaction_id.clone(),
            "商户订单号" => self.out_trade_no.clone(),
            "用户标识" => self.payer.clone(),
            "交易类型" => self.trade_type.clone(),
            "交易状态" => of_refund(|_| "REFUND".to_owned(), "SUCCESS"),
            "付款银行" => "OTHERS".to_owned(),
            "货币种类" => "CNY".to_owned(),
            "应结订单金额" | "订单金额" => Fen(self.paid()).yuan(),
            "代金券金额" | "充值券退款金额" => Fen(0).yuan(),
            "退款申请时间" => of_refund(|refund| civil(refund.asked_at), ""),
            "退款成功时间" => civil(self.at),
            "微信退款单号" => of_refund(|refund| refund.refund_id.clone(), "0"),
            "商户退款单号" => of_refund(|refund| refund.out_refund_no.clone(), "0"),
            "退款金额" | "申请退款金额" => Fen(self.refunded()).yuan(),
            "退款类型" => of_refund(|_| "ORIGINAL".to_owned(), ""),
            "退款状态" => of_refund(|_| "SUCCESS".to_owned(), ""),
            "商品名称" => plain(&self.description),
            "商户数据包" => plain(&self.attach),
            "手续费" => fee_yuan(self.fee()),
            "费率" => FEE_RATE.to_owned(),
            // 设备号, 费率备注
            _ => String::new(),
        }
    }
}

/// Fees have five decimals.
fn fee_yuan(fen: i64) -> String {
    format!("{}000", Fen(fen).yuan())
}

/// A cell holds no separator and no line end.
fn plain(text: &str) -> String {
    text.replace([',', '\r', '\n', '`'], " ")
}

fn row<'a>(cells: impl IntoIterator<Item = String> + 'a) -> String {
    cells.into_iter().map(|cell| format!("`{cell}")).collect::<Vec<_>>().join(",")
}

fn file(lines: &[String]) -> String {
    lines.iter().fold("\u{feff}".to_owned(), |text, line| text + line + "\r\n")
}

/// The columns of a trade statement of that type.
pub(super) fn trade_columns(kind: &str) -> Option<String> {
    let parts: &[&str] = match kind {
        "ALL" => &[ORDER, REFUND, GOODS, ASKED, REMARK],
        "SUCCESS" => &[ORDER, GOODS, REMARK],
        "REFUND" => &[ORDER, REFUND_TIMES, REFUND, GOODS, ASKED, REMARK],
        _ => return None,
    };
    Some(parts.join(","))
}

/// The trade statement, its rows as they are `told`; `None` when nothing happened.
pub(super) fn trade<'a>(
    keys: &Keys,
    kind: &str,
    columns: String,
    entries: &'a [Entry],
    told: impl FnOnce(Vec<&'a Entry>) -> Vec<&'a Entry>,
) -> Option<String> {
    let belongs = |entry: &&Entry| match kind {
        "SUCCESS" => entry.refund.is_none(),
        "REFUND" => entry.refund.is_some(),
        _ => true,
    };
    let entries: Vec<_> = entries.iter().filter(belongs).collect();
    if entries.is_empty() {
        return None;
    }
    let entries = told(entries);
    let sum = |of: fn(&Entry) -> i64| entries.iter().map(|entry| of(entry)).sum::<i64>();
    let (paid, refunded, fees) = (sum(Entry::paid), sum(Entry::refunded), sum(Entry::fee));
    let rows: Vec<_> =
        entries.iter().map(|entry| row(columns.split(',').map(|column| entry.cell(column, keys)))).collect();
    let summary = row([
        entries.len().to_string(),
        Fen(paid).yuan(),
        Fen(refunded).yuan(),
        Fen(0).yuan(),
        fee_yuan(fees),
        Fen(paid).yuan(),
        Fen(refunded).yuan(),
    ]);
    let mut lines = vec![columns];
    lines.extend(rows);
    lines.extend([TRADE_SUMMARY.to_owned(), summary]);
    Some(file(&lines))
}

/// The fund flow of a day; `entries` from the beginning, for the balance. `None` when nothing happened.
pub(super) fn fund_flow(entries: &[Entry], day: &Range<i64>) -> Option<String> {
    let (mut balance, mut lines, mut moved) = (0, vec![FLOW.to_owned()], Vec::new());
    for (serial, entry) in entries.iter().enumerate() {
        let (kind, sum) = if entry.refund.is_some() { ("退款", -entry.amount) } else { ("交易", entry.amount) };
        for (part, kind, change) in [(0, kind, sum), (1, "扣除交易手续费", -entry.fee())] {
            balance += change;
            if change == 0 || !day.contains(&entry.at) {
                continue;
            }
            moved.push(change);
            lines.push(row([
                civil(entry.at),
                entry.transaction_id.clone(),
                format!("{:028}", serial * 2 + part),
                kind.to_owned(),
                kind.to_owned(),
                if change > 0 { "收入" } else { "支出" }.to_owned(),
                Fen(change.abs()).yuan(),
                Fen(balance).yuan(),
                "system".to_owned(),
                String::new(),
                entry.refund.as_ref().map_or(&entry.out_trade_no, |refund| &refund.out_refund_no).clone(),
            ]));
        }
    }
    if moved.is_empty() {
        return None;
    }
    let (came, went): (Vec<i64>, Vec<i64>) = moved.iter().partition(|change| **change > 0);
    let total = |changes: &[i64]| Fen(changes.iter().sum::<i64>().abs()).yuan();
    let counts = [moved.len().to_string(), came.len().to_string(), total(&came), went.len().to_string(), total(&went)];
    lines.extend([FLOW_SUMMARY.to_owned(), row(counts)]);
    Some(file(&lines))
}
