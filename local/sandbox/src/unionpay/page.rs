//! The payer's pages: the one a front form is posted to, the one a `tn` opens, and the way back to the merchant's `frontUrl`.

use super::{
    Unionpay,
    control::NotPaid,
    gateway::{order, text},
    messages::{Fields, of_form},
    transactions::{Transaction, find, named},
};
use crate::database::Broken;
use axum::{
    body::Bytes,
    extract::{Path, State},
    response::Html,
};
use heatpay_domain::Fen;

type Page = Result<Html<String>, Broken>;

/// The browser posts the merchant's form; a page comes back where the payer pays.
pub(super) async fn front(State(party): State<Unionpay>, body: Bytes) -> Page {
    Ok(match party.take_form(&of_form(&body))? {
        Ok(order) => cashier(&order),
        Err((code, message)) => Html(page(&format!("<p>{code} {}</p>", escaped(message)))),
    })
}

/// What the app shows for a `tn`.
pub(super) async fn app(State(party): State<Unionpay>, Path(tn): Path<String>) -> Page {
    let found = named(&party.0.database(), &tn)?;
    Ok(found.map_or_else(|| Html(page("<p>34 查无此交易</p>")), |order| cashier(&order)))
}

/// The payer pressed the button.
pub(super) async fn pay(State(party): State<Unionpay>, body: Bytes) -> Page {
    let fields = of_form(&body);
    let found = find(&party.0.database(), text(&fields, "orderId"), text(&fields, "txnTime"))?;
    let Some(order) = found else { return Ok(Html(page("<p>34 查无此交易</p>"))) };
    match party.pay(&order.order_id, 0) {
        Ok(_) => {}
        Err(NotPaid::Database(error)) => return Err(error.into()),
        Err(error) => return Ok(Html(page(&format!("<p>{}</p>", escaped(&error.to_string()))))),
    }
    let paid = find(&party.0.database(), &order.order_id, &order.txn_time)?.unwrap_or(order);
    if paid.front_url.is_empty() {
        return Ok(Html(page("<p>支付成功</p>")));
    }
    let fields = hidden(&party.0.sign(party.0.shown(&paid), false));
    let url = escaped(&paid.front_url);
    Ok(Html(page(&format!(
        "<p>支付成功</p><form method=post action=\"{url}\">{fields}<button>返回商户</button></form>"
    ))))
}

impl Unionpay {
    /// Takes a front form as the browser posts it. Posted again before it is paid it is the same order.
    pub(super) fn take_form(
        &self,
        fields: &Fields,
    ) -> rusqlite::Result<Result<Transaction, (&'static str, &'static str)>> {
        let inner = &self.0;
        if let Some(refusal) = inner.refuses(fields) {
            return Ok(Err(refusal));
        }
        let order = match order(fields, inner.clock.now()) {
            Ok(order) => order,
            Err(refusal) => return Ok(Err(refusal)),
        };
        if order.front_url.is_empty() {
            return Ok(Err(("13", "报文字段缺失")));
        }
        let database = inner.database();
        match find(&database, &order.order_id, &order.txn_time)? {
            Some(before) if before.code.is_empty() && before.amount == order.amount => Ok(Ok(before)),
            Some(_) => Ok(Err(("12", "重复交易"))),
            None => {
                order.keep(&database)?;
                Ok(Ok(order))
            }
        }
    }
}

fn cashier(order: &Transaction) -> Html<String> {
    let (what, sum) = (escaped(&order.description), Fen(order.amount).yuan());
    let named = hidden(
        &[("orderId", &order.order_id), ("txnTime", &order.txn_time)]
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .into(),
    );
    Html(page(&format!(
        "<h1>银联(沙箱)</h1><p>{what}</p><p>{sum} 元</p><form method=post action=\"/gateway/pay\">{named}<button>确认支付</button></form>"
    )))
}

fn hidden(fields: &Fields) -> String {
    let field = |(name, value): (&String, &String)| {
        format!("<input type=hidden name=\"{}\" value=\"{}\">", escaped(name), escaped(value))
    };
    fields.iter().map(field).collect()
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"zh-CN\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>银联(沙箱)</title>{body}</html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
