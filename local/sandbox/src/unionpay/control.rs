//! What the desk and the tests do that no merchant can: pay, pay wrongly, pay late, and see the books.

use super::{
    Unionpay,
    transactions::{Transaction, all, digits, named},
};
use jiff::{SignedDuration, Timestamp};
use rusqlite::TransactionBehavior::Immediate;
use std::collections::BTreeMap;

/// An order as the cashier shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderCard {
    /// Our number.
    pub order_id: String,
    /// `07` a computer's browser, `08` a phone's browser or the app.
    pub channel_type: String,
    /// What the payer reads.
    pub description: String,
    /// In fen.
    pub amount: i64,
    /// The code a query shows; empty while nobody tried to pay.
    pub code: String,
    /// UnionPay's number, once somebody tried to pay.
    pub query_id: Option<String>,
    /// When it came.
    pub created_at: Timestamp,
}

/// A payment made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// UnionPay's number.
    pub query_id: String,
    /// The order.
    pub order_id: String,
    /// In fen.
    pub amount: i64,
}

/// UnionPay would not let the payer pay.
#[derive(Debug, thiserror::Error)]
pub enum NotPaid {
    /// No such order.
    #[error("没有这个订单")]
    Unknown,
    /// It was paid, or its time is over.
    #[error("订单不能支付:{0}")]
    Not(String),
    /// The form is refused.
    #[error("{0} {1}")]
    Refused(&'static str, &'static str),
    /// The state.
    #[error("sandbox state")]
    Database(#[from] rusqlite::Error),
}

impl Unionpay {
    /// The latest orders.
    pub fn orders(&self) -> rusqlite::Result<Vec<OrderCard>> {
        let orders = all(&self.0.database(), "txn_type = '01' order by created_at desc, order_id limit 100", [])?;
        Ok(orders.into_iter().map(card).collect())
    }

    /// The payer pays the order, named by its number or its `tn`. `wrong_by` fen more, or fewer, than was asked for.
    pub fn pay(&self, order: &str, wrong_by: i64) -> Result<Paid, NotPaid> {
        self.take_money(order, wrong_by, false)
    }

    /// Money comes for an order that we never placed.
    pub fn pay_unknown(&self, amount: i64, back_url: &str) -> Result<Paid, NotPaid> {
        let now = self.0.clock.now();
        let order = Transaction {
            order_id: format!("X{}", self.0.ids.ulid(now)),
            txn_time: digits(now),
            txn_type: "01".to_owned(),
            channel_type: "07".to_owned(),
            amount,
            description: "未知订单".to_owned(),
            back_url: back_url.to_owned(),
            front_url: String::new(),
            pay_timeout: digits(now + SignedDuration::from_mins(10)),
            tn: None,
            orig_query_id: String::new(),
            orig_order_id: String::new(),
            code: String::new(),
            query_id: None,
            trace_no: String::new(),
            trace_time: String::new(),
            settle_day: String::new(),
            at: 0,
            created_at: now.as_second(),
        };
        order.keep(&self.0.database())?;
        self.pay(&order.order_id, 0)
    }

    /// Money is taken after the order's time: code 42.
    pub fn pay_late(&self, order: &str) -> Result<Paid, NotPaid> {
        self.take_money(order, 0, true)
    }

    /// The payer's card has no money: code 64.
    pub fn fail(&self, order: &str) -> Result<(), NotPaid> {
        let database = self.0.database();
        let mut order = open(named(&database, order)?)?;
        order.trace(&self.0.ids.digits(9), self.0.clock.now());
        order.code = "64".to_owned();
        Ok(order.keep(&database)?)
    }

    /// The payer pays with what the client was handed: the `tn`, or the form that his browser posts.
    pub fn pay_with_client_parameters(&self, parameters: &BTreeMap<String, String>) -> Result<Paid, NotPaid> {
        if let Some(tn) = parameters.get("tn") {
            return self.pay(tn, 0);
        }
        let mut form = parameters.clone();
        form.remove("form_action");
        let order = self.take_form(&form)?.map_err(|(code, message)| NotPaid::Refused(code, message))?;
        self.pay(&order.order_id, 0)
    }

    /// Sends the notification of a paid order once more.
    pub fn notify_again(&self, order: &str) -> Result<(), NotPaid> {
        let order = self.paid_order(order)?;
        Ok(self.0.queue(&self.0.database(), &order)?)
    }

    /// What it holds for the merchant: all that was paid less all that went back, in fen.
    pub fn money_held(&self) -> rusqlite::Result<i64> {
        self.0.database().query_row(
            "select coalesce(sum(case when txn_type = '01' then amount else -amount end), 0) from unionpay_transactions
                where code in ('00', 'A6', '42')",
            [],
            |row| row.get(0),
        )
    }

    /// Every payment with its sum, for comparing with receipts.
    pub fn transactions(&self) -> rusqlite::Result<BTreeMap<String, i64>> {
        let paid = all(&self.0.database(), "txn_type = '01' and code in ('00', 'A6', '42')", [])?;
        Ok(paid.into_iter().filter_map(|order| Some((order.query_id?, order.amount))).collect())
    }

    pub(super) fn paid_order(&self, order: &str) -> Result<Transaction, NotPaid> {
        let order = named(&self.0.database(), order)?.ok_or(NotPaid::Unknown)?;
        if order.is_done() { Ok(order) } else { Err(NotPaid::Not(order.code)) }
    }

    /// The money and its notification are one transaction: neither is ever without the other.
    fn take_money(&self, order: &str, wrong_by: i64, late: bool) -> Result<Paid, NotPaid> {
        let inner = &self.0;
        let (now, chance) = (inner.clock.now(), inner.ids.digits(9));
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let mut order = open(named(&database, order)?)?;
        if !late && digits(now) >= order.pay_timeout {
            return Err(NotPaid::Not("02".to_owned()));
        }
        order.trace(&chance, now);
        order.amount = (order.amount + wrong_by).max(1);
        order.code = match (late, inner.faults(|faults| faults.slow)) {
            (true, _) => "42",
            (false, true) => "05",
            (false, false) => "00",
        }
        .to_owned();
        order.keep(&database)?;
        if order.code == "00" {
            inner.queue(&database, &order)?;
        }
        database.commit()?;
        let query_id = order.query_id.clone().unwrap_or_default();
        Ok(Paid { query_id, order_id: order.order_id, amount: order.amount })
    }
}

/// An order nobody tried to pay yet.
fn open(order: Option<Transaction>) -> Result<Transaction, NotPaid> {
    let order = order.filter(|order| order.txn_type == "01").ok_or(NotPaid::Unknown)?;
    if order.code.is_empty() { Ok(order) } else { Err(NotPaid::Not(order.code)) }
}

fn card(order: Transaction) -> OrderCard {
    OrderCard {
        order_id: order.order_id,
        channel_type: order.channel_type,
        description: order.description,
        amount: order.amount,
        code: order.code,
        query_id: order.query_id,
        created_at: Timestamp::from_second(order.created_at).unwrap_or_default(),
    }
}
