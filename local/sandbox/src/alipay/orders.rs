//! Orders: made, asked about, closed.

use super::{
    Alipay, Inner,
    answers::{Refusal, done},
    gate::Call,
    trades::{self, Trade, civil, yuan},
};
use heatpay_domain::{Fen, calendar::moment};
use jiff::civil::DateTime;
use rusqlite::params;
use serde_json::{Value, json};

type Answer = Result<Value, Refusal>;

/// How long an order lives that names no end.
const FIFTEEN_DAYS: i64 = 15 * 86_400;

/// A code can be scanned for two hours.
const CODE_SECONDS: i64 = 2 * 3600;

/// 100,000,000.00 yuan.
const MOST: i64 = 10_000_000_000;

/// In the mini-program: the payer is known, so the trade is made at once.
pub(super) fn create(party: &Alipay, call: &Call) -> Answer {
    let payer = call.text("buyer_open_id").or_else(|| call.text("buyer_id"));
    if payer.is_none() || (call.text("buyer_open_id").is_some() && call.text("op_app_id").is_none()) {
        return Err(Refusal::parameter("buyer_id、buyer_open_id与op_app_id不能为空"));
    }
    let trade = party.0.order("alipay.trade.create", call, |trade| {
        trade.buyer = payer.clone();
        trade.trade_no = Some(party.0.trade_no());
    })?;
    Ok(done(json!({ "out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no })))
}

pub(super) fn precreate(party: &Alipay, call: &Call) -> Answer {
    let trade = party.0.order("alipay.trade.precreate", call, |trade| {
        trade.qr_code = Some(format!("http://{}/bax/{}", call.host, party.0.ids.token(20)));
        trade.expires_at = trade.expires_at.min(trade.created_at + CODE_SECONDS);
    })?;
    Ok(done(json!({ "out_trade_no": trade.out_trade_no, "qr_code": trade.qr_code })))
}

pub(super) fn query(party: &Alipay, call: &Call) -> Answer {
    let trade = trades::named(&party.0.database(), call)?;
    Ok(done(party.0.show(&trade)))
}

pub(super) fn close(party: &Alipay, call: &Call) -> Answer {
    let database = party.0.database();
    let trade = trades::named(&database, call)?;
    match trade.status_at(party.0.now()) {
        "WAIT_BUYER_PAY" => database.execute(
            "update alipay_trades set status = 'TRADE_CLOSED', closed_at = ?2 where out_trade_no = ?1",
            params![trade.out_trade_no, party.0.now()],
        )?,
        "TRADE_CLOSED" if !trade.is_paid() => {
            return Err(Refusal::business("ACQ.TRADE_HAS_CLOSE", "交易已经关闭"));
        }
        _ => return Err(Refusal::business("ACQ.REASON_TRADE_STATUS_INVALID", "交易状态不合法")),
    };
    Ok(done(json!({ "out_trade_no": trade.out_trade_no, "trade_no": trade.trade_no })))
}

impl Inner {
    /// Makes an order, or finds the one that was made by the same call before.
    pub(super) fn order(&self, method: &str, call: &Call, make: impl FnOnce(&mut Trade)) -> Result<Trade, Refusal> {
        let now = self.now();
        let read = self.read_order(method, call, now)?;
        let database = self.database();
        if let Some(before) = trades::find(&database, "out_trade_no", &read.out_trade_no)? {
            let same = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
            return match before.status_at(now) {
                _ if before.is_paid() => Err(Refusal::business("ACQ.TRADE_HAS_SUCCESS", "交易已被支付")),
                "TRADE_CLOSED" => Err(Refusal::business("ACQ.TRADE_HAS_CLOSE", "交易已经关闭")),
                _ if same(&before.content) != same(&read.content) || before.method != read.method => {
                    Err(Refusal::business("ACQ.CONTEXT_INCONSISTENT", "交易信息被篡改"))
                }
                _ => Ok(before),
            };
        }
        let mut trade = read;
        make(&mut trade);
        trades::put(&database, &trade)?;
        Ok(trade)
    }

    fn read_order(&self, method: &str, call: &Call, now: i64) -> Result<Trade, Refusal> {
        let out_trade_no = number("out_trade_no", call)?;
        let total = call.text("total_amount").and_then(|text| Fen::parse_yuan(&text).ok());
        let total = total.filter(|total| (1..=MOST).contains(&total.0));
        let total = total.ok_or_else(|| Refusal::parameter("参数有误total_amount格式不正确"))?.0;
        let subject =
            call.text("subject").filter(|text| text.chars().count() <= 256 && !text.contains(['/', '=', '&']));
        let subject = subject.ok_or_else(|| Refusal::parameter("参数有误订单标题格式不正确"))?;
        let wanted = match method {
            "alipay.trade.create" => "JSAPI_PAY",
            "alipay.trade.wap.pay" => "QUICK_WAP_WAY",
            "alipay.trade.page.pay" => "FAST_INSTANT_TRADE_PAY",
            _ => "QR_CODE_OFFLINE",
        };
        let product = call.text("product_code");
        let needed = method.ends_with(".pay");
        if product.as_deref().map_or(needed, |product| product != wanted && needed) {
            return Err(Refusal::parameter("product_code不正确"));
        }
        if call.parameter("notify_url").is_some_and(|url| !is_public(&url)) {
            return Err(Refusal::parameter("notify_url不正确"));
        }
        let expires_at = expiry(call, now)?;
        Ok(Trade {
            out_trade_no,
            method: method.to_owned(),
            content: call.content.to_string(),
            subject,
            total,
            buyer: None,
            notify_url: call.parameter("notify_url"),
            return_url: call.parameter("return_url"),
            expires_at,
            qr_code: None,
            trade_no: None,
            status: "WAIT_BUYER_PAY".to_owned(),
            paid_total: None,
            paid_at: None,
            created_at: now,
        })
    }

    pub(super) fn trade_no(&self) -> String {
        let day = civil(self.now());
        let day = day.split(' ').next().unwrap_or_default().replace('-', "");
        format!("{day}22001{}", self.ids.digits(15))
    }

    fn show(&self, trade: &Trade) -> Value {
        let total = trade.paid_total.unwrap_or(trade.total);
        let mut shown = json!({
            "trade_no": trade.trade_no, "out_trade_no": trade.out_trade_no,
            "trade_status": trade.status_at(self.now()), "total_amount": yuan(total), "buyer_logon_id": "159****0001",
            "point_amount": "0.00", "invoice_amount": "0.00", "receipt_amount": "0.00", "buyer_pay_amount": "0.00",
        });
        if let Some(at) = trade.paid_at {
            shown["send_pay_date"] = json!(civil(at));
            for name in ["invoice_amount", "receipt_amount", "buyer_pay_amount"] {
                shown[name] = json!(yuan(total));
            }
            shown["fund_bill_list"] = json!([{ "amount": yuan(total), "fund_channel": "ALIPAYACCOUNT" }]);
        }
        if let Some(buyer) = &trade.buyer {
            shown["buyer_open_id"] = json!(buyer);
        }
        shown
    }
}

/// When the order ends: `time_expire`, or so many minutes, hours or days from now.
fn expiry(call: &Call, now: i64) -> Result<i64, Refusal> {
    let wrong = || Refusal::parameter("参数有误time_expire格式不正确");
    if let Some(text) = call.text("time_expire") {
        let civil = DateTime::strptime("%Y-%m-%d %H:%M:%S", &text).map_err(|_| wrong())?;
        let at = moment(civil).ok_or_else(wrong)?.as_second();
        return if at > now { Ok(at) } else { Err(Refusal::parameter("time_expire早于当前时间")) };
    }
    let Some(text) = call.text("timeout_express") else { return Ok(now + FIFTEEN_DAYS) };
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 86_400,
        _ => return Err(wrong()),
    };
    let count: i64 = text.get(..text.len() - 1).and_then(|count| count.parse().ok()).ok_or_else(wrong)?;
    if (60..=FIFTEEN_DAYS).contains(&(count * unit)) { Ok(now + count * unit) } else { Err(wrong()) }
}

/// Our numbers: letters, digits and `_`, up to 64.
pub(super) fn number(name: &'static str, call: &Call) -> Result<String, Refusal> {
    let allowed = |text: &String| text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    call.text(name).filter(allowed).ok_or_else(|| Refusal::parameter(format!("参数有误{name}格式不正确")))
}

fn is_public(url: &str) -> bool {
    url.starts_with("https://") || url.starts_with("http://127.0.0.1:") || url.starts_with("http://localhost:")
}
