//! The pages where a payer pays: opened by a signed address of the merchant's, or by scanning a code. Whoever presses the button
//! signs in and pays. Errors are pages too, in GBK.

use super::{Alipay, answers::Refusal, control::NotPaid, gate::Call, trades};
use crate::wechatpay::sign;
use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
};
use encoding_rs::GBK;
use url::form_urlencoded::Serializer;

/// The merchant's page order, opened by the payer's browser.
pub(super) fn opened(party: &Alipay, method: &str, call: Result<Call, Refusal>) -> Response {
    let order = call.and_then(|call| {
        if let Some(refusal) = party.next_answer() {
            return Err(refusal);
        }
        party.0.order(method, &call, |_| {})
    });
    match order {
        Ok(trade) => page(&trade.out_trade_no, &trade.subject, trade.total),
        Err(refusal) => error_page(&refusal.text()),
    }
}

/// The code that a screen showed, opened by the payer's phone.
pub(super) async fn scanned(State(party): State<Alipay>, headers: HeaderMap, Path(code): Path<String>) -> Response {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let qr_code = format!("http://{host}/bax/{code}");
    match party.sign_in_to(&qr_code).and_then(|_| party.order(&qr_code)) {
        Ok(card) => page(&card.out_trade_no, &card.subject, card.total),
        Err(error) => error_page(&error.to_string()),
    }
}

/// The button. The browser goes back to the merchant with signed parameters, which prove nothing.
pub(super) async fn pay(State(party): State<Alipay>, Path(out_trade_no): Path<String>) -> Response {
    match party.pay(&out_trade_no, 0).and_then(|_| party.back(&out_trade_no)) {
        Ok(Some(url)) => Redirect::to(&url).into_response(),
        Ok(None) => Html("<!doctype html><meta charset=utf-8><title>支付宝</title><p>支付成功").into_response(),
        Err(error) => error_page(&error.to_string()),
    }
}

impl Alipay {
    /// Where the browser goes after paying, with what Alipay says to it there.
    fn back(&self, out_trade_no: &str) -> Result<Option<String>, NotPaid> {
        let trade = self.paid_order(out_trade_no)?;
        let Some(url) = trade.return_url else { return Ok(None) };
        let total = trades::yuan(trade.paid_total.unwrap_or(trade.total));
        let now = trades::civil(self.0.now());
        let parameters = [
            ("app_id", self.0.keys.app_id.as_str()),
            ("auth_app_id", &self.0.keys.app_id),
            ("charset", "utf-8"),
            ("method", &format!("{}.return", trade.method)),
            ("out_trade_no", out_trade_no),
            ("seller_id", &self.0.keys.seller_id),
            ("timestamp", &now),
            ("total_amount", &total),
            ("trade_no", trade.trade_no.as_deref().unwrap_or_default()),
            ("version", "1.0"),
        ];
        let signed: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let signature = sign(&self.0.alipay_key, signed.join("&").as_bytes());
        let query = Serializer::new(String::new())
            .extend_pairs(parameters)
            .extend_pairs([("sign_type", "RSA2"), ("sign", &signature)])
            .finish();
        let (page, place) = url.split_once('#').map_or((url.as_str(), None), |(page, place)| (page, Some(place)));
        let joint = if page.contains('?') { '&' } else { '?' };
        let place = place.map(|place| format!("#{place}")).unwrap_or_default();
        Ok(Some(format!("{page}{joint}{query}{place}")))
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn page(out_trade_no: &str, subject: &str, total: i64) -> Response {
    let (number, subject, yuan) = (escaped(out_trade_no), escaped(subject), trades::yuan(total));
    let page = format!(
        "<!doctype html><html lang=zh-CN><meta charset=utf-8><meta name=viewport content=\"width=device-width\">\
         <title>支付宝收银台(模拟)</title>\
         <style>body{{font:18px sans-serif;max-width:26em;margin:3em auto;padding:0 1em}}b{{font-size:1.8em}}\
         button{{font:inherit;width:100%;padding:.8em;color:#fff;background:#1677ff;border:0;border-radius:.4em}}</style>\
         <h1>支付宝</h1><p>{subject}<p><b>¥ {yuan}</b><p>订单号 {number}\
         <form method=post action=\"/cashier/{number}\"><button>确认付款</button></form>"
    );
    Html(page).into_response()
}

fn error_page(text: &str) -> Response {
    let page = format!("<!doctype html><meta charset=gbk><title>支付宝</title><p>系统有点儿忙: {}", escaped(text));
    let kind = [(header::CONTENT_TYPE, "text/html;charset=GBK")];
    (StatusCode::OK, kind, GBK.encode(&page).0.into_owned()).into_response()
}
