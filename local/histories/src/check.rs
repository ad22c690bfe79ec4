//! What must always be, and what must be at rest. Everything is recomputed from the postings and from the provider's truth; nothing
//! here asks the code that is tested.

use crate::{
    provider::Going,
    rest::is_open,
    tables::{Item, number, text},
    town::State,
};
use std::collections::{BTreeMap, BTreeSet};

/// What a moment's books hold.
struct Books<'a> {
    bills: Vec<&'a Item>,
    payments: Vec<&'a Item>,
    receipts: Vec<&'a Item>,
    postings: Vec<&'a Item>,
    refunds: Vec<&'a Item>,
}

impl<'a> Books<'a> {
    fn of(state: &'a State) -> Self {
        let all = |table| state.tables.items(table).collect();
        let bills = state.tables.items("households").filter(|item| text(item, "item").starts_with("bill#"));
        Self {
            bills: bills.collect(),
            payments: all("payments"),
            receipts: all("receipts"),
            postings: all("postings"),
            refunds: all("refunds"),
        }
    }

    fn payment(&self, number: &str) -> Option<&'a Item> {
        self.payments.iter().find(|item| text(item, "payment_no") == number).copied()
    }

    /// An account's balance: debits less credits, over the postings that count.
    fn balance(&self, account: &str, counts: impl Fn(&Item) -> bool) -> i64 {
        let postings = self.postings.iter().filter(|posting| counts(posting));
        postings
            .map(|posting| {
                (sign(posting, "debit", account) - sign(posting, "credit", account)) * number(posting, "amount")
            })
            .sum()
    }
}

fn sign(posting: &Item, side: &str, account: &str) -> i64 {
    i64::from(text(posting, side) == account)
}

fn is_settled(receipt: &Item) -> bool {
    text(receipt, "outcome").starts_with("settled")
}

const CLEARING: &str = "clearing:wechatpay";

/// What must be at every moment.
pub fn always(state: &mut State) {
    let mut wrong = Vec::new();
    let books = Books::of(state);
    bills(&books, &mut wrong);
    holds(&books, &mut wrong);
    receipts(&books, &mut wrong);
    refunds(&books, &mut wrong);
    truth(state, &books, &mut wrong);
    endings(state, &books, &mut wrong);
    state.wrong.append(&mut wrong);
}

/// Bill paid + open = due, and what is open stands on receivable.
fn bills(books: &Books<'_>, wrong: &mut Vec<String>) {
    for bill in &books.bills {
        let no = text(bill, "bill_no");
        let open = number(bill, "total") - number(bill, "paid");
        let posted = books.balance("receivable", |posting| text(posting, "bill_no") == no);
        if open != posted {
            wrong.push(format!("bill {no} asks for {open} fen, the ledger has {posted}"));
        }
        let late_fee = -books.balance("late_fee_income", |posting| text(posting, "bill_no") == no);
        if late_fee != number(bill, "paid_late_fee") {
            wrong.push(format!(
                "bill {no} has a late fee of {} fen, the ledger {late_fee}",
                number(bill, "paid_late_fee")
            ));
        }
        if (text(bill, "status") == "paid") != (open == 0) || open < 0 {
            wrong.push(format!("bill {no} is {} and asks for {open} fen", text(bill, "status")));
        }
    }
}

/// A bill is held by its one open payment, and an open payment holds all its bills.
fn holds(books: &Books<'_>, wrong: &mut Vec<String>) {
    for bill in &books.bills {
        let holder = text(bill, "open_payment");
        let open = books.payment(holder).is_some_and(|payment| is_open(text(payment, "status")));
        if !holder.is_empty() && !open {
            wrong.push(format!("bill {} is held by {holder}, which is not open", text(bill, "bill_no")));
        }
    }
    for payment in books.payments.iter().filter(|payment| is_open(text(payment, "status"))) {
        let no = text(payment, "payment_no");
        let parts = payment.get("allocations").and_then(|parts| parts["L"].as_array()).into_iter().flatten();
        for part in parts.filter_map(|part| part["M"]["bill_no"]["S"].as_str()) {
            let held = books.bills.iter().any(|bill| text(bill, "bill_no") == part && text(bill, "open_payment") == no);
            if !held {
                wrong.push(format!("the open payment {no} does not hold its bill {part}"));
            }
        }
    }
}

/// All money of a receipt is booked, once; a payment is paid exactly if it has one settled receipt.
fn receipts(books: &Books<'_>, wrong: &mut Vec<String>) {
    let mut settled: BTreeMap<&str, usize> = BTreeMap::new();
    for receipt in &books.receipts {
        let no = text(receipt, "receipt_no");
        let of_receipt = |posting: &Item| text(posting, "receipt_no") == no && text(posting, "debit") == CLEARING;
        let booked = books.balance(CLEARING, of_receipt);
        if booked != number(receipt, "amount") {
            wrong.push(format!("receipt {no} is {} fen, booked {booked}", number(receipt, "amount")));
        }
        let payment_no = text(receipt, "payment_no");
        if !is_settled(receipt) {
            continue;
        }
        *settled.entry(payment_no).or_default() += 1;
        let payment = books.payment(payment_no);
        if payment.is_none_or(|payment| text(payment, "merchant") != text(receipt, "merchant")) {
            wrong.push(format!("receipt {no} of merchant {} settled {payment_no}", text(receipt, "merchant")));
        }
        if payment.is_none_or(|payment| number(payment, "amount") != number(receipt, "amount")) {
            wrong.push(format!("receipt {no} of {} fen settled {payment_no}", number(receipt, "amount")));
        }
    }
    for payment in &books.payments {
        let no = text(payment, "payment_no");
        let times = settled.get(no).copied().unwrap_or(0);
        if times != usize::from(text(payment, "status") == "paid") {
            wrong.push(format!("payment {no} is {}, and {times} receipts settled it", text(payment, "status")));
        }
    }
}

/// Clearing is what came less what went back, suspense is what must go back, and no receipt gives back more than it brought.
fn refunds(books: &Books<'_>, wrong: &mut Vec<String>) {
    let came: i64 = books.receipts.iter().map(|receipt| number(receipt, "amount")).sum();
    let (mut back, mut waiting) = (0, 0);
    for refund in &books.refunds {
        let amount = number(refund, "amount");
        if text(refund, "status") == "succeeded" {
            back += amount
        } else {
            waiting += amount
        }
        let receipt_no = text(refund, "receipt_no");
        let of_receipt = books.refunds.iter().filter(|other| text(other, "receipt_no") == receipt_no);
        let all: i64 = of_receipt.map(|other| number(other, "amount")).sum();
        let receipt = books.receipts.iter().find(|receipt| text(receipt, "receipt_no") == receipt_no);
        if receipt.is_none_or(|receipt| all > number(receipt, "amount")) {
            wrong.push(format!("refunds of {receipt_no} come to {all} fen, more than it brought"));
        }
    }
    let clearing = books.balance(CLEARING, |_| true);
    if clearing != came - back {
        wrong.push(format!("clearing is {clearing} fen; {came} came in and {back} went back"));
    }
    let suspense = -books.balance("suspense", |_| true);
    if suspense != waiting {
        wrong.push(format!("suspense holds {suspense} fen, refunds of {waiting} wait"));
    }
}

/// The books never run ahead of the provider: no receipt without its transaction, no refund done that is not.
fn truth(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    for receipt in &books.receipts {
        let (txn, amount) = (text(receipt, "channel_txn"), number(receipt, "amount"));
        if !state.provider.txns.iter().any(|known| known.txn == txn && known.amount.0 == amount) {
            wrong.push(format!("the provider knows no transaction {txn} of {amount} fen"));
        }
    }
    for refund in books.refunds.iter().filter(|refund| text(refund, "status") == "succeeded") {
        let (txn, amount) = (text(refund, "channel_txn"), number(refund, "amount"));
        let backs = state.provider.backs.iter();
        if !backs.into_iter().any(|back| back.txn == txn && back.amount.0 == amount && back.going == Going::Done) {
            wrong.push(format!("refund {} is done here and not at the provider", text(refund, "refund_no")));
        }
    }
    for txn in &state.provider.txns {
        let backs = state.provider.backs.iter().filter(|back| back.txn == txn.txn && back.going != Going::Closed);
        let back: i64 = backs.map(|back| back.amount.0).sum();
        if back > txn.amount.0 {
            wrong.push(format!("{back} fen go back of {}, which is {}", txn.txn, txn.amount.0));
        }
        let settled = books
            .receipts
            .iter()
            .any(|receipt| text(receipt, "channel_txn") == txn.txn && text(receipt, "outcome") == "settled");
        if settled && back > 0 {
            wrong.push(format!("{back} fen of {} go back, which is settled in full", txn.txn));
        }
    }
}

/// A payment ends without money only as the channel says: it refused the order, or it can no longer be paid.
fn endings(state: &State, books: &Books<'_>, wrong: &mut Vec<String>) {
    for payment in &books.payments {
        let no = text(payment, "payment_no");
        let stray = || books.receipts.iter().any(|receipt| text(receipt, "payment_no") == no);
        match text(payment, "status") {
            "closed" => {
                let payable = state.provider.orders.iter().any(|order| {
                    order.payment_no == no
                        && !order.closed
                        && !state.provider.is_paid(no)
                        && state.now < order.expires_at
                });
                if payable {
                    wrong.push(format!("payment {no} is closed, and the channel still takes money for it"));
                }
                // Paid before it was closed: the channel would have said so.
                let open = state.provider.orders.iter().any(|order| order.payment_no == no && !order.closed);
                if open && state.provider.is_paid(no) {
                    wrong.push(format!("payment {no} is closed, and the channel had been paid for it"));
                }
            }
            "rejected" if !state.provider.refused.contains(no) && !stray() => {
                wrong.push(format!("payment {no} is rejected, and the channel did not refuse it"));
            }
            _ => {}
        }
    }
}

/// What must be when everything rests: the provider's money is ours to the fen, and every paid payment has one invoice.
pub fn at_rest(state: &mut State) {
    let mut wrong = Vec::new();
    let books = Books::of(state);
    let told: BTreeSet<_> = books.receipts.iter().map(|receipt| text(receipt, "channel_txn")).collect();
    for txn in state.provider.txns.iter().filter(|txn| !told.contains(txn.txn.as_str())) {
        wrong.push(format!("the provider's transaction {} of {} fen has no receipt", txn.txn, txn.amount.0));
    }
    let clearing = books.balance(CLEARING, |_| true);
    if clearing != state.provider.money() {
        wrong.push(format!("the provider holds {} fen, clearing is {clearing}", state.provider.money()));
    }
    let paid = books.payments.iter().filter(|payment| text(payment, "status") == "paid");
    let paid: BTreeSet<_> = paid.map(|payment| text(payment, "payment_no").to_owned()).collect();
    if paid != state.invoices.0 {
        wrong.push(format!("paid are {paid:?}, invoices have {:?}", state.invoices.0));
    }
    if !state.queues.0.is_empty() {
        wrong.push("messages are left".to_owned());
    }
    state.wrong.append(&mut wrong);
}
