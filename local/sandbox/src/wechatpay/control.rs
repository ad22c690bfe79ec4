//! What the desk and the tests do that no merchant can: pay, pay wrongly, pay twice, and see the books.

use super::{
    Wechatpay,
    notify::Event,
    shown::{self, Order, find},
};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior::Immediate, params};
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

/// How a payer pays.
#[derive(Clone, Copy, Default)]
struct Paying<'a> {
    /// In fen; the money is another sum than was asked for.
    wrong_by: i64,
    payer: Option<&'a str>,
    although_closed: bool,
}

impl Wechatpay {
    /// The latest orders.
    pub fn orders(&self) -> rusqlite::Result<Vec<OrderCard>> {
        let now = self.0.now();
        let all = shown::all(&self.0.database())?;
        Ok(all.into_iter().map(|order| card(order, now)).collect())
    }

    /// One order, named by its number or by what the payer scanned or opened.
    pub fn order(&self, order: &str) -> Result<OrderCard, NotPaid> {
        Ok(card(named(&self.0.database(), order)?, self.0.now()))
    }

    /// The payer pays the order, named by its number or by what he scanned or opened (`code_url`, `h5_url`). `wrong_by`
    /// makes the money another sum than was asked for.
    pub fn pay(&self, order: &str, wrong_by: i64) -> Result<Paid, NotPaid> {
        self.take_money(order, Paying { wrong_by, ..Paying::default() })
    }

    /// The same, by a certain person (an openid).
    pub fn pay_as(&self, order: &str, payer: &str) -> Result<Paid, NotPaid> {
        self.take_money(order, Paying { payer: Some(payer), ..Paying::default() })
    }

    /// The payer pays as the WeChat app does: with the parameters the client handed it, whose signature is checked.
    pub fn pay_with_client_parameters(&self, parameters: &BTreeMap<String, String>) -> Result<Paid, NotPaid> {
        let text = |name: &str| parameters.get(name).map(String::as_str).unwrap_or_default();
        let (timestamp, nonce, package) = (text("timeStamp"), text("nonceStr"), text("package"));
        let message = format!("{}\n{timestamp}\n{nonce}\n{package}\n", self.0.keys.appid);
        if text("signType") != "RSA" || !self.verifies(message.as_bytes(), text("paySign")) {
            return Err(NotPaid::Signature);
        }
        self.pay(package.strip_prefix("prepay_id=").ok_or(NotPaid::Unknown)?, 0)
    }

    /// Money comes although the order was closed: what never should happen, and what is kept all the same.
    pub fn pay_although_closed(&self, order: &str) -> Result<Paid, NotPaid> {
        self.take_money(order, Paying { although_closed: true, ..Paying::default() })
    }

    /// The same order is paid a second time, by another transaction.
    pub fn pay_again(&self, order: &str) -> Result<Paid, NotPaid> {
        let (inner, now) = (&self.0, self.0.now());
        let transaction_id = self.transaction_id();
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let order = named(&database, order)?;
        if order.transaction_id.is_none() {
            return Err(NotPaid::Not(order.state));
        }
        let paid = Paid { transaction_id, out_trade_no: order.out_trade_no.clone(), amount: order.total };
        database.execute(
            "insert into wechatpay_extra_payments values (?1, ?2, ?3, ?4)",
            params![paid.transaction_id, paid.out_trade_no, paid.amount, now],
        )?;
        inner.queue(&database, &Event::of_payment(&inner.show(&order.paid_by(&paid, now), now)), &order.notify_url)?;
        database.commit()?;
        Ok(paid)
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

    /// Sends the notification of a paid order once more, under a new id.
    pub fn notify_again(&self, order: &str) -> Result<(), NotPaid> {
        let order = self.paid_order(order)?;
        let event = Event::of_payment(&self.0.show(&order, self.0.now()));
        Ok(self.0.queue(&self.0.database(), &event, &order.notify_url)?)
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

    pub(super) fn paid_order(&self, order: &str) -> Result<Order, NotPaid> {
        let order = named(&self.0.database(), order)?;
        if order.transaction_id.is_some() { Ok(order) } else { Err(NotPaid::Not(order.state)) }
    }

    /// The money and its notification are one transaction: neither is ever without the other.
    fn take_money(&self, order: &str, paying: Paying<'_>) -> Result<Paid, NotPaid> {
        let (inner, now) = (&self.0, self.0.now());
        let transaction_id = self.transaction_id();
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let order = named(&database, order)?;
        match order.state_at(now) {
            "NOTPAY" => {}
            "CLOSED" if paying.although_closed => {}
            state => return Err(NotPaid::Not(state.to_owned())),
        }
        let amount = (order.total + paying.wrong_by).max(1);
        let paid = Paid { transaction_id, out_trade_no: order.out_trade_no.clone(), amount };
        database.execute(
            "update wechatpay_orders set state = 'SUCCESS', transaction_id = ?2, paid_total = ?3, success_at = ?4,
                payer = coalesce(?5, payer) where out_trade_no = ?1",
            params![paid.out_trade_no, paid.transaction_id, amount, now, paying.payer],
        )?;
        let order = Order { payer: paying.payer.map(str::to_owned).or(order.payer.clone()), ..order };
        inner.queue(&database, &Event::of_payment(&inner.show(&order.paid_by(&paid, now), now)), &order.notify_url)?;
        database.commit()?;
        Ok(paid)
    }

    fn transaction_id(&self) -> String {
        format!("4200{}", self.0.ids.digits(24))
    }
}

/// An order by its number, or by what opens it.
fn card(order: Order, now: i64) -> OrderCard {
    OrderCard {
        state: order.state_at(now).to_owned(),
        out_trade_no: order.out_trade_no,
        trade_type: order.trade_type,
        description: order.description,
        total: order.total,
        transaction_id: order.transaction_id,
        created_at: Timestamp::from_second(order.created_at).unwrap_or_default(),
    }
}

fn named(database: &Connection, order: &str) -> Result<Order, NotPaid> {
    let by_number = find(database, "out_trade_no", order)?;
    match by_number {
        Some(order) => Ok(order),
        None => find(database, "handle", order)?.ok_or(NotPaid::Unknown),
    }
}
