//! What the desk and the tests do that no merchant can: sign in, pay, pay wrongly, and see the books.

use super::{
    Alipay,
    notify::Event,
    trades::{self, SOMEBODY, Trade},
};
use jiff::Timestamp;
use rusqlite::{Connection, TransactionBehavior::Immediate, params};
use std::collections::BTreeMap;

/// An order as the cashier shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeCard {
    /// Our number.
    pub out_trade_no: String,
    /// `alipay.trade.create`, `….wap.pay`, `….page.pay`, `….precreate`
    pub method: String,
    /// What the payer reads.
    pub subject: String,
    /// In fen.
    pub total: i64,
    /// `WAIT_BUYER_PAY`, `TRADE_SUCCESS`, `TRADE_CLOSED`, `TRADE_FINISHED`
    pub status: String,
    /// Once the payer has signed in.
    pub trade_no: Option<String>,
    /// When it was placed.
    pub created_at: Timestamp,
}

/// A payment made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paid {
    /// Alipay's number.
    pub trade_no: String,
    /// The order.
    pub out_trade_no: String,
    /// In fen.
    pub amount: i64,
}

/// Alipay would not let the payer pay.
#[derive(Debug, thiserror::Error)]
pub enum NotPaid {
    /// No such order.
    #[error("没有这个订单")]
    Unknown,
    /// It was paid, is closed or over.
    #[error("订单不能支付:{0}")]
    Not(String),
    /// The state.
    #[error("sandbox state")]
    Database(#[from] rusqlite::Error),
}

impl Alipay {
    /// The latest orders.
    pub fn orders(&self) -> rusqlite::Result<Vec<TradeCard>> {
        let now = self.0.now();
        Ok(trades::all(&self.0.database())?.into_iter().map(|trade| card(trade, now)).collect())
    }

    /// One order, named by its number or by what the payer scanned or was handed.
    pub fn order(&self, order: &str) -> Result<TradeCard, NotPaid> {
        Ok(card(named(&self.0.database(), order)?, self.0.now()))
    }

    /// The payer signs in at the page or scans the code: from now on there is a trade.
    pub fn sign_in_to(&self, order: &str) -> Result<String, NotPaid> {
        let trade_no = self.0.trade_no();
        let database = self.0.database();
        let trade = named(&database, order)?;
        sign_in(&database, &trade, &trade_no)?;
        Ok(trade.trade_no.unwrap_or(trade_no))
    }

    /// The payer pays the order, named by its number, by the trade's number that `my.tradePay` takes, or by the code he
    /// scanned. `wrong_by` makes the money another sum than was asked for.
    pub fn pay(&self, order: &str, wrong_by: i64) -> Result<Paid, NotPaid> {
        let (inner, now) = (&self.0, self.0.now());
        let mut database = inner.database();
        let database = database.transaction_with_behavior(Immediate)?;
        let trade = named(&database, order)?;
        match trade.status_at(now) {
            "WAIT_BUYER_PAY" if now < trade.expires_at => {}
            status => return Err(NotPaid::Not(status.to_owned())),
        }
        let fresh = inner.trade_no();
        sign_in(&database, &trade, &fresh)?;
        let amount = (trade.total + wrong_by).max(1);
        let trade_no = trade.trade_no.clone().unwrap_or(fresh);
        let trade = Trade {
            status: "TRADE_SUCCESS".to_owned(),
            buyer: Some(trade.buyer.clone().unwrap_or_else(|| SOMEBODY.to_owned())),
            trade_no: Some(trade_no.clone()),
            paid_total: Some(amount),
            paid_at: Some(now),
            ..trade
        };
        database.execute(
            "update alipay_trades set status = ?2, buyer = ?3, paid_total = ?4, paid_at = ?5 where out_trade_no = ?1",
            params![trade.out_trade_no, trade.status, trade.buyer, amount, now],
        )?;
        inner.queue(&database, &Event::of_payment(inner, &trade))?;
        database.commit()?;
        Ok(Paid { trade_no, out_trade_no: trade.out_trade_no, amount })
    }

    /// Money comes for an order that we never placed.
    pub fn pay_unknown(&self, amount: i64, notify_url: &str) -> Result<Paid, NotPaid> {
        let now = self.0.now();
        let out_trade_no = format!("X{}", self.0.ids.ulid(self.0.clock.now()));
        let trade = Trade {
            out_trade_no: out_trade_no.clone(),
            method: "alipay.trade.precreate".to_owned(),
            content: "{}".to_owned(),
            subject: "未知订单".to_owned(),
            total: amount,
            buyer: None,
            notify_url: Some(notify_url.to_owned()),
            return_url: None,
            expires_at: now + 600,
            qr_code: None,
            trade_no: None,
            status: "WAIT_BUYER_PAY".to_owned(),
            paid_total: None,
            paid_at: None,
            created_at: now,
        };
        trades::put(&self.0.database(), &trade)?;
        self.pay(&out_trade_no, 0)
    }

    /// The refund window is over.
    pub fn finish(&self, order: &str) -> Result<(), NotPaid> {
        let trade = self.paid_order(order)?;
        self.0.database().execute(
            "update alipay_trades set status = 'TRADE_FINISHED' where out_trade_no = ?1",
            [&trade.out_trade_no],
        )?;
        Ok(())
    }

    /// Sends the notification of a paid order once more, under a new number.
    pub fn notify_again(&self, order: &str) -> Result<(), NotPaid> {
        let trade = self.paid_order(order)?;
        Ok(self.0.queue(&self.0.database(), &Event::of_payment(&self.0, &trade))?)
    }

    /// What it holds for the merchant: all that was paid less all that went back, in fen.
    pub fn money_held(&self) -> rusqlite::Result<i64> {
        self.0.database().query_row(
            "select (select coalesce(sum(paid_total), 0) from alipay_trades)
                - (select coalesce(sum(amount), 0) from alipay_refunds where moved_at is not null)",
            [],
            |row| row.get(0),
        )
    }

    /// Every paid trade with its sum, for comparing with receipts.
    pub fn transactions(&self) -> rusqlite::Result<BTreeMap<String, i64>> {
        let database = self.0.database();
        let mut found = database.prepare("select trade_no, paid_total from alipay_trades where paid_at is not null")?;
        found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    }

    pub(super) fn paid_order(&self, order: &str) -> Result<Trade, NotPaid> {
        let trade = named(&self.0.database(), order)?;
        if trade.is_paid() { Ok(trade) } else { Err(NotPaid::Not(trade.status)) }
    }
}

fn sign_in(database: &Connection, trade: &Trade, trade_no: &str) -> rusqlite::Result<()> {
    database.execute(
        "update alipay_trades set trade_no = ?2 where out_trade_no = ?1 and trade_no is null",
        params![trade.out_trade_no, trade_no],
    )?;
    Ok(())
}

fn card(trade: Trade, now: i64) -> TradeCard {
    TradeCard {
        status: trade.status_at(now).to_owned(),
        out_trade_no: trade.out_trade_no,
        method: trade.method,
        subject: trade.subject,
        total: trade.total,
        trade_no: trade.trade_no,
        created_at: Timestamp::from_second(trade.created_at).unwrap_or_default(),
    }
}

fn named(database: &Connection, order: &str) -> Result<Trade, NotPaid> {
    for column in ["out_trade_no", "trade_no", "qr_code"] {
        if let Some(trade) = trades::find(database, column, order)? {
            return Ok(trade);
        }
    }
    Err(NotPaid::Unknown)
}
