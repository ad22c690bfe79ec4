//! The rules of an order's fields (§ JSAPI/H5/Native 下单).

use super::answers::Refusal;
use jiff::Timestamp;
use serde_json::Value;
use std::ops::RangeInclusive;

/// An order that keeps the rules.
pub(super) struct Order {
    pub(super) out_trade_no: String,
    pub(super) description: String,
    pub(super) notify_url: String,
    pub(super) expires_at: i64,
    pub(super) total: i64,
    pub(super) payer: Option<String>,
}

/// How long an order lives that names no end.
const SEVEN_DAYS: i64 = 7 * 86_400;

/// The goods in detail.
const MAX_DETAIL_BYTES: usize = 6144;

pub(super) fn read(kind: &str, body: &Value, mchid: &str, appid: &str, now: i64) -> Result<Order, Refusal> {
    let text = |name: &str| body[name].as_str().unwrap_or_default();
    if text("mchid") != mchid || text("appid") != appid {
        return Err(Refusal::new(400, "APPID_MCHID_NOT_MATCH", "appid和mch_id不匹配"));
    }
    let out_trade_no = number("out_trade_no", text("out_trade_no"), 6..=32, b"_-|*")?;
    let description = text("description");
    if !(1..=127).contains(&description.chars().count()) {
        return Err(Refusal::parameter("输入源“/body/description”映射到值字段“商品描述”字符串规则校验失败"));
    }
    let notify_url = notify_url(text("notify_url"))?;
    let amount = &body["amount"];
    let total = amount["total"].as_i64().filter(|total| *total >= 1);
    let total = total.ok_or_else(|| Refusal::parameter("输入源“/body/amount/total”数值规则校验失败"))?;
    if amount["currency"].as_str().is_some_and(|currency| currency != "CNY") {
        return Err(Refusal::parameter("货币类型只支持CNY"));
    }
    let expires_at = match body["time_expire"].as_str() {
        None => now + SEVEN_DAYS,
        Some(text) => {
            let at: Timestamp = text.parse().map_err(|_| Refusal::parameter("time_expire格式错误"))?;
            // At least a minute ahead; an order that is already over is refused as well.
            if at.as_second() < now + 60 {
                return Err(Refusal::parameter("time_expire时间过短,至少在1分钟后"));
            }
            at.as_second()
        }
    };
    for (name, most) in [("attach", 128), ("goods_tag", 32)] {
        if text(name).chars().count() > most {
            return Err(Refusal::parameter(format!("输入源“/body/{name}”字符串长度超过{most}")));
        }
    }
    if body["detail"].to_string().len() > MAX_DETAIL_BYTES {
        return Err(Refusal::parameter("输入源“/body/detail”超过6144字节"));
    }
    let payer = body["payer"]["openid"].as_str().filter(|openid| !openid.is_empty()).map(str::to_owned);
    match kind {
        "jsapi" if payer.is_none() => return Err(Refusal::parameter("JSAPI支付必须传openid")),
        "h5" => scene(&body["scene_info"])?,
        _ => {}
    }
    Ok(Order { out_trade_no, description: description.to_owned(), notify_url, expires_at, total, payer })
}

fn scene(scene: &Value) -> Result<(), Refusal> {
    let ip = scene["payer_client_ip"].as_str().is_some_and(|ip| ip.parse::<std::net::IpAddr>().is_ok());
    let kind = scene["h5_info"]["type"].as_str().is_some_and(|kind| ["Wap", "iOS", "Android"].contains(&kind));
    if ip && kind {
        Ok(())
    } else {
        Err(Refusal::parameter("H5支付必须传scene_info.payer_client_ip和h5_info.type"))
    }
}

/// Order and refund numbers: letters, digits and some signs.
pub(super) fn number(name: &str, text: &str, len: RangeInclusive<usize>, signs: &[u8]) -> Result<String, Refusal> {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || signs.contains(&b);
    if len.contains(&text.len()) && text.bytes().all(allowed) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::parameter(format!("输入源“/body/{name}”字符串规则校验失败")))
    }
}

/// Publicly reachable over https, without a query; on one machine, loopback may stay plain.
pub(super) fn notify_url(text: &str) -> Result<String, Refusal> {
    let safe =
        text.starts_with("https://") || text.starts_with("http://127.0.0.1:") || text.starts_with("http://localhost:");
    if safe && text.len() <= 255 && !text.contains(['?', '#']) {
        Ok(text.to_owned())
    } else {
        Err(Refusal::parameter("notify_url必须为https且不能携带参数"))
    }
}
