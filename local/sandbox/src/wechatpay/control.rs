//! What the desk and the tests do that no merchant can: pay, pay wrongly, pay twice.

use super::{
    Wechatpay,
    shown::{self, Order, find},
};
use jiff::Timestamp;
use rusqlite::params;
use std::collections::BTreeMap;

/// An order as the cashier shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCard {
    /// Our number.
    pub out_trade_no: String,
    /// `JSAPI`, `MWEB`, `NATIVE`
    pub trade_type: String,
    /// What the payer reads.
    pub description: String,
    /// In fen.
    pub total: i64,
    /// `NOTPAY`, `SUCCESS`, `REFUND`, `CLOSED`
    pub state: String,
    /// Once paid.
    pub transaction_id: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
}

/// A payment made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// WeChat's number.
    pub transaction_id: String,
    /// The order.
    pub out_trade_no: String,
    /// In fen.
    pub amount: i64,
}

/// WeChat would not let the payer pay.
#[derive(Debug, thiserror::Error)]
pub enum NotPaid {
    /// No such order.
    #[error("没有这个订单")]
    Unknown,
    /// It was paid, is closed or over.
    #[error("订单不能支付:{0}")]
    Not(String),
    /// The client's parameters are not signed by the merchant.
    #[error("支付签名验证失败")]
    Signature,
    /// The state.
    #[error("sandbox state")]
    Database(#[from] rusqlite::Error),
}

impl Wechatpay {
    /// The latest orders.
    pub fn orders(&self) -> rusqlite::Result<Vec<OrderCard>> {
        let now = self.0.now();
        let all = shown::all(&self.0.database())?;
        Ok(all
            .into_iter()
            .map(|order| OrderCard {
                state: if order.state == "NOTPAY" && now >= order.expires_at { "CLOSED".to_owned() } else { order.state },
                out_trade_no: order.out_trade_no,
                trade_type: order.trade_type,
                description: order.description,
                total: order.total,
                transaction_id: order.transaction_id,
                created_at: Timestamp::from_second(order.created_at).unwrap_or_default(),
            })
            .collect())
    }

    /// The payer pays; `wrong_by` makes the money another sum than was asked for.
    pub fn pay(&self, out_trade_no: &str, wrong_by: i64) -> Result<Paid, NotPaid> {
        let order = find(&self.0.database(), "out_trade_no", out_trade_no)?.ok_or(NotPaid::Unknown)?;
        if order.state != "NOTPAY" {
            return Err(NotPaid::Not(order.state));
        }
        if self.0.now() >= order.expires_at {
            return Err(NotPaid::Not("已过期".to_owned()));
        }
        self.take_money(order, wrong_by)
    }

    /// The payer pays as the WeChat app does: with the parameters the client handed it, whose signature is checked.
    pub fn pay_with_client_parameters(&self, parameters: &BTreeMap<String, String>) -> Result<Paid, NotPaid> {
        let text = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let message = format!(
            "{}\n{}\n{}\n{}\n",
            self.0.keys.appid,
            text("timeStamp"),
            text("nonceStr"),
            text("package")
        );
        if text("signType") != "RSA" || !self.verifies(message.as_bytes(), text("paySign")) {
            return Err(NotPaid::Signature);
        }
        let prepay_id = text("package").strip_prefix("prepay_id=").ok_or(NotPaid::Unknown)?;
        let order = find(&self.0.database(), "handle", prepay_id)?.ok_or(NotPaid::Unknown)?;
        self.pay(&order.out_trade_no, 0)
    }

    /// Money comes although the order was closed: what never should happen, and what is kept all the same.
    pub fn pay_although_closed(&self, out_trade_no: &str) -> Result<Paid, NotPaid> {
        let order = find(&self.0.database(), "out_trade_no", out_trade_no)?.ok_or(NotPaid::Unknown)?;
        self.take_money(order, 0)
    }

    /// The same order is paid a second time, by another transaction.
    pub fn pay_again(&self, out_trade_no: &str) -> Result<Paid, NotPaid> {
        let order = find(&self.0.database(), "out_trade_no", out_trade_no)?.ok_or(NotPaid::Unknown)?;
        let transaction_id = self.transaction_id();
        self.0.database().execute(
            "insert into wechatpay_extra_payments values (?1, ?2, ?3)",
            params![transaction_id, order.out_trade_no, order.total],
        )?;
        let notify_url = order.notify_url.clone();
        let (out_trade_no, amount) = (order.out_trade_no.clone(), order.total);
        let paid = Order {
            state: "SUCCESS".to_owned(),
            transaction_id: Some(transaction_id.clone()),
            paid_total: Some(amount),
            success_at: Some(self.0.now()),
            ..order
        };
        self.0.queue_payment(&self.0.show(&paid, self.0.now()), &notify_url)?;
        Ok(Paid { transaction_id, out_trade_no, amount })
    }

    /// Money comes for an order that we never placed.
    pub fn pay_unknown(&self, amount: i64, notify_url: &str) -> Result<Paid, NotPaid> {
        let now = self.0.now();
        let out_trade_no = format!("X{}", self.0.ids.ulid(self.0.clock.now()));
        self.0.database().execute(
            "insert into wechatpay_orders(out_trade_no, trade_type, body, description, total, notify_url, expires_at,
                handle, state, created_at) values (?1, 'NATIVE', '{}', '未知订单', ?2, ?3, ?4, ?1, 'NOTPAY', ?5)",
            params![out_trade_no, amount, notify_url, now + 600, now],
        )?;
        self.pay(&out_trade_no, 0)
    }

    /// Sends the notification of a paid order once more.
    pub fn notify_again(&self, out_trade_no: &str) -> Result<(), NotPaid> {
        let order = find(&self.0.database(), "out_trade_no", out_trade_no)?.ok_or(NotPaid::Unknown)?;
        if order.transaction_id.is_none() {
            return Err(NotPaid::Not(order.state));
        }
        Ok(self.0.queue_payment(&self.0.show(&order, self.0.now()), &order.notify_url)?)
    }

    /// How refunds end from now on: `SUCCESS`, `CLOSED` or `ABNORMAL`.
    pub fn set_refund_outcome(&self, outcome: &'static str) {
        *self.0.refund_outcome.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = outcome;
    }

    pub(super) fn refund_outcome(&self) -> &'static str {
        *self.0.refund_outcome.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// What it holds for the merchant: all that was paid less all that went back, in fen.
    pub fn money_held(&self) -> rusqlite::Result<i64> {
        self.0.database().query_row(
            "select (select coalesce(sum(paid_total), 0) from wechatpay_orders)
                + (select coalesce(sum(paid_total), 0) from wechatpay_extra_payments)
                - (select coalesce(sum(amount), 0) from wechatpay_refunds where status = 'SUCCESS')",
            [],
            |row| row.get(0),
        )
    }

    /// Every transaction with its sum, for comparing with receipts.
    pub fn transactions(&self) -> rusqlite::Result<BTreeMap<String, i64>> {
        let database = self.0.database();
        let mut found = database.prepare(
            "select transaction_id, paid_total from wechatpay_orders where transaction_id is not null
                union all select transaction_id, paid_total from wechatpay_extra_payments",
        )?;
        found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    fn take_money(&self, order: Order, wrong_by: i64) -> Result<Paid, NotPaid> {
        let transaction_id = self.transaction_id();
        let amount = (order.total + wrong_by).max(1);
        let now = self.0.now();
        self.0.database().execute(
            "update wechatpay_orders set state = 'SUCCESS', transaction_id = ?2, paid_total = ?3, success_at = ?4
                where out_trade_no = ?1",
            params![order.out_trade_no, transaction_id, amount, now],
        )?;
        let (out_trade_no, notify_url) = (order.out_trade_no.clone(), order.notify_url.clone());
        let paid = Order {
            state: "SUCCESS".to_owned(),
            transaction_id: Some(transaction_id.clone()),
            paid_total: Some(amount),
            success_at: Some(now),
            ..order
        };
        self.0.queue_payment(&self.0.show(&paid, now), &notify_url)?;
        Ok(Paid { transaction_id, out_trade_no, amount })
    }

    fn transaction_id(&self) -> String {
        format!("4200{}", self.0.ids.digits(24))
    }
}
