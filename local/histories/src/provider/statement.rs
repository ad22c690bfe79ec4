//! What the provider says in the morning about the day before.

use super::{Going, MERCHANT, Provider};
use heatpay_domain::{
    Fen,
    calendar::civil_date,
    statement::{StatementKind, StatementLine},
};
use jiff::civil::Date;

/// What it keeps of money that came: 38 of 10,000.
const fn fee(amount: Fen) -> Fen {
    Fen(amount.0 * 38 / 10_000)
}

impl Provider {
    /// The lines of a day, of our merchant number alone.
    pub fn statement(&self, day: Date) -> Vec<StatementLine> {
        let came = self.txns.iter().filter(|txn| txn.merchant == MERCHANT && civil_date(txn.paid_at) == day);
        let came = came.map(|txn| StatementLine {
            kind: StatementKind::Payment,
            order_no: txn.order_no.clone(),
            channel_txn: txn.txn.clone(),
            refund_no: None,
            channel_refund_no: None,
            amount: txn.amount,
            fee: fee(txn.amount),
            at: txn.paid_at,
        });
        let went = self.backs.iter().filter(|back| back.going == Going::Done).filter_map(|back| {
            let txn = self.txns.iter().find(|txn| txn.txn == back.txn && txn.merchant == MERCHANT)?;
            let at = back.done_at.filter(|at| civil_date(*at) == day)?;
            Some(StatementLine {
                kind: StatementKind::Refund,
                order_no: txn.order_no.clone(),
                channel_txn: txn.txn.clone(),
                refund_no: Some(back.number.clone()),
                channel_refund_no: Some(format!("50000{}", back.number)),
                amount: back.amount,
                fee: Fen::ZERO,
                at,
            })
        });
        came.chain(went).collect()
    }

    /// Whether any money moved on a day, under whichever merchant number.
    pub fn moved_on(&self, day: Date) -> bool {
        let came = self.txns.iter().map(|txn| txn.paid_at);
        came.chain(self.backs.iter().filter_map(|back| back.done_at)).any(|at| civil_date(at) == day)
    }

    /// All that it keeps of a day's money.
    pub fn fees(&self, day: Date) -> i64 {
        self.statement(day).iter().map(|line| line.fee.0).sum()
    }
}
