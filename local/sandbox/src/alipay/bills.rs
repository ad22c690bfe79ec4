//! Bills: an address good for 30 seconds, a ZIP of CSV files in GBK behind it.

use super::{
    Alipay,
    answers::{Refusal, done},
    gate::Call,
    packed,
    trades::{civil, yuan},
};
use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use heatpay_domain::calendar::{civil_time, moment};
use jiff::{Timestamp, civil::Date};
use rusqlite::{Connection, params};
use serde_json::{Value, json};
use std::{ops::Range, sync::PoisonError};

/// How long a file can be fetched.
const FETCHABLE_SECONDS: i64 = 30;

/// Yesterday's bill is made by this hour.
const READY_AT: i8 = 9;

/// The fee: 0.60 %.
const FEE_PER_10_000: i64 = 60;

const COLUMNS: &str = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";

/// A file that waits to be fetched.
pub(super) struct Waiting {
    until: i64,
    bytes: Vec<u8>,
}

/// Money that moved.
#[derive(Clone)]
struct Entry {
    trade_no: String,
    out_trade_no: String,
    subject: String,
    created_at: i64,
    at: i64,
    amount: i64,
    refund: Option<String>,
}

pub(super) fn address(party: &Alipay, call: &Call) -> Result<Value, Refusal> {
    let inner = &party.0;
    if call.text("bill_type").as_deref() != Some("trade") {
        return Err(Refusal::business("INVAILID_ARGUMENTS", "入参不合法"));
    }
    let (day, time) = inner.day(call)?;
    let entries = entries(&inner.database(), &time)?;
    if entries.is_empty() {
        return Err(Refusal::business("isp.bill_not_exist", "账单不存在"));
    }
    let told = inner.switches.read().statements;
    let entries = told.rows(entries, inner.ids.as_ref());
    let name = format!("{}0156_{}", inner.keys.seller_id, day.strftime("%Y%m%d"));
    let mut detail = detail(&inner.keys.seller_id, day, &entries, inner.now());
    detail.truncate(detail.floor_char_boundary(told.length(detail.len())));
    let summary = format!("#支付宝业务汇总查询\r\n#账号：[{}0156]\r\n", inner.keys.seller_id);
    let files = [(format!("{name}_业务明细(汇总).csv"), summary), (format!("{name}_业务明细.csv"), detail)];
    let packed = packed::zip(&files).map_err(|e| Refusal::new("20000", "isp.unknow-error", e.to_string()))?;
    let packed = told.zip(packed);
    let (token, now) = (inner.ids.token(40), inner.now());
    let mut waiting = inner.files.lock().unwrap_or_else(PoisonError::into_inner);
    waiting.retain(|_, file| now < file.until);
    waiting.insert(token.clone(), Waiting { until: now + FETCHABLE_SECONDS, bytes: packed });
    Ok(done(json!({ "bill_download_url": format!("http://{}/bill/{token}", call.host) })))
}

pub(super) async fn download(State(party): State<Alipay>, Path(token): Path<String>) -> Response {
    let now = party.0.now();
    let files = party.0.files.lock().unwrap_or_else(PoisonError::into_inner);
    match files.get(&token).filter(|file| now < file.until) {
        Some(file) => ([(header::CONTENT_TYPE, "application/zip")], file.bytes.clone()).into_response(),
        None => StatusCode::FORBIDDEN.into_response(),
    }
}

impl super::Inner {
    /// The day asked for, also in Unix seconds: one that is over and made up by now.
    fn day(&self, call: &Call) -> Result<(Date, Range<i64>), Refusal> {
        let wrong = || Refusal::business("INVAILID_ARGUMENTS", "bill_date不合法");
        let day: Date = call.text("bill_date").and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
        let now = civil_time(Timestamp::from_second(self.now()).unwrap_or_default());
        if day >= now.date() {
            return Err(wrong());
        }
        let is_yesterday = now.date().yesterday().is_ok_and(|yesterday| yesterday == day);
        if is_yesterday && now.hour() < READY_AT {
            return Err(Refusal::business("isp.bill_not_exist", "账单不存在"));
        }
        let start = moment(day.at(0, 0, 0, 0)).ok_or_else(wrong)?.as_second();
        Ok((day, start..start + 86_400))
    }
}

fn entries(database: &Connection, time: &Range<i64>) -> rusqlite::Result<Vec<Entry>> {
    let mut found = database.prepare(
        "with moves as (
            select trade_no, paid_at as at, paid_total as amount, null as refund from alipay_trades where paid_at is not null
            union all select trade_no, moved_at, amount, out_request_no from alipay_refunds where moved_at is not null)
        select m.trade_no, t.out_trade_no, t.subject, t.created_at, m.at, m.amount, m.refund
            from moves m join alipay_trades t on t.trade_no = m.trade_no
            where m.at >= ?1 and m.at < ?2 order by m.at, m.refund, m.trade_no",
    )?;
    found
        .query_map(params![time.start, time.end], |row| {
            Ok(Entry {
                trade_no: row.get(0)?,
                out_trade_no: row.get(1)?,
                subject: row.get(2)?,
                created_at: row.get(3)?,
                at: row.get(4)?,
                amount: row.get(5)?,
                refund: row.get(6)?,
            })
        })?
        .collect()
}

impl Entry {
    /// Negative where it is charged.
    fn fee(&self) -> i64 {
        let fee = (self.amount * FEE_PER_10_000 + 5_000) / 10_000;
        if self.refund.is_some() { fee } else { -fee }
    }

    fn row(&self) -> String {
        let sum = if self.refund.is_some() { -self.amount } else { self.amount };
        let cells: Vec<String> = COLUMNS
            .split(',')
            .map(|column| match column {
                "支付宝交易号" => format!("{}\t", self.trade_no),
                "商户订单号" => format!("{}\t", self.out_trade_no),
                "业务类型" => if self.refund.is_some() { "退款     " } else { "交易     " }.to_owned(),
                "商品名称" => self.subject.replace([',', '\r', '\n'], " "),
                "创建时间" => civil(self.created_at),
                "完成时间" => civil(self.at),
                "对方账户" => "张*(159****0001)".to_owned(),
                "订单金额（元）" | "商家实收（元）" => yuan(sum),
                "退款批次号/请求号" => format!("{}\t", self.refund.as_deref().unwrap_or_default()),
                "服务费（元）" => yuan(self.fee()),
                // 门店编号, 门店名称, 操作员, 终端号, 券名称, 备注
                name if !name.ends_with("（元）") => String::new(),
                _ => "0.00".to_owned(),
            })
            .collect();
        cells.join(",")
    }
}

fn detail(seller_id: &str, day: Date, entries: &[Entry], now: i64) -> String {
    let (refunds, payments): (Vec<_>, Vec<_>) = entries.iter().partition(|entry| entry.refund.is_some());
    let sum = |entries: &[&Entry]| entries.iter().map(|entry| entry.amount).sum::<i64>();
    let long = |at: Date| at.strftime("%Y年%m月%d日 00:00:00").to_string();
    let mut lines = vec![
        "#支付宝业务明细查询".to_owned(),
        format!("#账号：[{seller_id}0156]"),
        format!("#起始日期：[{}]   终止日期：[{}]", long(day), long(day.tomorrow().unwrap_or(day))),
        "#-----------------------------------------业务明细列表----------------------------------------".to_owned(),
        COLUMNS.to_owned(),
    ];
    lines.extend(entries.iter().map(Entry::row));
    lines.extend([
        "#-----------------------------------------业务明细列表结束------------------------------------".to_owned(),
        format!("#交易合计：{}笔，商家实收共{}元，商家优惠共0.00元", payments.len(), yuan(sum(&payments))),
        format!("#退款合计：{}笔，商家实收退款共{}元，商家优惠退款共0.00元", refunds.len(), yuan(-sum(&refunds))),
        format!("#导出时间：[{}]", civil(now)),
    ]);
    lines.iter().fold(String::new(), |text, line| text + line + "\r\n")
}
